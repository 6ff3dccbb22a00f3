package sheet

import (
	"io"
	"path"
)

// book is an xlsx file (ECMA-376 part 1, SpreadsheetML), transitional or strict: namespaces are not looked at, only names.
// Workbook, styles and shared strings are read when it is opened; a sheet is read as a stream, each time anew, so its size
// costs no memory, and the strings (texts) cost a bounded one. No library on offer reads so: excelize's Rows gives no
// types, so a number and a text of 18 digits look alike, and its other ways hold the whole sheet as a tree.
type book struct {
	*container
	limits   Limits
	sheets   []Info
	paths    []string // of each sheet's part
	date1904 bool
	styles   []style // by the cells' s attribute
	texts    texts   // shared strings
}

func openXLSX(content io.ReaderAt, size int64, limits Limits) (Workbook, error) {
	c, err := openContainer(content, size, limits)
	if err != nil {
		return nil, err
	}
	b := &book{container: c, limits: limits, texts: texts{room: limits.SharedMemory}}
	if err := b.begin(); err != nil {
		b.Close()
		return nil, err
	}
	return b, nil
}

// begin reads all but the sheets.
func (b *book) begin() error {
	packed, err := b.relations("")
	if err != nil {
		return err
	}
	workbook, _ := b.find(packed.first("officeDocument", "xl/workbook.xml"))
	rels, err := b.relations(workbook)
	if err != nil {
		return err
	}
	if err := b.openFixed(workbook, func(p *part) error { return b.readWorkbook(p, rels) }); err != nil {
		return err
	}
	folder := path.Dir(workbook)
	if name, ok := b.find(rels.first("styles", folder+"/styles.xml")); ok {
		if err := b.openFixed(name, b.readStyles); err != nil {
			return err
		}
	}
	if name, ok := b.find(rels.first("sharedStrings", folder+"/sharedstrings.xml")); ok {
		if err := b.readTexts(name); err != nil {
			return err
		}
	}
	return nil
}

func (b *book) Format() Format { return XLSX }

func (b *book) Sheets() []Info { return b.sheets }

func (b *book) Date1904() bool { return b.date1904 }

func (b *book) Close() error { return b.texts.drop() }
