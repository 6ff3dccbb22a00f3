package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"mingbai/ledger"
	"mingbai/portal"
)

// printTime bounds one printing: a town's villages take seconds.
const printTime = 2 * time.Minute

// printer is printPDF, or nil where there is no chromium to print with.
func printer() portal.Printer {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "headless-shell", "headless_shell", "chrome"} {
		if _, err := exec.LookPath(name); err == nil {
			return printPDF
		}
	}
	return nil
}

// printPDF lets chromium print a self-contained web page on the paper that its style sheet names. Nothing is fetched, and
// the page touches no disk: it names people.
func printPDF(ctx context.Context, html []byte) ([]byte, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"), chromedp.Flag("disable-gpu", true),
	)
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // chromium has no sandbox for root; run the site as somebody else
	}
	ctx, cancel := context.WithTimeout(ctx, printTime)
	defer cancel()
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	tab, end := chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // it tells of events that nobody waits for
	defer end()
	pdf, err := chromedp.Run(tab, func(ctx context.Context, t *chromedp.Target) ([]byte, error) {
		tree, err := cdp.Call(ctx, t, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			return nil, err
		}
		content := page.SetDocumentContentParams{FrameID: tree.FrameTree.Frame.ID, HTML: string(html)}
		if _, err := cdp.Call(ctx, t, page.SetDocumentContent, content); err != nil {
			return nil, err
		}
		return chromedp.PrintToPDF(
			chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground(), chromedp.PDFFooterTemplate(pageFoot),
			chromedp.PDFHeaderTemplate("<span></span>"), // without it chromium prints the date and an address
		)(ctx, t)
	})
	if errors.Is(err, exec.ErrNotFound) {
		return nil, ledger.Errorf(ledger.KindUnavailable, "这台机器没有装 chromium，做不了 PDF；可以先出网页（.html），用浏览器打印")
	}
	return pdf, err
}

const pageFoot = `<div style="width:100%;font-size:11px;text-align:center">第<span class="pageNumber"></span>页，共<span class="totalPages"></span>页</div>`
