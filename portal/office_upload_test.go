package portal

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"mingbai/ingest"
	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

// testIntake is the books themselves, without keys and without a look into files: those are tried in cmd/mingbai.
type testIntake struct{ *postgres.DB }

func (i testIntake) NewSet(ctx context.Context, by string, s ledger.UploadSet) (int64, error) {
	return i.OpenSet(ctx, by, s)
}

func (i testIntake) TakeFile(ctx context.Context, by string, set int64, name string, content []byte) (bool, error) {
	return i.Receive(ctx, by, set, postgres.Received{FileName: name, SHA256: sha256.Sum256(content), Size: int64(len(content)), Sealed: content})
}

func (i testIntake) RefuseFile(ctx context.Context, by string, set int64, name string, size int64) error {
	return i.ReceiveNothing(ctx, by, set, postgres.Received{FileName: name, Size: size}, "文件过大")
}

func (i testIntake) ApproveSet(ctx context.Context, by string, set int64) (int, error) {
	return i.CertifySet(ctx, by, set, "")
}

func (i testIntake) Excerpts(context.Context, string, int64, []ingest.Spot) ([]ingest.Excerpt, error) {
	return nil, nil
}

func (i testIntake) GiveReason(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice) (int, error) {
	return i.Explain(ctx, no, by, reason, choice)
}

func (i testIntake) Annotated(ctx context.Context, by string, no int64, _ io.Writer) error {
	_, err := i.OpenFile(ctx, by, ledger.ActUpload, no, "annotated")
	return err
}

func (i testIntake) FindingList(ctx context.Context, by string, no int64, _ io.Writer) error {
	_, err := i.OpenFile(ctx, by, ledger.ActSeeBatches, no, "findings")
	return err
}

func (i testIntake) Columns(ctx context.Context, by string, no int64) ([]ingest.Sheet, [][][]string, error) {
	_, err := i.OpenFile(ctx, by, ledger.ActUpload, no, "")
	return nil, nil, err
}

func (i testIntake) Remap(ctx context.Context, by string, no int64, unit string, columns map[string]string) (int64, error) {
	return i.OpenSet(ctx, by, ledger.UploadSet{Mends: no, Unit: unit, Map: columns})
}

func (i testIntake) TakeBack(ctx context.Context, no int64, by, reason string) error {
	return i.Reject(ctx, no, by, reason)
}

// sends makes a form with a token, fields and files of the given contents.
func (s *officeSite) sends(path, token string, fields []string, contents ...string) answer {
	s.t.Helper()
	return s.do(s.form(path, token, fields, contents...))
}

func (s *officeSite) form(path, token string, fields []string, contents ...string) *http.Request {
	s.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	s.must(form.WriteField(tokenField, token))
	for i := 0; i < len(fields); i += 2 {
		s.must(form.WriteField(fields[i], fields[i+1]))
	}
	for i, content := range contents {
		part, err := form.CreateFormFile("files", fmt.Sprintf("%d.xlsx", i+1))
		s.must(err)
		_, err = part.Write([]byte(content))
		s.must(err)
	}
	s.must(form.Close())
	r := httptest.NewRequest(http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return r
}

func (s *officeSite) uploads() (n int) {
	s.t.Helper()
	s.must(s.sql.QueryRow(s.t.Context(), `select count(*) from upload`).Scan(&n))
	return n
}

func TestFilesAreTakenOneByOne(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("clerk")
	ordinary := []string{"fund", grain.Code, "period", "2025"}
	s.goes(s.sends("/office/upload", s.token(), ordinary, "one", "two", "one again"), "/office/sets/1")
	if s.uploads() != 3 {
		t.Fatalf("%d uploads", s.uploads())
	}
	s.goes(s.sends("/office/upload", s.token(), []string{"set", "1"}, "two", "three"), "/office/sets/1")
	if s.uploads() != 4 {
		t.Errorf("a file that was there came twice: %d uploads", s.uploads())
	}
	a := s.get("/office/sets/1")
	s.says(a, "main", "共 4 个文件", "正在校验：已完成 0 / 4")
	if a.Header.Get("Refresh") == "" {
		t.Error("the overview does not refresh itself")
	}
	for name, c := range map[string]struct {
		fields []string
		says   string
	}{
		"no fund":       {[]string{"fund", "", "period", "2025"}, "请选择资金项目"},
		"no period":     {[]string{"fund", grain.Code, "period", "25"}, "写成 2025 或 2025-03"},
		"no such fund":  {[]string{"fund", "XX", "period", "2025"}, "没有项目"},
		"no reason":     {append([]string{"corrects", "1"}, ordinary...), "更正要写明原因"},
		"no such batch": {append([]string{"corrects", "99", "reason", "面积登记有误"}, ordinary...), "99"},
	} {
		a := s.sends("/office/upload", s.token(), c.fields, "four")
		if a.StatusCode < 400 || a.StatusCode >= 500 || !strings.Contains(a.text("main"), c.says) {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.text("main"))
		}
	}
	a = s.sends("/office/upload", s.token(), ordinary)
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "[role=alert]", "请选择要传的文件")
	if s.uploads() != 4 {
		t.Errorf("%d uploads", s.uploads())
	}
}

// The token is the first part, and nothing is taken before it is known.
func TestFilesWithoutTheTokenAreNotTaken(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	s.enter("duty")
	foreign := s.token()
	s.enter("clerk")
	for name, token := range map[string]string{"none": "", "foreign": foreign, "nonsense": strings.Repeat("0", 64)} {
		for _, path := range []string{"/office/upload", "/office/batches/1/file"} {
			if a := s.sends(path, token, []string{"fund", grain.Code, "period", "2025"}, "one"); a.StatusCode != http.StatusForbidden {
				t.Errorf("%s with a token that is %s: %d", path, name, a.StatusCode)
			}
		}
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("files", "1.xlsx")
	s.must(err)
	_, err = part.Write([]byte("one"))
	s.must(err)
	s.must(form.WriteField(tokenField, s.token()))
	s.must(form.Close())
	r := httptest.NewRequest(http.MethodPost, "/office/upload", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if a := s.do(r); a.StatusCode != http.StatusForbidden {
		t.Errorf("the token after the file: %d", a.StatusCode)
	}
	var sets int
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from upload_set`).Scan(&sets))
	if s.uploads() != 0 || sets != 0 {
		t.Errorf("%d uploads, %d sets", s.uploads(), sets)
	}
}

// A server that streams bodies has no limit of its own: every form but the workbooks' keeps its small one, whatever the client
// says of the length, and a refused body is never taken for the next request.
func TestFormsStaySmall(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.server.Serve(ctx, l) }()
	t.Cleanup(func() { stop(); <-done })
	const smuggled = "GET /about HTTP/1.1\r\nHost: x\r\n\r\n"
	chunk := fmt.Sprintf("%x\r\n%s\r\n", 8<<10, strings.Repeat("a", 8<<10))
	for name, c := range map[string]struct {
		head, body string
		want       int
	}{
		"long":           {"Content-Length: 40000", strings.Repeat(smuggled, 2000)[:40000], http.StatusRequestEntityTooLarge},
		"chunked":        {"Transfer-Encoding: chunked", strings.Repeat(chunk, 4) + "0\r\n\r\n", http.StatusRequestEntityTooLarge},
		"endless":        {"Transfer-Encoding: chunked", strings.Repeat(chunk, 4), http.StatusRequestEntityTooLarge},
		"no chunk":       {"Transfer-Encoding: chunked", "zz\r\n", http.StatusBadRequest},
		"short chunked":  {"Transfer-Encoding: chunked", "5\r\nname=\r\n0\r\n\r\n", http.StatusForbidden}, // without a token
		"short":          {"Content-Length: 5", "name=", http.StatusForbidden},
		"long to office": {"Content-Length: 40000", strings.Repeat("a", 40000), http.StatusSeeOther},
	} {
		path := "/lookup"
		if name == "long to office" {
			path = "/office/upload" // nobody is inside
		}
		conn, err := net.Dial("tcp", l.Addr().String())
		s.must(err)
		s.must(conn.SetDeadline(time.Now().Add(10 * time.Second)))
		_, err = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n%s\r\n\r\n%s", path, c.head, c.body)
		s.must(err)
		r := bufio.NewReader(conn)
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		if res.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.want)
		}
		if c.want != http.StatusForbidden {
			if more, _ := io.ReadAll(r); len(more) > 0 {
				t.Errorf("%s: the body was answered: %.60q", name, more)
			}
		}
		conn.Close()
	}
}
