package portal

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // beside jpeg, what phones and scanners make
	"net/http"

	"golang.org/x/image/draw"

	"mingbai/ledger"
)

// Bounds of a photo: of what is taken in, and of what is kept.
const (
	maxPhoto       = 10 << 20   // bytes
	maxPixels      = 40_000_000 // told by the header, before a pixel is decoded
	photoSide      = 1600       // pixels of the longer side that are kept
	photoQuality   = 80
	howToMendPhoto = "请用手机重新拍，或另存为 JPG、PNG 后再传"
)

// decoding lets one photo be decoded at a time: the largest takes hundreds of megabytes for a moment.
var decoding = make(chan struct{}, 1)

// cleanPhoto makes of an uploaded photo one that may be kept: looked at by its content and not by its name, upright, no larger than a
// screen shows, and written anew, so that nothing of what the camera or anybody else wrote into it is left.
func cleanPhoto(content []byte) ([]byte, error) {
	if len(content) > maxPhoto {
		return nil, ledger.Errorf(ledger.KindInvalid, "照片有%dMB，最大%dMB。请把照片尺寸调小后再传", len(content)>>20, maxPhoto>>20)
	}
	kind := http.DetectContentType(content)
	if kind != "image/jpeg" && kind != "image/png" {
		return nil, ledger.Errorf(ledger.KindInvalid, "照片不是 JPG 或 PNG 图片。%s", howToMendPhoto)
	}
	head, _, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || head.Width <= 0 || head.Height <= 0 {
		return nil, unreadablePhoto(err)
	}
	if head.Width > maxPixels/head.Height {
		return nil, ledger.Errorf(ledger.KindInvalid, "照片有%d×%d个像素，太大了。请把照片尺寸调小（4000万像素以内）后再传", head.Width, head.Height)
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	picture, _, err := image.Decode(bytes.NewReader(content))
	if err != nil {
		return nil, unreadablePhoto(err)
	}
	small := upright(shrink(picture), orientation(content))
	var out bytes.Buffer
	if err := jpeg.Encode(&out, small, &jpeg.Options{Quality: photoQuality}); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func unreadablePhoto(cause error) error {
	return &ledger.Error{Kind: ledger.KindInvalid, Message: "照片打不开，可能没有传完整或已损坏。" + howToMendPhoto, Cause: cause}
}

// shrink fits a picture into the side that is kept, on white where it is transparent.
func shrink(p image.Image) *image.RGBA {
	b := p.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); longer > photoSide {
		w, h = max(1, w*photoSide/longer), max(1, h*photoSide/longer)
	}
	small := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), p, b, draw.Over, nil)
	return small
}

// turns tell, for each EXIF orientation, which pixel of a stored w×h picture stands at x, y of the upright one.
var turns = map[int]func(x, y, w, h int) (int, int){
	2: func(x, y, w, _ int) (int, int) { return w - 1 - x, y },
	3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
	4: func(x, y, _, h int) (int, int) { return x, h - 1 - y },
	5: func(x, y, _, _ int) (int, int) { return y, x },
	6: func(x, y, _, h int) (int, int) { return y, h - 1 - x },
	7: func(x, y, w, h int) (int, int) { return w - 1 - y, h - 1 - x },
	8: func(x, y, w, _ int) (int, int) { return w - 1 - y, x },
}

// upright turns a picture as its camera was held.
func upright(p *image.RGBA, orientation int) *image.RGBA {
	from := turns[orientation]
	if from == nil {
		return p
	}
	w, h := p.Bounds().Dx(), p.Bounds().Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			ox, oy := from(x, y, w, h)
			out.SetRGBA(x, y, p.RGBAAt(ox, oy))
		}
	}
	return out
}
