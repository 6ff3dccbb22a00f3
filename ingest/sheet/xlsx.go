package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/xuri/excelize/v2"
)

// book is an xlsx file. excelize opens the container and reads workbook and styles; the sheets' own XML is read here in
// one pass, because each of excelize's ways loses something that the rules need: Rows gives no types, so a number and a
// text of 18 digits look alike; GetCellType and GetCellValue hold the whole sheet as a tree, take a time that grows with
// cells × merges, and answer with the merged value for every cell under a merge.
type book struct {
	file   *excelize.File
	limits Limits
	infos  []Info
	parts  []string // path of each sheet's XML in the container
	texts  []string // shared strings
	dates  []bool   // by style: shows a number as a date
}

// openXLSX is the border behind which excelize may panic on a crafted file: such a file is damaged, no more.
func openXLSX(content io.ReaderAt, size int64, limits Limits) (w Workbook, err error) {
	defer func() {
		if p := recover(); p != nil {
			w, err = nil, fmt.Errorf("%w: panic while opening", ErrDamaged)
		}
	}()
	if err := checkContainer(content, size, limits); err != nil {
		return nil, err
	}
	f, err := excelize.OpenReader(io.NewSectionReader(content, 0, size), excelize.Options{
		RawCellValue: true,
		// The same limit twice keeps every part in memory; otherwise excelize writes large ones to temporary files,
		// and a household list must not lie around on disk.
		UnzipSizeLimit:    limits.Unzipped,
		UnzipXMLSizeLimit: limits.Unzipped,
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	b := &book{file: f, limits: limits}
	if err := b.listSheets(); err != nil {
		return nil, err
	}
	b.dates = dateStyles(f)
	b.texts, err = sharedTexts(b.part("xl/sharedStrings.xml"))
	return b, err
}

// checkContainer refuses a zip that says it is too large, before anything of it is unpacked. One that says too little is
// stopped by archive/zip, which unpacks no more than was said.
func checkContainer(content io.ReaderAt, size int64, limits Limits) error {
	z, err := zip.NewReader(content, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if len(z.File) > limits.Parts {
		return &LimitError{fmt.Sprintf("内含%d个部件", len(z.File))}
	}
	left := uint64(limits.Unzipped)
	for _, part := range z.File {
		if part.UncompressedSize64 > left {
			return &LimitError{fmt.Sprintf("解压后超过%dMB", limits.Unzipped>>20)}
		}
		left -= part.UncompressedSize64
	}
	return nil
}

// listSheets pairs the workbook's sheets with their parts. A chart sheet has no cells and is left out.
func (b *book) listSheets() error {
	if b.file.WorkBook == nil {
		return fmt.Errorf("%w: no workbook part", ErrDamaged)
	}
	targets, err := b.targets()
	if err != nil {
		return err
	}
	for _, s := range b.file.WorkBook.Sheets.Sheet {
		target := targets[s.ID]
		if target == "" || strings.Contains(target, "chartsheets/") {
			continue
		}
		if len(b.part(target)) == 0 {
			return fmt.Errorf("%w: a sheet's part is missing", ErrDamaged)
		}
		b.infos = append(b.infos, Info{Name: s.Name, Hidden: s.State != "" && s.State != "visible"})
		b.parts = append(b.parts, target)
	}
	if len(b.infos) == 0 {
		return fmt.Errorf("%w: no sheets", ErrDamaged)
	}
	return nil
}

// targets reads which relationship leads to which part. excelize knows but does not tell.
func (b *book) targets() (map[string]string, error) {
	var rels struct {
		Relationship []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		}
	}
	folder, content := "", []byte(nil)
	b.file.Pkg.Range(func(name, value any) bool {
		if before, ok := strings.CutSuffix(name.(string), "_rels/workbook.xml.rels"); ok {
			folder, content = before, value.([]byte)
			return false
		}
		return true
	})
	if err := xml.Unmarshal(content, &rels); err != nil {
		return nil, fmt.Errorf("%w: relationships: %w", ErrDamaged, err)
	}
	targets := map[string]string{}
	for _, r := range rels.Relationship {
		target := strings.ReplaceAll(r.Target, `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", folder, target)
		}
		targets[r.ID] = strings.TrimPrefix(path.Clean(target), "/")
	}
	return targets, nil
}

// part gives a part's bytes; nil when there is none.
func (b *book) part(name string) []byte {
	content, _ := b.file.Pkg.Load(name)
	bytes, _ := content.([]byte)
	return bytes
}

func (b *book) Format() Format { return XLSX }

func (b *book) Sheets() []Info { return b.infos }

func (b *book) Date1904() bool {
	return b.file.WorkBook.WorkbookPr != nil && b.file.WorkBook.WorkbookPr.Date1904
}

// sharedTexts reads the table of texts that cells refer to. Phonetic guides (rPh) are not part of the text.
func sharedTexts(content []byte) ([]string, error) {
	if len(content) == 0 {
		return nil, nil // a workbook of numbers has no such part
	}
	var (
		texts    []string
		text     strings.Builder
		in, mute bool
	)
	d := xml.NewDecoder(bytes.NewReader(content))
	for {
		token, err := d.RawToken()
		if err == io.EOF {
			return texts, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%w: shared strings: %w", ErrDamaged, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			in, mute = t.Name.Local == "t", mute || t.Name.Local == "rPh"
		case xml.CharData:
			if in && !mute {
				text.Write(t)
			}
		case xml.EndElement:
			in = false
			switch t.Name.Local {
			case "rPh":
				mute = false
			case "si":
				texts = append(texts, unescape(text.String()))
				text.Reset()
			}
		}
	}
}

// dateStyles tells for each cell style whether it shows a number as a date.
func dateStyles(f *excelize.File) []bool {
	if f.Styles == nil || f.Styles.CellXfs == nil {
		return nil
	}
	codes := map[int]string{}
	if f.Styles.NumFmts != nil {
		for _, n := range f.Styles.NumFmts.NumFmt {
			if n != nil {
				codes[n.NumFmtID] = n.FormatCode
			}
		}
	}
	dates := make([]bool, len(f.Styles.CellXfs.Xf))
	for i, xf := range f.Styles.CellXfs.Xf {
		if xf.NumFmtID != nil {
			id := *xf.NumFmtID
			code, own := codes[id]
			dates[i] = own && dateCode(code) || !own && builtinDate(id)
		}
	}
	return dates
}

// builtinDate lists the format numbers that mean a date without a code in the file: ECMA-376 18.8.30, with the
// East Asian ones.
func builtinDate(id int) bool {
	return id >= 14 && id <= 17 || id == 22 || id >= 27 && id <= 31 || id == 36 || id >= 50 && id <= 54 || id == 57 || id == 58
}

// dateCode says whether a number format shows a date: it has y or d outside of quotes, brackets and escapes.
func dateCode(code string) bool {
	var quoted, bracketed, escaped bool
	for _, r := range strings.ToLower(code) {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && !quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			bracketed = true
		case r == ']':
			bracketed = false
		case !bracketed && (r == 'y' || r == 'd'):
			return true
		}
	}
	return false
}
