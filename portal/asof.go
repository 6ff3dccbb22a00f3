package portal

import (
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// asOfKey is the query's word for a day before today.
const asOfKey = "as-of"

// days is the form by which a reader asks for the books of another day, and what the page says when they are shown.
type days struct {
	Path  string // of the page, without its query
	Keep  [][2]string
	Day   string    // as asked, 2025-06-30; empty for today
	Date  time.Time // the same
	Today string
	Hid   int // rows that were taken back since
}

// asOf reads the day that is asked for; zero for today or a day to come.
func (s *Server) asOf(c *fiber.Ctx) (time.Time, error) {
	text := c.Query(asOfKey)
	if text == "" || s.config.Archive == nil {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < 2000 {
		return time.Time{}, ledger.Errorf(ledger.KindInvalid, "日期：写成 2025-06-30 这样")
	}
	if !day.Before(s.today()) {
		return time.Time{}, nil
	}
	return day, nil
}

// daysOf makes the form; nil where other days are not told.
func (s *Server) daysOf(code string, year int, unit string, day time.Time) *days {
	if s.config.Archive == nil {
		return nil
	}
	d := &days{Path: fundPath(code, 0), Today: s.today().Format(time.DateOnly)}
	if year != 0 {
		d.Keep = append(d.Keep, [2]string{"year", strconv.Itoa(year)})
	}
	if unit != "" {
		d.Keep = append(d.Keep, [2]string{"unit", unit})
	}
	if !day.IsZero() {
		d.Day, d.Date = day.Format(time.DateOnly), day
	}
	return d
}

// Back leads to the same page as it is today.
func (d *days) Back() string {
	path, sep := d.Path, "?"
	for _, k := range d.Keep {
		path += sep + k[0] + "=" + url.QueryEscape(k[1])
		sep = "&"
	}
	return path
}
