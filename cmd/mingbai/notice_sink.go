package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"mingbai/ledger"
	"mingbai/ledger/inquiry"
	"mingbai/ledger/postgres"
)

// noticeSink is a gateway that leaves each message as a file: what the demo has in place of an SMS provider. Only the number's
// last two digits are in it.
type noticeSink struct{ dir string }

// Send writes a message once: its key is the file's name.
func (s noticeSink) Send(_ context.Context, m inquiry.Message) error {
	f, err := os.OpenFile(filepath.Join(s.dir, m.Key+".txt"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil // sent before
	}
	if err != nil {
		return ledger.Errorf(ledger.KindUnavailable, "通知的文件夹写不进去，请检查 --notice-sink")
	}
	_, err = fmt.Fprintf(f, "发往：%s\n%s\n", masked(m.To.Digits()), m.Text)
	return errors.Join(err, f.Close())
}

// masked is a number with its last two characters alone.
func masked(number string) string {
	r := []rune(number)
	if len(r) <= 4 {
		return "****"
	}
	return strings.Repeat("*", len(r)-2) + string(r[len(r)-2:])
}

// tellCitizens has the desk's messages left where the flag says; without it none is sent.
func (f *siteFlags) tellCitizens(desk *postgres.Inquiries) error {
	if f.NoticeSink == "" {
		return nil
	}
	if err := os.MkdirAll(f.NoticeSink, 0o700); err != nil {
		return ledger.Errorf(ledger.KindInvalid, "通知的文件夹 %s 建不了，请换一个 --notice-sink", f.NoticeSink)
	}
	desk.Tell(noticeSink{f.NoticeSink}, strings.TrimSuffix(f.Site, "/"))
	return nil
}
