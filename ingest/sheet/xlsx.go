package sheet

import (
	"io"
	"path"
)

// book is an xlsx file (ECMA-376 part 1, SpreadsheetML), transitional or strict: namespaces are not looked at, only names.
// Workbook, styles and shared strings are read when it is opened; a sheet is read as a stream, each time anew, so its size
// costs no memory. No library on offer reads so: excelize's Rows gives no types, so a number and a text of 18 digits look
// alike, and its other ways hold the whole sheet as a tree.
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
	b := &book{container: c, limits: limits}
	packed, err := b.relations("")
	if err != nil {
		return nil, err
	}
	workbook, _ := b.find(packed.first("officeDocument", "xl/workbook.xml"))
	rels, err := b.relations(workbook)
	if err != nil {
		return nil, err
	}
	if err := b.openFixed(workbook, func(p *part) error { return b.readWorkbook(p, rels) }); err != nil {
		return nil, err
	}
	folder := path.Dir(workbook)
	if name, ok := b.find(rels.first("styles", folder+"/styles.xml")); ok {
		if err := b.openFixed(name, b.readStyles); err != nil {
			return nil, err
		}
	}
	if name, ok := b.find(rels.first("sharedStrings", folder+"/sharedstrings.xml")); ok {
		if err := b.readTexts(name); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (b *book) Format() Format { return XLSX }

func (b *book) Sheets() []Info { return b.sheets }

func (b *book) Date1904() bool { return b.date1904 }
