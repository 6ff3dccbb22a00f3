package postgres

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mingbai/ledger"
	"mingbai/ledger/enclosure"
	"mingbai/ledger/inquiry"
)

// Leaks says what of a public copy may not be public, to an officer who may publish it. To anybody else it would tell, guess
// by guess, who sent the case.
func (q *Inquiries) Leaks(ctx context.Context, login, id string, c inquiry.Copy) ([]inquiry.Leak, error) {
	return q.leaksFor(ctx, login, id, inquiry.Publish, func(ctx context.Context, h held) ([]inquiry.Leak, error) {
		leaks, _, err := q.leaks(ctx, q.pool, h, c)
		return leaks, err
	})
}

// DraftLeaks says what of a draft would have to be left out where it is published, to whoever reviews it.
func (q *Inquiries) DraftLeaks(ctx context.Context, login, id string) ([]inquiry.Leak, error) {
	return q.leaksFor(ctx, login, id, inquiry.Approve, func(ctx context.Context, h held) ([]inquiry.Leak, error) {
		s, _, err := q.secrets(ctx, q.pool, h)
		return inquiry.LeaksIn("拟答复", lastDraft(h), s), err
	})
}

func (q *Inquiries) leaksFor(ctx context.Context, login, id string, act inquiry.Act, look func(context.Context, held) ([]inquiry.Leak, error)) ([]inquiry.Leak, error) {
	o, err := q.officerFor(ctx, q.pool, login, ledger.ActSeeInquiries)
	if err != nil {
		return nil, err
	}
	h, err := q.load(ctx, q.pool, id)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(actsOf(h.c, o), act) {
		return nil, inquiry.Unseen
	}
	return look(ctx, h)
}

// lastDraft is the answer that was drafted last in the case's present round; empty for none.
func lastDraft(h held) string {
	answer := h.c.Round().Answer
	for _, s := range slices.Backward(h.said) {
		if answer != "" && inquiry.HashOf(s.Words.Proposed) == answer {
			return s.Words.Proposed
		}
	}
	return ""
}

// secrets are what a public copy is held against, with the case's attachments.
func (q *Inquiries) secrets(ctx context.Context, from querier, h held) (s inquiry.Secrets, files []inquiry.File, err error) {
	s.Slip = h.c.Slip
	if s.Identity, err = q.sender(ctx, from, h.id); err != nil {
		return s, nil, err
	}
	about, err := q.about(ctx, from, h.id)
	if err != nil {
		return s, nil, err
	}
	s.Village = about.VillageName
	if files, err = q.files(ctx, from, h.id); err != nil {
		return s, nil, err
	}
	for _, f := range files {
		s.Files = append(s.Files, f.Name)
		if f.Held || f.Type != "docx" && f.Type != "xlsx" {
			continue
		}
		_, content, err := q.fileContent(ctx, from, h.id, f.ID)
		if err != nil {
			return s, nil, err
		}
		s.Marks = append(s.Marks, enclosure.Marks(f.Type, content)...)
	}
	return s, files, nil
}

// leaks are what a text to be published, and the attachments that go with it, must not hold; and the copies of the attachments.
func (q *Inquiries) leaks(ctx context.Context, from querier, h held, c inquiry.Copy) (leaks []inquiry.Leak, copies []enclosure.Copy, err error) {
	s, files, err := q.secrets(ctx, from, h)
	if err != nil {
		return nil, nil, err
	}
	leaks = c.Leaks(s)
	for i, id := range c.Enclosed() {
		name := fmt.Sprintf("附件%d", i+1)
		if !slices.ContainsFunc(files, func(f inquiry.File) bool { return f.ID == id }) {
			return nil, nil, ledger.Errorf(ledger.KindInvalid, "%s：没有这个附件，请重新选择", name)
		}
		f, content, err := q.fileContent(ctx, from, h.id, id)
		if err != nil {
			return nil, nil, err
		}
		public, err := enclosure.Public(f.Type, content)
		switch {
		case ledger.KindOf(err) == ledger.KindInvalid:
			leaks = append(leaks, inquiry.Leak{Place: name + "“" + f.Name + "”", What: ledger.MessageOf(err)})
			continue
		case err != nil:
			return nil, nil, err
		case f.Type == "jpg":
			leaks = append(leaks, inquiry.Leak{Place: name + "“" + f.Name + "”", What: "图片里的字机器认不出来，请看清没有姓名、电话和证件", Mind: true})
		}
		leaks = append(leaks, inquiry.LeaksIn(name, public.Text, s)...)
		copies = append(copies, public)
	}
	return leaks, copies, nil
}

// refusePublic refuses to publish what leaks, and what is to be minded while nobody says that it was looked at.
func refusePublic(leaks []inquiry.Leak, minded bool) error {
	var hard, soft []string
	for _, l := range leaks {
		if l.Mind {
			soft = append(soft, l.String())
		} else {
			hard = append(hard, l.String())
		}
	}
	switch {
	case len(hard) > 0:
		return ledger.Errorf(ledger.KindInvalid, "公开稿里有不能公开的内容：%s。请改好再公开", strings.Join(hard, "；"))
	case len(soft) > 0 && !minded:
		return ledger.Errorf(ledger.KindInvalid, "公开稿里有要看清的内容：%s。请改好，或者看清以后勾“这些我看过了，可以公开”", strings.Join(soft, "；"))
	}
	return nil
}
