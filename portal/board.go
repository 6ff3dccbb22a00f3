package portal

import (
	"html/template"
	"io"
	"strings"

	"mingbai/ledger"
	"mingbai/templates"
)

// BoardPack is the notices of a batch for the boards of its villages, to be printed: see WriteBoard.
type BoardPack struct {
	County, Phone, Hours, Address string
	Site                          string // the portal's public address, for the code that people scan: https://…
	Large                         bool   // A3 instead of A4
	Notices                       []ledger.BoardNotice
}

// boardNotice is a notice as the sheet shows it.
type boardNotice struct {
	ledger.BoardNotice
	Lines      []noticeLine
	BasisHead  string
	PeriodText string
	QR         template.HTML
}

var boardSheet = template.Must(template.New("board.html").Funcs(words).ParseFS(templates.Print, "print/board.html"))

// WriteBoard writes the pack as one self-contained web page, a village after the other, each beginning on a new sheet of
// paper: for chromium's printer, or any browser's. It names people and shows no digit of any number.
func WriteBoard(w io.Writer, b BoardPack) error {
	style, err := templates.Print.ReadFile("print/board.css")
	if err != nil {
		return err
	}
	size, points := "A4", "14"
	if b.Large {
		size, points = "A3", "20"
	}
	page := struct {
		BoardPack
		Title   string
		Style   template.CSS
		Notices []boardNotice
	}{BoardPack: b, Title: "公示榜", Style: template.CSS(strings.NewReplacer("{{size}}", size, "{{points}}", points).Replace(string(style)))}
	for _, n := range b.Notices {
		notice := boardNotice{BoardNotice: n, BasisHead: basisHead(n.BasisUnit), PeriodText: periodText(n.From, n.Until), Lines: noticeLines(n.Payments)}
		if notice.QR, err = qr(strings.TrimRight(b.Site, "/") + boardTarget(n)); err != nil {
			return err
		}
		page.Notices = append(page.Notices, notice)
	}
	return boardSheet.Execute(w, page)
}

// boardTarget is the page that a notice's code opens: the village's list, or the fund's page where it has none.
func boardTarget(n ledger.BoardNotice) string {
	if n.VillageCode == "" {
		return fundPath(n.Code, n.Period.Year())
	}
	return villagePath(n.Code, n.Period.Year(), n.VillageCode)
}
