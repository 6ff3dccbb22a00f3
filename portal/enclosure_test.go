package portal

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"mingbai/ledger"
)

// eicar is the test file that every scanner knows as a virus. It is put together here: as one string it would be found in
// this repository.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}` + `$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`)

// packed is a zip of parts with contents, in their order.
func packed(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		part, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(part, parts[i+1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plainDoc(t testing.TB, more ...string) []byte {
	return packed(t, append([]string{"[Content_Types].xml", "<Types/>", "word/document.xml", "<w:document/>"}, more...)...)
}

// hugePNG says in its header that it has 50,000×50,000 pixels.
func hugePNG() []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	head := append([]byte("IHDR"), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, 50000), 50000)...)
	head = append(head, 8, 6, 0, 0, 0)
	_ = binary.Write(&b, binary.BigEndian, uint32(13))
	b.Write(head)
	_ = binary.Write(&b, binary.BigEndian, crcOf(head))
	return b.Bytes()
}

var plainPDF = []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")

func TestEnclosuresThatAreRefused(t *testing.T) {
	t.Parallel()
	photo := phonePhoto(t, 200, 100, 1)
	bomb := packed(t, "[Content_Types].xml", "<Types/>", "word/document.xml", strings.Repeat("0", 100<<20+10))
	for name, c := range map[string]struct {
		file    string
		content []byte
		says    string
	}{
		"an svg":                         {"图.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`), "只收"},
		"an svg that says it is a png":   {"图.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "只收"},
		"a web page":                     {"页.pdf", []byte(`<html>`), "只收"},
		"a program":                      {"a.pdf", []byte("MZ\x90\x00"), "只收"},
		"nothing":                        {"a.pdf", nil, "空"},
		"a pdf called jpg":               {"a.jpg", plainPDF, "不一致"},
		"a pdf without a name":           {"a", plainPDF, "不一致"},
		"a huge png":                     {"a.png", hugePNG(), "50000×50000"},
		"a photo that is cut off":        {"a.jpg", photo[:len(photo)/2], "打不开"},
		"a png that is no picture":       {"a.png", []byte("\x89PNG\r\n\x1a\nxxxxxxxx"), "打不开"},
		"a pdf that is a zip too":        {"a.pdf", append(bytes.Clone(plainPDF), plainDoc(t)...), "别的东西"},
		"a pdf with something after it":  {"a.pdf", append(bytes.Clone(plainPDF), "<script>"...), "别的东西"},
		"a pdf that is a page too":       {"a.pdf", []byte("%PDF-1.4\n<html><script>x</script>\n%%EOF"), "别的东西"},
		"a pdf that runs":                {"a.pdf", []byte("%PDF-1.4\n<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>\n%%EOF"), "自己运行"},
		"a pdf with a file in it":        {"a.pdf", []byte("%PDF-1.4\n<</Type/EmbeddedFile>>\n%%EOF"), "自己运行"},
		"a pdf that is cut off":          {"a.pdf", []byte("%PDF-1.4\n1 0 obj"), "没有传完整"},
		"a plain zip":                    {"a.docx", packed(t, "a.txt", "x"), "只收"},
		"a zip of zips":                  {"a.docx", plainDoc(t, "word/media/image1.png", string(packed(t, "x", "y"))), "别的东西"},
		"a document with a document":     {"a.docx", plainDoc(t, "word/embeddings/x.docx", "x"), "别的文件"},
		"a program in a document":        {"a.docx", plainDoc(t, "word/media/image1.png", "MZ\x90\x00"), "别的东西"},
		"a macro":                        {"a.docx", plainDoc(t, "word/vbaProject.bin", "x"), "宏"},
		"a macro in another folder":      {"a.docx", plainDoc(t, "custom/VBAproject.bin", "x"), "宏"},
		"a macro document by its types":  {"a.docx", packed(t, "[Content_Types].xml", "ms-word.document.macroEnabled.main+xml", "word/document.xml", "x"), "宏"},
		"a template from elsewhere":      {"a.docx", plainDoc(t, "word/_rels/settings.xml.rels", `Type="x/attachedTemplate" Target="http://x/" TargetMode="External"`), "别的东西"},
		"two documents in one":           {"a.xlsx", plainDoc(t, "xl/workbook.xml", "x"), "别的东西"},
		"a zip with something before it": {"a.docx", append([]byte("#!/bin/sh\n"), plainDoc(t)...), "别的东西"},
		"a zip with something after it":  {"a.docx", append(plainDoc(t), []byte("<script>alert(1)</script>")...), "别的东西"},
		"a bomb":                         {"a.docx", bomb, "太大"},
		"a way out":                      {"a.docx", plainDoc(t, "../../etc/x", "x"), "别的东西"},
	} {
		_, err := cleanEnclosure(c.file, c.content)
		if ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(ledger.MessageOf(err), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestEnclosuresThatAreKept(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		file, kept, kind string
		content          []byte
	}{
		{"地块.JPG", "地块.jpg", "jpg", phonePhoto(t, 200, 100, 6)},
		{`C:\我的文档\证.pdf`, "证.pdf", "pdf", plainPDF},
		{"a\u202egpj.docx", "agpj.docx", "docx", plainDoc(t, "word/media/image1.png", "\x89PNG", "docProps/core.xml", "<x/>")},
		{"表.xlsx", "表.xlsx", "xlsx", packed(t, "[Content_Types].xml", "<Types/>", "xl/workbook.xml", "<x/>")},
	} {
		f, err := cleanEnclosure(c.file, c.content)
		if err != nil || f.Name != c.kept || f.Type != c.kind {
			t.Errorf("%s: %q %q, %v", c.file, f.Name, f.Type, err)
		}
	}
}

// Where a photo was taken is gone from every copy that anybody can open: the kept one is the only one.
func TestAnEnclosedPhotoHasNoPlace(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	photo := phonePhoto(t, 800, 400, 6)
	if !bytes.Contains(photo, []byte("SECRETPHONE")) {
		t.Fatal("the test's photo has no EXIF")
	}
	id := s.caseOf(s.sendsOne(filed(), sentFile{"地块.jpg", photo}))
	tr, err := s.desk.Track(t.Context(), id)
	s.must(err)
	f, content, err := s.desk.OpenFile(t.Context(), "duty", id, tr.Files[0].ID)
	s.must(err)
	if exifOf(content) != nil || bytes.Contains(content, []byte("SECRET")) || bytes.Contains(content, []byte("Exif")) || f.Name != "地块.jpg" {
		t.Errorf("%s holds what the camera wrote", f.Name)
	}
	p, err := jpeg.Decode(bytes.NewReader(content))
	if err != nil || p.Bounds().Dx() != 400 || p.Bounds().Dy() != 800 {
		t.Errorf("not upright: %v, %v", p.Bounds(), err)
	}
}

func TestTooManyAndTooLarge(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	var six []sentFile
	for range 6 {
		six = append(six, sentFile{"a.pdf", plainPDF})
	}
	for name, files := range map[string][]sentFile{"six files": six, "eleven MB": {{"a.pdf", make([]byte, 11<<20)}}} {
		a := s.brings("/ask", filed(), files...)
		s.status(a, http.StatusBadRequest)
		checkWhole(t, a)
		_ = name
	}
	a := s.brings("/ask", filed("subject", "留着我的字"), sentFile{"坏.pdf", []byte("x")})
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#fault", "坏.pdf", "只收")
	if a.attr("#subject", "value") != "留着我的字" {
		t.Error("what was written is lost with the file")
	}
	var n int
	s.must(s.sql.QueryRow(t.Context(), `select count(*) from inquiry`).Scan(&n))
	if n != 0 {
		t.Errorf("%d cases of forms that were refused", n)
	}
}

// clamdDouble speaks clamd's INSTREAM on a real socket: this machine has no clamd to ask. It knows one virus.
func clamdDouble(t *testing.T) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go answerInstream(conn)
		}
	}()
	return ln.Addr().String()
}

func answerInstream(conn net.Conn) {
	defer conn.Close()
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		_, _ = io.WriteString(conn, "UNKNOWN COMMAND\x00")
		return
	}
	var content []byte
	for {
		var n uint32
		if binary.Read(conn, binary.BigEndian, &n) != nil {
			return
		}
		if n == 0 {
			break
		}
		chunk := make([]byte, n)
		if _, err := io.ReadFull(conn, chunk); err != nil {
			return
		}
		content = append(content, chunk...)
	}
	switch {
	case bytes.Contains(content, eicar):
		_, _ = io.WriteString(conn, "stream: Eicar-Test-Signature FOUND\x00")
	case len(content) > 5<<20:
		_, _ = io.WriteString(conn, "INSTREAM size limit exceeded. ERROR\x00")
	default:
		_, _ = io.WriteString(conn, "stream: OK\x00")
	}
}

func TestClamdIsAsked(t *testing.T) {
	t.Parallel()
	clamd := Clamd(clamdDouble(t))
	if found, err := clamd.Scan(t.Context(), bytes.Repeat([]byte("x"), 300<<10)); err != nil || found != "" {
		t.Errorf("clean: %q, %v", found, err)
	}
	if found, err := clamd.Scan(t.Context(), eicar); err != nil || found != "Eicar-Test-Signature" {
		t.Errorf("EICAR: %q, %v", found, err)
	}
	if found, err := clamd.Scan(t.Context(), make([]byte, 6<<20)); err == nil || found != "" {
		t.Errorf("too large for it: %q, %v; nobody has looked", found, err)
	}
	if _, err := Clamd("127.0.0.1:1").Scan(t.Context(), eicar); err == nil {
		t.Error("nobody there, and no error")
	}
}

// A virus is refused; without its scanner a file is held, and opened by nobody until it was looked through.
func TestVirusesAreRefusedAndHeld(t *testing.T) {
	t.Parallel()
	withVirus := append(append([]byte("%PDF-1.4\n"), eicar...), "\n%%EOF\n"...)
	s := setupOffice(t, func(c *Config) { c.Scan = Clamd(clamdDouble(t)) })
	a := s.brings("/ask", filed(), sentFile{"毒.pdf", withVirus})
	s.status(a, http.StatusUnprocessableEntity)
	s.says(a, "#fault", "毒.pdf", "病毒")
	s.sendsOne(filed(), sentFile{"好.pdf", plainPDF})

	away := setupOffice(t, func(c *Config) { c.Scan = Clamd("127.0.0.1:1") })
	code := away.sendsOne(filed(), sentFile{"好.pdf", plainPDF}, sentFile{"毒.pdf", withVirus})
	id := away.caseOf(code)
	away.says(away.tracks(code), "main", "等病毒检查")
	open := func() (opened int) {
		tr, err := away.desk.Track(t.Context(), id)
		away.must(err)
		for _, f := range tr.Files {
			_, _, err := away.desk.OpenFile(t.Context(), "duty", id, f.ID)
			if err == nil {
				opened++
			} else if ledger.KindOf(err) != ledger.KindConflict {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
		return opened
	}
	if n := open(); n != 0 {
		t.Errorf("%d files were opened that nobody looked through", n)
	}
	back := Clamd(clamdDouble(t))
	away.must(away.desk.HeldFiles(t.Context(), func(ctx context.Context, content []byte) (bool, error) {
		found, err := back.Scan(ctx, content)
		return found == "", err
	}))
	if n := open(); n != 1 {
		t.Errorf("%d files opened, want the clean one", n)
	}
}

// A form is no longer than forms are, and one that was not made for this browser is read for nothing.
func TestAStrangersFormIsBound(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	for _, path := range []string{"/ask", "/track/act"} {
		s.status(s.brings(path, map[string]string{"text": strings.Repeat("长", 60_000)}), http.StatusRequestEntityTooLarge)
		s.status(s.brings(path, map[string]string{tokenField: strings.Repeat("0", 64)}), http.StatusForbidden)
	}
	s.status(s.brings("/track/act", map[string]string{"act": "rate", "ticket": "x.y.z"}), http.StatusForbidden)
	s.status(s.brings("/track/act", map[string]string{"act": "approve", "ticket": "x.y.z"}), http.StatusForbidden)
}

// FuzzEnclosure brings any bytes under every name: whatever is kept is a picture of ours or a whole document.
func FuzzEnclosure(f *testing.F) {
	for _, seed := range [][]byte{plainPDF, plainDoc(f), phonePhoto(f, 40, 30, 6), hugePNG(), eicar} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, name := range []string{"a.pdf", "a.docx", "a.jpg"} {
			kept, err := cleanEnclosure(name, content)
			if err != nil && ledger.KindOf(err) == ledger.KindInternal {
				t.Errorf("%s: %v", name, err)
			}
			if err == nil && kept.Type == "jpg" {
				if _, err := jpeg.Decode(bytes.NewReader(kept.Content)); err != nil {
					t.Errorf("a picture of ours cannot be read: %v", err)
				}
			}
		}
	})
}
