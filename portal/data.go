package portal

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

// dataLine is a table of the open data with the files of its newest version.
type dataLine struct {
	ledger.DataTable
	Version ledger.DataVersion // zero while there is nothing
	Files   []dataLink
	Rows    int
	Batches []int64
	Hidden  int
	Taken   int
}

type dataLink struct {
	Name, Ext, Path, Size, SHA256 string
}

type dataPage struct {
	Frame
	Tables []dataLine
}

func (dataPage) view() string { return "pages/data" }

func (s *Server) data(c *fiber.Ctx) error {
	p := dataPage{Frame: s.frame("开放数据")}
	p.Nav, p.Wide = "data", true
	for _, t := range ledger.DataTables {
		line, err := s.dataLine(c, t)
		if err != nil {
			return err
		}
		p.Tables = append(p.Tables, line)
	}
	return s.show(c, http.StatusOK, p)
}

// dataLine is a table with its newest version; without files while nothing was published.
func (s *Server) dataLine(c *fiber.Ctx, t ledger.DataTable) (dataLine, error) {
	line := dataLine{DataTable: t}
	version, err := s.config.Archive.NewestVersion(c.UserContext(), t)
	if errors.Is(err, ledger.ErrNotFound) {
		return line, nil
	} else if err != nil {
		return line, err
	}
	line.Version = version
	for _, form := range dataForms {
		f, err := s.dataFile(c.UserContext(), t, version.No, "", form.Ext)
		if err != nil {
			return line, err
		}
		line.Rows, line.Batches, line.Hidden, line.Taken = f.Rows, f.Batches, f.Hidden, f.Taken
		line.Files = append(line.Files, dataLink{form.Name, form.Ext, dataPath(t.ID, version.No, "", form.Ext), size(len(f.Body)), hex.EncodeToString(f.SHA256[:])})
	}
	return line, nil
}

// versionsPerPage is how many versions of a table one page lists.
const versionsPerPage = 30

type dataTablePage struct {
	Frame
	Line     dataLine
	Versions []dataVersionLine
	Older    int64 // the newest version of the next page
	Newer    bool
}

type dataVersionLine struct {
	ledger.DataVersion
	Files   []dataLink
	Changes string
}

func (dataTablePage) view() string { return "pages/datatable" }

// dataTable is a table's data dictionary and its versions.
func (s *Server) dataTable(c *fiber.Ctx) error {
	t, ok := ledger.DataTableOf(param(c, "table"))
	if !ok {
		return ledger.ErrNotFound
	}
	upTo, err := strconv.ParseInt(c.Query("upto", "0"), 10, 64)
	if err != nil || upTo < 0 {
		return ledger.ErrNotFound
	}
	line, err := s.dataLine(c, t)
	if err != nil {
		return err
	}
	versions, err := s.config.Archive.DataVersions(c.UserContext(), t, upTo, versionsPerPage+1)
	if err != nil {
		return err
	}
	p := dataTablePage{Frame: s.frame(t.Name + "（数据）"), Line: line, Newer: upTo != 0}
	p.Nav, p.Wide = "data", true
	for i, v := range versions {
		if i == versionsPerPage {
			p.Older = v.No
			break
		}
		out := dataVersionLine{DataVersion: v}
		for _, form := range dataForms {
			out.Files = append(out.Files, dataLink{Name: form.Name, Ext: form.Ext, Path: dataPath(t.ID, v.No, "", form.Ext)})
		}
		if i+1 < len(versions) {
			out.Changes = "/data/" + t.ID + "/" + fmt.Sprint(v.No) + "-changes.csv"
		}
		p.Versions = append(p.Versions, out)
	}
	return s.show(c, http.StatusOK, p)
}

func dataPath(table string, version int64, fund, ext string) string {
	path := "/data/" + table + "/" + strconv.FormatInt(version, 10)
	if fund != "" {
		path += "/" + url.PathEscape(fund)
	}
	return path + "." + ext
}

// dataDownload hands out a table, of one fund where the address names it. The address of a version is for ever; "latest"
// leads to the newest.
func (s *Server) dataDownload(c *fiber.Ctx) error {
	t, ok := ledger.DataTableOf(param(c, "table"))
	name, fund := param(c, "file"), ""
	dot := strings.LastIndexByte(name, '.')
	if !ok || dot < 0 {
		return ledger.ErrNotFound
	}
	version, ext := name[:dot], name[dot+1:]
	if v := param(c, "version"); v != "" {
		version, fund = v, name[:dot]
	}
	if dataType(ext) == "" {
		return ledger.ErrNotFound
	}
	if version == "latest" {
		newest, err := s.config.Archive.NewestVersion(c.UserContext(), t)
		if err != nil {
			return err
		}
		return c.Redirect(dataPath(t.ID, newest.No, fund, ext), http.StatusFound)
	}
	number, changed := strings.CutSuffix(version, "-changes")
	no, err := strconv.ParseInt(number, 10, 64)
	if err != nil || no < 1 || strconv.FormatInt(no, 10) != number || changed && (fund != "" || ext != "csv") {
		return ledger.ErrNotFound
	}
	if changed {
		return s.dataChanges(c, t, no)
	}
	f, err := s.dataFile(c.UserContext(), t, no, fund, ext)
	if err != nil {
		return err
	}
	file := t.ID + "-" + number
	if fund != "" {
		file += "-" + fund
	}
	return s.sendData(c, file+"."+ext, dataType(ext), f.Body, hex.EncodeToString(f.SHA256[:]))
}

// dataChanges hands out the rows by which a version differs from the one before.
func (s *Server) dataChanges(c *fiber.Ctx, t ledger.DataTable, no int64) error {
	after, err := s.config.Archive.DataRows(c.UserContext(), t, no, "")
	if err != nil {
		return err
	}
	var before ledger.DataRows
	if after.Before != 0 {
		if before, err = s.config.Archive.DataRows(c.UserContext(), t, after.Before, ""); err != nil {
			return err
		}
	}
	words, rows := changes(before.Rows, after.Rows)
	if words == nil {
		words = []string{}
	}
	body := dataCSV(t, words, rows)
	return s.sendData(c, fmt.Sprintf("%s-%d-changes.csv", t.ID, no), dataType("csv"), body, sha(body))
}

// sendData sends a file that browsers and proxies may keep, but ask about before they use it again: what is taken back leaves
// old versions, too.
func (s *Server) sendData(c *fiber.Ctx, name, kind string, body []byte, sum string) error {
	etag := `"` + sum + `"`
	c.Set(fiber.HeaderCacheControl, "public, no-cache")
	c.Set(fiber.HeaderETag, etag)
	if sameTag(c.Get(fiber.HeaderIfNoneMatch), etag) {
		return c.SendStatus(http.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, kind)
	if name != "" {
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+url.PathEscape(name)+`"`)
	}
	return c.Send(body)
}

// sameTag says whether a browser has the very thing; a proxy that packed it may have made the tag a weak one.
func sameTag(asked, tag string) bool {
	for one := range strings.SplitSeq(asked, ",") {
		if strings.TrimPrefix(strings.TrimSpace(one), "W/") == tag {
			return true
		}
	}
	return false
}

// dataDictionary is every column of every table.
func (s *Server) dataDictionary(c *fiber.Ctx) error {
	t := ledger.DataTable{Columns: []ledger.DataColumn{
		{Name: "表", Sort: ledger.DataText},
		{Name: "表名", Sort: ledger.DataText},
		{Name: "字段", Sort: ledger.DataText},
		{Name: "列名", Sort: ledger.DataText},
		{Name: "种类", Sort: ledger.DataText},
		{Name: "说明", Sort: ledger.DataText},
	}}
	var rows [][]string
	for _, table := range ledger.DataTables {
		for _, col := range table.Columns {
			rows = append(rows, []string{table.ID, table.Name, col.Field, col.Name, col.Sort.Name(), col.Says})
		}
	}
	body := dataCSV(t, nil, rows)
	return s.sendData(c, "dictionary.csv", dataType("csv"), body, sha(body))
}

// size writes a file's size as people say it.
func size(n int) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d 字节", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", (n+1<<10-1)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// fundData are the files of one fund's table, for its page; none where nobody may take it away.
func (s *Server) fundData(f ledger.Fund) []dataLink {
	t, ok := ledger.DataTableFor(f.Kind)
	if s.config.Archive == nil || !ok || f.Disclosure != ledger.DisclosePublic || f.Kind != ledger.Subsidy && f.PublicDays > 0 {
		return nil
	}
	var links []dataLink
	for _, form := range dataForms {
		links = append(links, dataLink{Name: form.Name, Ext: form.Ext, Path: "/data/" + t.ID + "/latest/" + url.PathEscape(f.Code) + "." + form.Ext})
	}
	return links
}
