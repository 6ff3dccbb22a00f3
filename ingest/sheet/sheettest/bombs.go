package sheettest

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

// PutRepeated puts a part of size bytes in all: a head, one piece again and again, a tail. A middle block is deflated once
// and its bytes written as often as needed. said is what the directory says of its size; 0 for the truth.
func PutRepeated(t testing.TB, z *zip.Writer, name, head, piece string, size int64, tail string, said uint64) {
	t.Helper()
	times := max(1, (1<<20)/len(piece))
	block := deflate(t, strings.Repeat(piece, times), false)
	blocks := size / int64(times*len(piece))
	var packed bytes.Buffer
	packed.Write(deflate(t, head, false))
	for range blocks {
		packed.Write(block)
	}
	packed.Write(deflate(t, tail, true))
	real := uint64(len(head)+len(tail)) + uint64(blocks)*uint64(times*len(piece))
	if said == 0 {
		said = real
	}
	sum := crc32.ChecksumIEEE(nil) // 0: archive/zip does not look
	w, err := z.CreateRaw(&zip.FileHeader{Name: name, Method: zip.Deflate, CRC32: sum, UncompressedSize64: said, CompressedSize64: uint64(packed.Len())})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(packed.Bytes()); err != nil {
		t.Fatal(err)
	}
}

func deflate(t testing.TB, s string, last bool) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := flate.NewWriter(&buf, 9)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, s)
	if last {
		err = w.Close()
	} else {
		err = w.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}
