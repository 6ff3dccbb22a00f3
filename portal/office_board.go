package portal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// Boards is what the office asks about the notices on villages' boards. Each answers for what the officer may see.
type Boards interface {
	Board(ctx context.Context, by string, no int64) (ledger.Board, error)
	BoardNotices(ctx context.Context, by string, no int64, town string) ([]ledger.BoardNotice, error)
	BoardPhoto(ctx context.Context, by string, no int64, village string) ([]byte, error)
	HangNotice(ctx context.Context, no int64, village string, on time.Time, by string, photo []byte) error
	TakeDownNotice(ctx context.Context, no int64, village string, on time.Time, by string) error
}

// Printer makes a PDF of a self-contained web page. ErrUnavailable says that this machine has nothing to print with.
type Printer func(ctx context.Context, html []byte) ([]byte, error)

func (s *Server) boardRoutes() {
	see, post := able(ledger.ActSeeBatches), able(ledger.ActPostNotice)
	s.door(http.MethodGet, "/office/batches/:no/board", see, s.board)
	s.door(http.MethodGet, "/office/batches/:no/board/pack", see, s.boardPack)
	s.door(http.MethodGet, "/office/batches/:no/board/:village", see, s.boardVillage)
	s.door(http.MethodGet, "/office/batches/:no/board/:village/photo", see, s.boardPhoto)
	s.door(http.MethodPost, "/office/batches/:no/board/:village/hung", post.with(maxPhoto), s.hangNotice)
	s.door(http.MethodPost, "/office/batches/:no/board/:village/taken", post, s.takeDownNotice)
}

type boardPage struct {
	OfficeFrame
	ledger.Board
	Path          string
	Towns         []choice
	Hung, Taken   int
	Coded, Strays int  // villages with a code, and rows of the sheet without one
	PDF           bool // it can be printed here
	Size, Town    string
}

func (boardPage) view() string { return "pages/office_board" }

func boardPath(no int64) string { return fmt.Sprintf("/office/batches/%d/board", no) }

func batchNo(c *fiber.Ctx) (int64, error) {
	no, err := strconv.ParseInt(c.Params("no"), 10, 64)
	if err != nil || no <= 0 {
		return 0, ledger.ErrNotFound
	}
	return no, nil
}

func (s *Server) boardOf(c *fiber.Ctx) (ledger.Board, error) {
	no, err := batchNo(c)
	if err != nil {
		return ledger.Board{}, err
	}
	return s.config.Boards.Board(c.UserContext(), officerOf(c), no)
}

func (s *Server) newBoardPage(c *fiber.Ctx) (p boardPage, err error) {
	board, err := s.boardOf(c)
	if err != nil {
		return p, err
	}
	p = boardPage{
		OfficeFrame: s.officeFrame(c, "公示榜", "/office/batches"), Board: board, Path: boardPath(board.No), PDF: s.config.Print != nil,
		Size: c.Query("size", "A4"), Town: c.Query("town"),
	}
	p.Wide = true
	for i, v := range board.Villages {
		switch {
		case v.Code == "":
			p.Strays += v.Rows
			continue
		case i == 0 || board.Villages[i-1].Town != v.Town:
			p.Towns = append(p.Towns, choice{v.Town, v.TownName, "", v.Town == p.Town})
		}
		p.Coded++
		if !v.Posting.HungOn.IsZero() {
			p.Hung++
		}
		if !v.Posting.TakenOn.IsZero() {
			p.Taken++
		}
	}
	return p, nil
}

func (s *Server) board(c *fiber.Ctx) error {
	p, err := s.newBoardPage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

// boardPack hands out the notices as one file, to be printed.
func (s *Server) boardPack(c *fiber.Ctx) error {
	no, err := batchNo(c)
	if err != nil {
		return err
	}
	notices, err := s.config.Boards.BoardNotices(c.UserContext(), officerOf(c), no, c.Query("town"))
	if err != nil {
		return err
	}
	f := s.config
	var sheet bytes.Buffer
	if err := WriteBoard(&sheet, BoardPack{
		County: f.County, Phone: f.Phone, Hours: f.Hours, Address: f.Address, Site: s.siteAddress(c), Large: c.Query("size") == "A3", Notices: notices,
	}); err != nil {
		return err
	}
	name := fmt.Sprintf("公示榜-批次%d", no)
	if town := c.Query("town"); town != "" {
		name += "-" + notices[0].TownName
	}
	if c.Query("as") == "html" || f.Print == nil {
		return download(c, name+".html", "text/html; charset=utf-8", sheet.Bytes())
	}
	pdf, err := s.print(c, sheet.Bytes())
	if errors.Is(err, errBusyPrinting) || ledger.KindOf(err) == ledger.KindUnavailable {
		p, failed := s.newBoardPage(c)
		if failed != nil {
			return failed
		}
		p.Fault = ledger.MessageOf(err)
		return s.show(c, http.StatusServiceUnavailable, p)
	}
	if err != nil {
		return err
	}
	return download(c, name+".pdf", "application/pdf", pdf)
}

var errBusyPrinting = ledger.Errorf(ledger.KindUnavailable, "别人正在生成 PDF，请过一会儿再点；着急的话，先下载网页，用浏览器打印")

// print makes one PDF at a time, for a browser takes the machine's memory. A county's pack takes longer than a page may.
func (s *Server) print(c *fiber.Ctx, html []byte) ([]byte, error) {
	select {
	case s.printing <- struct{}{}:
		defer func() { <-s.printing }()
	case <-c.UserContext().Done():
		return nil, errBusyPrinting
	}
	return s.config.Print(context.WithoutCancel(c.UserContext()), html)
}

// siteAddress is where people find the portal, as this officer's browser does.
func (s *Server) siteAddress(c *fiber.Ctx) string {
	scheme := "http"
	if s.config.Secure {
		scheme = "https"
	}
	return scheme + "://" + string(c.Context().Host())
}

// download hands a file to be kept, never to be shown: what stands in it is not ours to run.
func download(c *fiber.Ctx, name, kind string, content []byte) error {
	c.Set(fiber.HeaderContentType, kind)
	c.Set(fiber.HeaderContentDisposition, `attachment; filename*=UTF-8''`+strings.ReplaceAll(url.QueryEscape(name), "+", "%20"))
	return c.Send(content)
}

type boardVillagePage struct {
	OfficeFrame
	Batch             ledger.Batch
	FundName          string
	Village           ledger.BoardVillage
	Path, Back        string
	On, Off, Photo    field
	HungBy, PhotoPath string
}

func (boardVillagePage) view() string { return "pages/office_board_village" }

func (s *Server) newBoardVillagePage(c *fiber.Ctx) (p boardVillagePage, err error) {
	board, err := s.boardOf(c)
	if err != nil {
		return p, err
	}
	for _, v := range board.Villages {
		if v.Code == "" || v.Code != c.Params("village") {
			continue
		}
		p = boardVillagePage{
			OfficeFrame: s.officeFrame(c, v.Name+"公示榜", "/office/batches"), Batch: board.Batch, FundName: board.FundName, Village: v,
			Back: boardPath(board.No), Path: boardPath(board.No) + "/" + v.Code,
		}
		p.On = dayField("on", "张贴日期", v.Posting.HungOn)
		p.Off = dayField("off", "撤下日期", v.Posting.TakenOn)
		p.Photo = field{
			Name: "photo", Label: "榜在墙上的照片", Type: "file", Auto: "off",
			Hint: "可以不传。JPG 或 PNG，最大10MB；照片里的拍摄地点、时间等信息会去掉，只有工作人员看得到。",
		}
		return p, nil
	}
	return p, ledger.ErrNotFound
}

// dayField asks for a date, and offers what is in the books or else today.
func dayField(name, label string, day time.Time) field {
	if day.IsZero() {
		day = ledger.DateOf(time.Now())
	}
	return field{Name: name, Label: label, Type: "date", Auto: "off", Value: day.Format(time.DateOnly)}
}

func (s *Server) boardVillage(c *fiber.Ctx) error {
	p, err := s.newBoardVillagePage(c)
	if err != nil {
		return err
	}
	return s.show(c, http.StatusOK, p)
}

func (s *Server) boardPhoto(c *fiber.Ctx) error {
	no, err := batchNo(c)
	if err != nil {
		return err
	}
	photo, err := s.config.Boards.BoardPhoto(c.UserContext(), officerOf(c), no, c.Params("village"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "image/jpeg")
	return c.Send(photo)
}

func (s *Server) hangNotice(c *fiber.Ctx) error {
	form := attachedTo(c)
	return s.keepPosting(c, form.fields["on"], func(p *boardVillagePage) *field { return &p.On }, func(no int64, on time.Time) error {
		var photo []byte
		if len(form.file) > 0 {
			var err error
			if photo, err = cleanPhoto(form.file); err != nil {
				return badPhoto{err}
			}
		}
		return s.config.Boards.HangNotice(c.UserContext(), no, c.Params("village"), on, officerOf(c), photo)
	})
}

func (s *Server) takeDownNotice(c *fiber.Ctx) error {
	return s.keepPosting(c, c.FormValue("off"), func(p *boardVillagePage) *field { return &p.Off }, func(no int64, on time.Time) error {
		return s.config.Boards.TakeDownNotice(c.UserContext(), no, c.Params("village"), on, officerOf(c))
	})
}

// badPhoto is a refusal that belongs beside the photo and not beside the date.
type badPhoto struct{ error }

func (b badPhoto) Unwrap() error { return b.error }

// keepPosting records a day, or shows the village again with what stands in the way beside its field.
func (s *Server) keepPosting(c *fiber.Ctx, text string, asked func(*boardVillagePage) *field, keep func(no int64, on time.Time) error) error {
	no, err := batchNo(c)
	if err != nil {
		return err
	}
	on, failed := time.Parse(time.DateOnly, text)
	if failed != nil {
		failed = ledger.Errorf(ledger.KindInvalid, "请填写日期，例如 2025-06-03")
	} else {
		failed = keep(no, on)
	}
	if failed == nil {
		return c.Redirect(boardPath(no)+"?said=saved", http.StatusSeeOther)
	}
	message := ""
	switch ledger.KindOf(failed) {
	case ledger.KindInvalid, ledger.KindNotFound, ledger.KindConflict:
		message = ledger.MessageOf(failed)
	default:
		return failed
	}
	p, err := s.newBoardVillagePage(c)
	if err != nil {
		return err
	}
	wrong := asked(&p)
	wrong.Value = text
	var photo badPhoto
	if errors.As(failed, &photo) {
		wrong = &p.Photo
	}
	wrong.Fault = message
	return s.show(c, http.StatusUnprocessableEntity, p)
}
