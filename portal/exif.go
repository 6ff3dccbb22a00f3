package portal

import (
	"bytes"
	"encoding/binary"
)

// orientation is how a jpeg's camera was held, by its EXIF: 1 to 8, and 1 where nothing is said or it cannot be read. It is
// the one thing that is read of EXIF; none of it is kept.
func orientation(jpeg []byte) int {
	tiff := exifOf(jpeg)
	if len(tiff) < 8 {
		return 1
	}
	var order binary.ByteOrder = binary.BigEndian
	if bytes.HasPrefix(tiff, []byte("II")) {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 1
	}
	entries := tiff[at+2:]
	for n := int(order.Uint16(tiff[at:])); n > 0 && len(entries) >= 12; n-- {
		if order.Uint16(entries) == 0x0112 { // Orientation, a SHORT
			if v := int(order.Uint16(entries[8:])); v >= 1 && v <= 8 {
				return v
			}
			return 1
		}
		entries = entries[12:]
	}
	return 1
}

// exifOf is the TIFF block in a jpeg's APP1 segment; nil when there is none before the picture begins.
func exifOf(jpeg []byte) []byte {
	if len(jpeg) < 4 || jpeg[0] != 0xff || jpeg[1] != 0xd8 {
		return nil
	}
	for rest := jpeg[2:]; len(rest) >= 4 && rest[0] == 0xff && rest[1] != 0xda; {
		size := int(binary.BigEndian.Uint16(rest[2:])) + 2
		if size < 4 || size > len(rest) {
			return nil
		}
		if segment := rest[4:size]; rest[1] == 0xe1 && bytes.HasPrefix(segment, []byte("Exif\x00\x00")) {
			return segment[6:]
		}
		rest = rest[size:]
	}
	return nil
}
