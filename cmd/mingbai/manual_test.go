package main

import (
	"bytes"
	"cmp"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// manualPages are the pages of the office that the manual shows, by the name of their picture. {} is the published batch.
var manualPages = []struct {
	name, as, path string
	says           string // on the page, or the picture is not what it is said to be
}{
	{"01-工作台", "wu", "/office", "退回给我的"},
	{"10-公示榜", "wu", "/office/batches/{}/board", "已张贴 1 个"},
	{"11-登记张贴", "wu", "/office/batches/{}/board/990121101201", "登记张贴"},
	{"20-审计记录", "audrey", "/office/audit", "公开了批次"},
	{"30-名录", "chen", "/office/lists", "资金项目"},
	{"31-行政区划", "chen", "/office/lists/region", "城关镇"},
	{"32-资金项目", "chen", "/office/lists/fund", "公开方式"},
	{"33-改一项资金", "chen", "/office/lists/fund/line?key=GD01", "归口股室"},
	{"34-修改记录", "chen", "/office/lists/region/history", "新增"},
}

// manualBytes is what all pictures of the manual may weigh together.
const manualBytes = 1_500_000

// The manual's pictures, taken from the running program, and the same pages looked at on a phone and at a desk: none is wider than its
// screen. `make manual` keeps the pictures; MINGBAI_SHOTS names a folder for the other screens.
func TestTheManualsPictures(t *testing.T) {
	w := newWorld(t)
	no := w.officeAtWork()
	site := w.serve()
	dir := cmp.Or(os.Getenv("MINGBAI_MANUAL"), t.TempDir())
	for i, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}, {"manual", 900, 700}} {
		t.Run(screen.name, func(t *testing.T) {
			f := openBrowser(t, screen.name, screen.width, screen.height)
			inside, weight := "", 0
			for _, p := range manualPages {
				if p.as != inside {
					w.logIn(f, site, p.as, i)
					inside = p.as
				}
				f.visit(site + strings.ReplaceAll(p.path, "{}", no))
				f.see(p.says)
				f.fits()
				if screen.name != "manual" {
					f.shot("lists-" + p.name)
					continue
				}
				picture, err := chromedp.Run(f.ctx, chromedp.FullScreenshot(100))
				w.must(err)
				small, err := palettePNG(picture)
				w.must(err)
				weight += len(small)
				w.must(os.WriteFile(filepath.Join(dir, p.name+".png"), small, 0o644))
			}
			if weight > manualBytes {
				t.Errorf("the manual's pictures weigh %d bytes, at most %d", weight, manualBytes)
			}
			t.Logf("%d pages, %d bytes of pictures", len(manualPages), weight)
		})
	}
}

const manualPassword = "稻田 井水 账本 春分"

// officeAtWork gives the office something of everything that the manual shows, and answers the published batch.
func (w *world) officeAtWork() (published string) {
	w.t.Helper()
	w.ok("user", "add", "audrey", "--name", "韩审计", "--role", "auditor")
	w.ok("user", "add", "wu", "--name", "吴经办", "--role", "clerk")
	w.ok("user", "add", "chen", "--name", "陈管理", "--role", "admin")
	path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 90, Seed: 3})
	published = w.publish(path, truth.Books[0])
	var no int64
	fmt.Sscan(published, &no)
	w.must(w.db.HangNotice(w.t.Context(), no, "990121101201", ledger.DateOf(time.Now()), "li", nil))
	for i, seed := range []uint64{4, 5} {
		path, truth := w.book(fixtures.One{Layout: fixtures.LayoutCard, Rows: 20, Seed: seed})
		b := truth.Books[0]
		n := w.ok("import", path, "--fund", b.Fund, "--period", fmt.Sprint(2031+i), "--as", "wu", "--note", "已逐条核对")
		if i == 0 {
			w.ok("reject", n, "--as", "wang", "--reason", "第3行面积和上年相差太大，请核对")
		}
	}
	for _, login := range []string{"wu", "audrey", "wang", "chen"} {
		w.must(w.accounts().SetPassword(w.t.Context(), console, login, manualPassword, false))
	}
	return published
}

// logIn goes through the login's page as an officer. A second factor's code opens once, so each screen has its own admin.
func (w *world) logIn(f *farmer, site, login string, screen int) {
	w.t.Helper()
	f.visit(site + "/office")
	if f.address() != site+"/office/login" {
		f.press(".who button")
		f.visit(site + "/office/login")
	}
	if o, err := w.db.Officer(w.t.Context(), login); err == nil && o.NeedsSecondFactor() {
		o.Login = fmt.Sprintf("%s-%d", login, screen)
		w.must(w.db.SaveOfficer(w.t.Context(), console, o))
		w.must(w.accounts().SetPassword(w.t.Context(), console, o.Login, manualPassword, false))
		key, err := w.accounts().GiveSecondFactor(w.t.Context(), console, o.Login)
		w.must(err)
		f.fill("login", o.Login).fill("password", manualPassword).press("main form button")
		f.fill("code", code(f.t, key)).press("main form button.main")
		return
	}
	f.fill("login", login).fill("password", manualPassword).press("main form button")
}

// tallest is how many pixels of a page the manual shows.
const tallest = 1100

// palettePNG writes a picture with the 256 colours that it has most of: a page has few, and is a third of its size so.
func palettePNG(picture []byte) ([]byte, error) {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, err
	}
	b := full.Bounds()
	b.Max.Y = min(b.Max.Y, b.Min.Y+tallest)
	often := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			often[at(x, y)]++
		}
	}
	colours := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int { return often[b] - often[a] })
	var palette color.Palette
	for _, c := range colours[:min(256, len(colours))] {
		palette = append(palette, c)
	}
	nearest := map[color.RGBA]uint8{}
	small := image.NewPaletted(b, palette)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := at(x, y)
			i, known := nearest[c]
			if !known {
				i = uint8(palette.Index(c))
				nearest[c] = i
			}
			small.SetColorIndex(x, y, i)
		}
	}
	var out bytes.Buffer
	err = (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, small)
	return out.Bytes(), err
}
