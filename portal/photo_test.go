package portal

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"

	"mingbai/ledger"
)

// phonePhoto is a jpeg as a phone makes it: a red corner at the left top as stored, how the phone was held, where it stood and who made it.
func phonePhoto(t testing.TB, w, h, held int) []byte {
	t.Helper()
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			p.Set(x, y, color.White)
			if x < w/4 && y < h/4 {
				p.Set(x, y, color.RGBA{255, 0, 0, 255})
			}
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, p, nil); err != nil {
		t.Fatal(err)
	}
	return append(append([]byte{0xff, 0xd8}, exifSegment(held)...), plain.Bytes()[2:]...)
}

// exifSegment is an APP1 with make, orientation and a GPS directory with a latitude.
func exifSegment(held int) []byte {
	var b bytes.Buffer
	put := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) }
	entry := func(tag, kind uint16, count, value uint32) { put(tag); put(kind); put(count); put(value) }
	b.WriteString("II*\x00")
	put(uint32(8))
	put(uint16(3))
	entry(0x010f, 2, 12, 50) // Make
	entry(0x0112, 3, 1, uint32(held))
	entry(0x8825, 4, 1, 62) // GPS
	put(uint32(0))
	b.WriteString("SECRETPHONE\x00")
	put(uint16(1))
	entry(0x0002, 5, 3, 80) // latitude
	put(uint32(0))
	for _, v := range []uint32{34, 1, 15, 1, 4242, 100} {
		put(v)
	}
	body := append([]byte("Exif\x00\x00"), b.Bytes()...)
	return append([]byte{0xff, 0xe1, byte((len(body) + 2) >> 8), byte(len(body) + 2)}, body...)
}

func TestAPhotoIsKeptSmallUprightAndWithoutItsPlace(t *testing.T) {
	t.Parallel()
	// Where the red corner stands on the wall, for each way of holding the phone.
	corners := map[int][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}}
	for held, corner := range corners {
		photo := phonePhoto(t, 2000, 1000, held)
		if !bytes.Contains(photo, []byte("SECRETPHONE")) || !bytes.Contains(photo, []byte("Exif")) || orientation(photo) != held {
			t.Fatalf("the test's photo has no EXIF, or says it was held %d", orientation(photo))
		}
		kept, err := cleanPhoto(photo)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte("SECRET")) || exifOf(kept) != nil || bytes.Contains(kept, []byte{0xff, 0xe1}) {
			t.Errorf("held %d: EXIF is left", held)
		}
		p, err := jpeg.Decode(bytes.NewReader(kept))
		if err != nil {
			t.Fatal(err)
		}
		w, h := p.Bounds().Dx(), p.Bounds().Dy()
		if held < 5 && (w != 1600 || h != 800) || held >= 5 && (w != 800 || h != 1600) {
			t.Errorf("held %d: %d×%d", held, w, h)
		}
		for x := range 2 {
			for y := range 2 {
				_, g, _, _ := p.At(w/8+x*(w-w/4), h/8+y*(h-h/4)).RGBA()
				if red := g < 0x8000; red != (corner == [2]int{x, y}) {
					t.Errorf("held %d: the corner at %d,%d is red: %v", held, x, y, red)
				}
			}
		}
	}
}

func TestPhotosThatAreRefused(t *testing.T) {
	t.Parallel()
	var huge bytes.Buffer // a header that promises 50 million pixels, in a few bytes
	huge.WriteString("\x89PNG\r\n\x1a\n")
	ihdr := []byte{0, 0, 0, 13, 'I', 'H', 'D', 'R', 0, 0, 0x27, 0x10, 0, 0, 0x13, 0x88, 8, 2, 0, 0, 0}
	huge.Write(ihdr)
	_ = binary.Write(&huge, binary.BigEndian, crcOf(ihdr[4:]))
	whole := phonePhoto(t, 400, 300, 1)
	for says, content := range map[string][]byte{
		"不是 JPG 或 PNG":   []byte("<html><script>alert(1)</script>"),
		"有10000×5000个像素": huge.Bytes(),
		"打不开":            whole[:len(whole)/2],
		"最大10MB":         make([]byte, maxPhoto+1<<20),
	} {
		if _, err := cleanPhoto(content); ledger.KindOf(err) != ledger.KindInvalid || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
	var small bytes.Buffer
	if err := png.Encode(&small, image.NewNRGBA(image.Rect(0, 0, 3, 5000))); err != nil {
		t.Fatal(err)
	}
	if kept, err := cleanPhoto(small.Bytes()); err != nil || len(kept) == 0 {
		t.Errorf("a png: %v", err)
	}
}

func crcOf(b []byte) uint32 {
	crc := ^uint32(0)
	for _, v := range b {
		crc ^= uint32(v)
		for range 8 {
			crc = crc>>1 ^ 0xedb88320&-(crc&1)
		}
	}
	return ^crc
}

func FuzzOrientation(f *testing.F) {
	f.Add(phonePhoto(f, 16, 16, 6))
	f.Add([]byte{0xff, 0xd8, 0xff, 0xe1, 0, 2})
	f.Fuzz(func(t *testing.T, content []byte) {
		if o := orientation(content); o < 1 || o > 8 {
			t.Errorf("held %d", o)
		}
	})
}

// A fund's document that is a picture is shown to everybody: it tells no more of its maker than a photo does.
func TestAPaperThatIsAPictureIsWrittenAnew(t *testing.T) {
	t.Parallel()
	kind, kept, err := cleanPaper(phonePhoto(t, 200, 100, 1))
	if err != nil || kind != "jpg" || bytes.Contains(kept, []byte("Exif")) || bytes.Contains(kept, []byte("SECRET")) {
		t.Errorf("%s, %v: EXIF is left", kind, err)
	}
	pdf := []byte("%PDF-1.7\n")
	if kind, kept, err := cleanPaper(pdf); err != nil || kind != "pdf" || !bytes.Equal(kept, pdf) {
		t.Errorf("a pdf became %s, %v", kind, err)
	}
}
