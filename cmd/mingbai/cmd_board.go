package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"mingbai/ledger/postgres"
	"mingbai/portal"
)

type boardCmd struct {
	Batch int64  `arg:"" help:"批次号"`
	Out   string `required:"" help:"输出文件：.pdf（要有 chromium）或 .html" placeholder:"FILE"`
	Town  string `help:"只要一个乡镇的村：9位代码" placeholder:"CODE"`
	A3    bool   `name:"a3" help:"用A3纸，字更大"`
	Site  string `help:"网站对外的地址，印在二维码里" default:"http://127.0.0.1:8080" placeholder:"https://…"`
	siteWords
}

// Run writes the notices of a published batch, a village after the other.
func (c *boardCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		notices, err := db.BatchNotices(s.ctx, c.Batch, c.Town)
		if err != nil {
			return err
		}
		pack := portal.BoardPack{
			County: c.CountyName, Phone: c.Phone, Hours: c.Hours, Address: c.Office, Site: c.Site, Large: c.A3, Notices: notices,
		}
		var sheet bytes.Buffer
		if err := portal.WriteBoard(&sheet, pack); err != nil {
			return err
		}
		content := sheet.Bytes()
		if strings.HasSuffix(strings.ToLower(c.Out), ".pdf") {
			if content, err = printPDF(s.ctx, content); err != nil {
				return err
			}
		}
		if err := create(c.Out, func(w io.Writer) error {
			_, err := w.Write(content)
			return err
		}); err != nil {
			return err
		}
		s.say("%d个村的公示榜已写入 %s", len(notices), c.Out)
		fmt.Fprintln(s.out, len(notices))
		return nil
	})
}
