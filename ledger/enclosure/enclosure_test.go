package enclosure

import (
	"archive/zip"
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mingbai/ledger"
)

// zipped is a document of parts with contents, in their order.
func zipped(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(parts); i += 2 {
		f, err := w.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(f, parts[i+1])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// photo is a jpeg with a marker of its camera's in it.
func photo(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	secret := "Exif\x00\x00SECRETPHONE"
	head := []byte{0xff, 0xd8, 0xff, 0xe1, 0, byte(len(secret) + 2)}
	return append(append(head, secret...), b.Bytes()[2:]...)
}

// letter is a docx as Word writes one, by somebody who has a name.
func letter(t testing.TB, body string, more ...string) []byte {
	t.Helper()
	const types = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="jpeg" ContentType="image/jpeg"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/settings.xml" ContentType="x"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`
	const rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="x/core" Target="docProps/core.xml"/></Relationships>`
	parts := []string{
		"[Content_Types].xml", types, "_rels/.rels", rels,
		"docProps/core.xml", `<cp:coreProperties xmlns:cp="c" xmlns:dc="d"><dc:creator>张三丰</dc:creator><cp:lastModifiedBy>李会计</cp:lastModifiedBy></cp:coreProperties>`,
		"docProps/app.xml", `<Properties><Company>柳树沟合作社</Company></Properties>`,
		"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="x/settings" Target="settings.xml"/><Relationship Id="rId2" Type="x/image" Target="media/image1.jpeg"/></Relationships>`,
		"word/settings.xml", `<w:settings><w:rsids><w:rsid w:val="00AB12CD"/></w:rsids></w:settings>`,
		"word/document.xml", `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>` + body + `</w:body></w:document>`,
		"word/media/image1.jpeg", string(photo(t)),
	}
	return zipped(t, append(parts, more...)...)
}

const plain = `<w:p w:rsidR="00AB12CD" w:rsidRDefault='00AB12CE'><w:r><w:t>面积是3.2亩</w:t></w:r></w:p>`

// everything is all bytes of a document's parts, unpacked.
func everything(t testing.TB, content []byte) (all string, names []string) {
	t.Helper()
	book, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range book.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		part, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all += f.Name + "\n" + string(part) + f.Comment + string(f.Extra)
		names = append(names, f.Name)
	}
	return all + book.Comment, names
}

func TestALetterForEverybodyTellsNothingOfItsWriter(t *testing.T) {
	t.Parallel()
	source := letter(t, plain)
	if marks := Marks("docx", source); !slices.Equal(marks, []string{"张三丰", "李会计", "柳树沟合作社"}) {
		t.Fatalf("marks %q", marks)
	}
	c, err := Public("docx", source)
	if err != nil {
		t.Fatal(err)
	}
	all, names := everything(t, c.Content)
	for _, secret := range []string{"张三丰", "李会计", "合作社", "00AB12C", "SECRETPHONE", "Exif", "docProps", "settings"} {
		if strings.Contains(all, secret) {
			t.Errorf("the copy holds %q", secret)
		}
	}
	if want := []string{"[Content_Types].xml", "_rels/.rels", "word/_rels/document.xml.rels", "word/document.xml", "word/media/image1.jpeg"}; !slices.Equal(names, want) {
		t.Errorf("parts %q", names)
	}
	if !strings.Contains(all, "<w:t>面积是3.2亩</w:t>") || !strings.Contains(c.Text, "面积是3.2亩") || !strings.Contains(all, "media/image1.jpeg") {
		t.Errorf("the letter itself is lost: %q", c.Text)
	}
	if len(Marks("docx", c.Content)) > 0 {
		t.Error("the copy has marks")
	}
}

func TestDocumentsThatAreNotPublished(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		kind    string
		content []byte
		says    string
	}{
		"a pdf":                         {"pdf", []byte("%PDF-1.4"), "PDF"},
		"tracked changes":               {"docx", letter(t, `<w:p><w:del w:id="1" w:author="张三丰" w:date="2025-01-01"><w:r><w:delText>旧</w:delText></w:r></w:del></w:p>`), "修订"},
		"an inserted word":              {"docx", letter(t, `<w:p><w:ins w:author='甲'><w:r><w:t>x</w:t></w:r></w:ins></w:p>`), "修订"},
		"comments":                      {"docx", letter(t, plain, "word/comments.xml", `<w:comments/>`), "批注"},
		"hidden words":                  {"docx", letter(t, `<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r></w:p>`), "隐藏"},
		"a link outside":                {"docx", letter(t, plain, "word/_rels/header1.xml.rels", `<Relationships><Relationship Id="r" Target="http://x/" TargetMode="External"/></Relationships>`), "别处"},
		"a part that nobody knows":      {"docx", letter(t, plain, "word/glossary/document.xml", "x"), "认不出"},
		"a picture of another kind":     {"docx", letter(t, plain, "word/media/image2.emf", "x"), "图片"},
		"a picture that is none":        {"docx", letter(t, plain, "word/media/image2.png", "x"), "图片"},
		"another encoding":              {"docx", letter(t, plain, "word/styles.xml", "\xff\xfex\x00"), "认不出"},
		"an entity":                     {"docx", letter(t, plain, "word/styles.xml", `<!DOCTYPE x [<!ENTITY a "张三丰">]><x/>`), "认不出"},
		"one part twice":                {"docx", letter(t, plain, "word/document.xml", "x"), "损坏"},
		"no zip":                        {"xlsx", []byte("x"), "损坏"},
		"a hidden sheet":                {"xlsx", zipped(t, "xl/workbook.xml", `<sheet name="x" state="veryHidden"/>`), "隐藏"},
		"a hidden row":                  {"xlsx", zipped(t, "xl/worksheets/sheet1.xml", `<row r="1" hidden="1"/>`), "隐藏"},
		"a comment with its author":     {"xlsx", zipped(t, "xl/comments1.xml", `<authors/>`), "批注"},
		"who locked it":                 {"xlsx", zipped(t, "xl/workbook.xml", `<fileSharing userName="张三丰"/>`), "修订"},
		"where it lay, in a way of its": {"xlsx", zipped(t, "xl/workbook.xml", `<x15ac:absPath url="C:\Users\张三丰\"/>`), "位置"},
		"too much":                      {"xlsx", zipped(t, "xl/workbook.xml", strings.Repeat("0", maxUnpacked+1)), "太大"},
	} {
		_, err := Public(c.kind, c.content)
		if ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(ledger.MessageOf(err), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

// A workbook's copy is whole for who opens it, and tells nothing of who made it.
func TestAWorkbookForEverybody(t *testing.T) {
	t.Parallel()
	book := excelize.NewFile()
	fail := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	fail(book.SetDocProps(&excelize.DocProperties{Creator: "张三丰", LastModifiedBy: "李会计"}))
	fail(book.SetAppProps(&excelize.AppProperties{Company: "柳树沟合作社"}))
	fail(book.SetCellValue("Sheet1", "A1", "面积"))
	fail(book.SetCellValue("Sheet1", "B1", 3.2))
	var pixels bytes.Buffer
	fail(png.Encode(&pixels, image.NewGray(image.Rect(0, 0, 4, 4))))
	fail(book.AddPictureFromBytes("Sheet1", "C3", &excelize.Picture{Extension: ".png", File: pixels.Bytes(), Format: &excelize.GraphicOptions{AltText: `C:\张三丰\地块.png`}}))
	source, err := book.WriteToBuffer()
	fail(err)
	if marks := Marks("xlsx", source.Bytes()); !slices.Contains(marks, "张三丰") || !slices.Contains(marks, "柳树沟合作社") {
		t.Fatalf("marks %q", marks)
	}
	c, err := Public("xlsx", source.Bytes())
	fail(err)
	all, _ := everything(t, c.Content)
	for _, secret := range []string{"张三丰", "李会计", "合作社", "docProps"} {
		if strings.Contains(all, secret) {
			t.Errorf("the copy holds %q", secret)
		}
	}
	back, err := excelize.OpenReader(bytes.NewReader(c.Content))
	fail(err)
	rows, err := back.GetRows("Sheet1")
	fail(err)
	pictures, err := back.GetPictures("Sheet1", "C3")
	fail(err)
	if len(rows) == 0 || !slices.Equal(rows[0], []string{"面积", "3.2"}) || len(pictures) != 1 || !strings.Contains(c.Text, "面积") {
		t.Errorf("the copy has %q and %d pictures; its text is %q", rows, len(pictures), c.Text)
	}
}

func TestAPictureForEverybody(t *testing.T) {
	t.Parallel()
	c, err := Public("jpg", photo(t))
	if err != nil || bytes.Contains(c.Content, []byte("SECRET")) || bytes.Contains(c.Content, []byte("Exif")) {
		t.Errorf("%v: the copy tells of its camera", err)
	}
	if _, err := Public("jpg", photo(t)[:30]); ledger.KindOf(err) != ledger.KindInvalid {
		t.Errorf("cut off: %v", err)
	}
}

// FuzzPublic brings any bytes: what is published tells nothing, and nothing panics.
func FuzzPublic(f *testing.F) {
	f.Add(letter(f, plain))
	f.Add(photo(f))
	f.Fuzz(func(t *testing.T, content []byte) {
		for _, kind := range []string{"docx", "xlsx", "jpg", "pdf"} {
			c, err := Public(kind, content)
			if err != nil && ledger.KindOf(err) == ledger.KindInternal {
				t.Errorf("%s: %v", kind, err)
			}
			if err == nil && len(Marks(kind, c.Content)) > 0 {
				t.Errorf("%s: the copy has marks", kind)
			}
		}
	})
}
