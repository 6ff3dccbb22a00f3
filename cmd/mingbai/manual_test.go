package main

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// manualBytes is what all pictures of the manual may weigh together.
const manualBytes = 2_500_000

// The manual's pictures, taken from the running program, and the same pages looked at on a phone and at a desk: none is wider than its
// screen, none breaks a rule of axe. `make manual` keeps the pictures; MINGBAI_SHOTS names a folder for the other screens.
func TestTheManualsPictures(t *testing.T) {
	w := newWorld(t)
	site := w.serve()
	marks := w.officeAtWork(site)
	dir := cmp.Or(os.Getenv("MINGBAI_MANUAL"), t.TempDir())
	for i, screen := range []struct {
		name          string
		width, height int64
	}{{"phone", 390, 844}, {"desktop", 1280, 900}, {"manual", 900, 700}} {
		t.Run(screen.name, func(t *testing.T) {
			v := &visitor{world: w, farmer: openScripted(t, screen.name, screen.width, screen.height, true), site: site, screen: i, keys: map[string]string{}}
			weight, pictures, broken := 0, 0, 0
			for _, p := range officePages {
				if screen.name == "manual" && (p.name == "" || os.Getenv("MINGBAI_MANUAL") == "") {
					continue // pictures are taken by make manual
				}
				v.open(p, marks)
				v.see(p.says)
				v.fits()
				if screen.name != "manual" {
					broken += v.accessible()
					v.shot("office-" + cmp.Or(p.name, p.page))
					continue
				}
				take := chromedp.FullScreenshot(100)
				if p.from != "" {
					v.do(chromedp.ScrollIntoView(p.from))
					take = chromedp.CaptureScreenshot()
				}
				picture, err := chromedp.Run(v.ctx, take)
				w.must(err)
				small, err := palettePNG(picture)
				w.must(err)
				weight, pictures = weight+len(small), pictures+1
				w.must(os.WriteFile(filepath.Join(dir, p.name+".png"), small, 0o644))
			}
			if weight > manualBytes {
				t.Errorf("the manual's pictures weigh %d bytes, at most %d", weight, manualBytes)
			}
			t.Logf("%d pages, %d rules of axe broken, %d pictures of %d bytes", len(officePages), broken, pictures, weight)
		})
	}
}

// Each kind of page of the office is looked at, and each picture stands in a manual.
func TestTheManualShowsEveryPage(t *testing.T) {
	seen := map[string]bool{}
	manuals := ""
	for _, name := range []string{"经办手册.md", "账号手册.md", "来件手册.md"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
		if err != nil {
			t.Fatal(err)
		}
		manuals += string(text)
	}
	for _, p := range officePages {
		seen[p.page] = true
		if picture := "pictures/" + p.name + ".png"; p.name != "" && !strings.Contains(manuals, "("+picture+")") {
			t.Errorf("no manual shows %s", picture)
		} else if _, err := os.Stat(filepath.Join("..", "..", "docs", picture)); p.name != "" && err != nil {
			t.Errorf("%v: make manual", err)
		}
	}
	pages, err := filepath.Glob(filepath.Join("..", "..", "templates", "pages", "office_*.html"))
	if err != nil || len(pages) == 0 {
		t.Fatal("no pages", err)
	}
	for _, path := range pages {
		page := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "office_"), ".html")
		if !seen[page] {
			t.Errorf("nobody looks at the page %s", page)
		}
	}
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
