package portal

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

func zipOf(t *testing.T, names ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range names {
		if _, err := w.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAFundsPapersAreKeptOpenedAndTakenAway(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("admin")
	path := papersPath(grain.Code)
	pdf := []byte("%PDF-1.7 the plan")
	for says, a := range map[string]answer{
		"请选择文件":  s.attach(path, "file", "", nil, "title", "方案"),
		"只收 PDF": s.attach(path, "file", "方案.pdf", []byte("<html><script>"), "title", "方案"),
		"里有宏":    s.attach(path, "file", "方案.docx", zipOf(t, "word/document.xml", "word/vbaProject.bin"), "title", "方案"),
		"标题：要填写": s.attach(path, "file", "方案.pdf", pdf, "title", " "),
	} {
		s.status(a, http.StatusUnprocessableEntity)
		s.says(a, "[role=alert]", says)
		checkWhole(t, a)
	}
	s.goes(s.attach(path, "file", "x.exe", pdf, "title", "2025年方案"), path+"?said=saved")
	s.goes(s.attach(path, "file", "x", zipOf(t, "word/document.xml"), "title", "通知"), path+"?said=saved")
	a := s.get(path)
	checkWhole(t, a)
	s.says(a, "tbody", "2025年方案", "pdf", "通知", "docx", "没有")
	public := "/funds/" + grain.Code + "/documents/1"
	s.status(s.get(public), http.StatusNotFound)
	if a := s.get(path + "/1"); a.body != string(pdf) {
		t.Errorf("inside: %q", a.body)
	}
	s.goes(s.post(path+"/1/public", "public", "1"), path+"?said=saved")
	delete(s.cookies, "mingbai-office")
	a = s.get(public)
	if a.body != string(pdf) || a.Header.Get("Content-Type") != "application/pdf" || a.Header.Get("X-Content-Type-Options") != "nosniff" ||
		!strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("outside: %v", a.Header)
	}
	for _, path := range []string{"/funds/" + grain.Code + "/documents/2", "/funds/other/documents/1", "/funds/" + grain.Code + "/documents/x"} {
		s.status(s.get(path), http.StatusNotFound)
	}
	if list, err := s.db.Papers(t.Context(), grain.Code, true); err != nil || len(list) != 1 {
		t.Errorf("public papers %v, %v", list, err)
	}
	s.publishGrain()
	if page, err := s.db.FundPage(t.Context(), grain.Code, 0); err != nil || len(page.Papers) != 1 {
		t.Errorf("on the fund's page %v, %v", page.Papers, err)
	}
	s.enter("admin")
	s.goes(s.post(path+"/1/remove"), path+"?said=saved")
	s.status(s.get(public), http.StatusNotFound)
	s.status(s.post(path+"/1/remove"), http.StatusNotFound)
	s.status(s.get(papersPath("nothing")), http.StatusNotFound)
	for _, action := range []string{"document.add", "document.open", "document.remove"} {
		if s.lines("actor = 'admin' and action = '"+action+"'") == 0 {
			t.Errorf("%s is not written down", action)
		}
	}
	s.enter("clerk")
	s.status(s.get(path), http.StatusForbidden)
}
