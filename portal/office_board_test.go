package portal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

const stoneVillage = "990121103201" // 石桥乡石桥村

// publishGrain publishes a batch of the grain fund with a row in each of the two towns' villages, and one without a place.
func (s *officeSite) publishGrain() int64 {
	s.t.Helper()
	no := s.uploadGrain("clerk")
	s.must(s.db.Certify(s.t.Context(), no, "certifier", "r1"))
	s.must(s.db.Publish(s.t.Context(), no, "certifier"))
	return no
}

func (s *officeSite) uploadGrain(by string, findings ...ledger.Finding) int64 {
	s.t.Helper()
	var rows []ledger.StagedRow
	for i, village := range []string{villageCode, stoneVillage, ""} {
		name := []string{"张三丰", "李四", "王五"}[i]
		token := sha256.Sum256([]byte(name + fmt.Sprint(s.files)))
		rows = append(rows, ledger.StagedRow{
			Row:         ledger.Row{Line: i + 1, Sheet: "Sheet1", SheetRow: i + 4, Village: "某村", Group: "3", Amount: 104086, Basis: 124000, BasisUnit: "亩", Standard: 839400},
			VillageCode: village,
			People: map[ledger.Role]ledger.StagedParty{ledger.Householder: {
				Name: name, Forms: ledger.NameForms{Key: name, Pinyin: []string{"x"}}, Token: token[:], Sealed: []byte("sealed"),
			}},
		})
	}
	s.files++
	sum := sha256.Sum256(fmt.Append(nil, s.files))
	no, err := s.db.Import(s.t.Context(), postgres.Upload{
		Fund: grain.Code, Period: ledger.Period(fmt.Sprint(2020 + s.files)), FileName: "清册.xlsx", SHA256: sum, Size: 4, Sealed: []byte("file"), RuleVersion: "r1", By: by,
		Findings: func() []ledger.Finding { return findings },
	}, func() iter.Seq2[ledger.StagedRow, error] {
		return func(yield func(ledger.StagedRow, error) bool) {
			for _, r := range rows {
				if !yield(r, nil) {
					return
				}
			}
		}
	}())
	s.must(err)
	return no
}

// attach sends a form with a file as a page of this session would.
func (s *officeSite) attach(path, field, name string, content []byte, pairs ...string) answer {
	s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	s.must(w.WriteField(tokenField, s.token()))
	for i := 0; i < len(pairs); i += 2 {
		s.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	if name != "" {
		part, err := w.CreateFormFile(field, name)
		s.must(err)
		_, err = part.Write(content)
		s.must(err)
	}
	s.must(w.Close())
	r := httptest.NewRequest(http.MethodPost, path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.do(r)
}

func TestTheBoardIsPrintedHungAndTakenDown(t *testing.T) {
	t.Parallel()
	printed := 0
	var fails error
	s := setupOffice(t, func(c *Config) {
		c.Print = func(_ context.Context, html []byte) ([]byte, error) {
			printed = bytes.Count(html, []byte("<section>"))
			return []byte("%PDF-"), fails
		}
	})
	no := s.publishGrain()
	path := boardPath(no)
	s.enter("clerk")
	a := s.get(path)
	s.status(a, http.StatusOK)
	checkWhole(t, a)
	s.says(a, "main", "耕地地力保护补贴2021年", "2 个村，已张贴 0 个", "1 行的村名不在名录上")
	s.says(a, "tbody", "赵家湾村", "柳河镇", "1,040.86", "未登记", "无法登记")
	s.says(a, "option", "全部 2 个村")

	a = s.get(path + "/pack?size=A3&town=990121102")
	if printed != 1 || a.body != "%PDF-" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment; filename*=UTF-8''") {
		t.Errorf("%d notices printed, answer %q, %v", printed, a.body, a.Header)
	}
	a = s.get(path + "/pack?as=html&size=A4")
	if n := strings.Count(a.body, "<section>"); n != 3 || !strings.Contains(a.Header.Get("Content-Disposition"), ".html") {
		t.Errorf("%d notices in the page, %v", n, a.Header)
	}
	fails = ledger.Errorf(ledger.KindUnavailable, "这台机器没有装 chromium")
	a = s.get(path + "/pack")
	s.status(a, http.StatusServiceUnavailable)
	s.says(a, "[role=alert]", "没有装 chromium")
	checkWhole(t, a)
	s.status(s.get(path+"/pack?town=990121999"), http.StatusNotFound)

	village := path + "/" + villageCode
	s.status(s.get(path+"/990121102999"), http.StatusNotFound)
	checkWhole(t, s.get(village))
	for says, wrong := range map[string]struct {
		photo []byte
		on    string
	}{
		"请填写日期": {nil, "昨天"}, "不能晚于今天": {nil, "2025-06-04"}, "不是 JPG 或 PNG": {[]byte("GIF89a no photo"), "2025-06-02"},
	} {
		name := ""
		if wrong.photo != nil {
			name = "榜.jpg"
		}
		a := s.attach(village+"/hung", "photo", name, wrong.photo, "on", wrong.on)
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "[role=alert]", says)
		checkWhole(t, a)
	}
	s.goes(s.attach(village+"/hung", "photo", "榜.jpg", phonePhoto(t, 1200, 900, 6), "on", "2025-06-02"), path+"?said=saved")
	a = s.get(village)
	s.says(a, "main", "2025年6月2日张贴（clerk 登记）", "登记撤下")
	if a.attr("img.photo", "src") != village+"/photo" {
		t.Error("no photo on the page")
	}
	a = s.get(village + "/photo")
	if a.Header.Get("Content-Type") != "image/jpeg" || strings.Contains(a.body, "SECRETPHONE") || !strings.HasPrefix(a.body, "\xff\xd8") || a.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("the photo comes as %v", a.Header)
	}
	s.status(s.get(path+"/"+stoneVillage+"/photo"), http.StatusNotFound)
	s.status(s.post(village+"/taken", "off", "2025-06-01"), http.StatusUnprocessableEntity)
	s.goes(s.post(village+"/taken", "off", "2025-06-03"), path+"?said=saved")
	s.says(s.get(path), "main", "已张贴 1 个，已撤下 1 个")
	if s.lines("action = 'board.hang'") != 1 || s.lines("action = 'board.take'") != 1 {
		t.Error("the audit log does not tell of it once each")
	}

	delete(s.cookies, "mingbai-office")
	s.goes(s.get(village+"/photo"), "/office/login")
	s.enter("auditor")
	a = s.get(village)
	s.status(a, http.StatusOK)
	if len(a.all("main form")) != 0 {
		t.Error("an auditor is offered a form")
	}
}

func TestWithoutAPrinterTheBoardIsAPage(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	no := s.publishGrain()
	s.enter("clerk")
	s.says(s.get(boardPath(no)), "form", "没有装 chromium", "下载网页")
	if a := s.get(boardPath(no) + "/pack"); !strings.Contains(a.Header.Get("Content-Disposition"), ".html") {
		t.Errorf("%v", a.Header)
	}
}

// A town's clerk sees the town's villages and no others; who has none of them is refused, and it is written down.
func TestTheBoardEndsAtTheTown(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	no := s.publishGrain()
	s.must(s.accounts.ChangeOfficer(t.Context(), "test", ledger.Officer{
		Login: "target", Name: "镇经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: s.department,
	}))
	s.enter("target")
	a := s.get(boardPath(no))
	s.says(a, "tbody", "赵家湾村")
	if strings.Contains(a.text("tbody"), "石桥村") || strings.Contains(a.text("tbody"), "无法登记") {
		t.Errorf("a town's clerk sees %q", a.text("tbody"))
	}
	if n := strings.Count(s.get(boardPath(no)+"/pack").body, "<section>"); n != 1 {
		t.Errorf("%d notices for one town", n)
	}
	s.status(s.get(boardPath(no)+"/pack?town=990121103"), http.StatusNotFound)
	s.status(s.get(boardPath(no)+"/"+stoneVillage), http.StatusNotFound)
	s.status(s.attach(boardPath(no)+"/"+stoneVillage+"/hung", "photo", "", nil, "on", "2025-06-02"), http.StatusForbidden)
	if s.lines("action = 'refused' and actor = 'target'") != 1 {
		t.Error("the try beyond the town is not written down")
	}
	id, err := s.db.SaveDepartment(t.Context(), "test", ledger.Department{Name: "别的股", Kind: ledger.Unit, Funds: nil})
	s.must(err)
	s.must(s.accounts.ChangeOfficer(t.Context(), "test", ledger.Officer{Login: "target", Name: "经办", Roles: []ledger.OfficeRole{ledger.RoleClerk}, Department: id}))
	s.status(s.get(boardPath(no)), http.StatusForbidden)
	if s.lines("action = 'refused' and actor = 'target'") != 2 {
		t.Error("the try beyond the funds is not written down")
	}
}

// A large body gets in only where a file is asked for, and only to who seems to be inside.
func TestOnlyFormsWithAFileMayBeLarge(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	no := s.publishGrain()
	s.enter("clerk")
	hung := boardPath(no) + "/" + villageCode + "/hung"
	big := bytes.Repeat([]byte{0xff}, 3<<20)
	s.status(s.attach(hung, "photo", "榜.jpg", big, "on", "2025-06-02"), http.StatusUnprocessableEntity)
	for _, path := range []string{"/office/account/recovery", "/lookup", boardPath(no) + "/" + villageCode + "/taken"} {
		if a, err := s.sendLarge(path, big); err == nil && a.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s takes 3 MB: %d", path, a.StatusCode)
		}
	}
	if a, err := s.sendLarge(hung, bytes.Repeat([]byte{0xff}, maxPhoto+1<<20)); err == nil && a.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("a photo of 11 MB: %d", a.StatusCode)
	}
	delete(s.cookies, "mingbai-office")
	if a, err := s.sendLarge(hung, big); err == nil && a.Header.Get("Location") != "/office/login" {
		t.Errorf("a stranger's 3 MB: %d, to %q", a.StatusCode, a.Header.Get("Location"))
	}
}

func (s *officeSite) sendLarge(path string, body []byte) (*http.Response, error) {
	r := httptest.NewRequest(http.MethodPost, path, bytes.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range s.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	return s.server.App().Test(r, 5000)
}
