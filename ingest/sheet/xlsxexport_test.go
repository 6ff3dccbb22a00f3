package sheet

// BuiltinFormats is for tests to compare with.
var BuiltinFormats = builtinFormats

// ListZip is for tests to count what it costs.
var ListZip = listZip

// WithBuffer calls do while parts are scanned through a small buffer.
func WithBuffer(bytes uint64, do func()) {
	was := scanBuffer
	scanBuffer = bytes
	defer func() { scanBuffer = was }()
	do()
}

// HeldTexts is how many bytes of shared strings a workbook has in memory.
func HeldTexts(w Workbook) (n int) {
	for _, h := range w.(*book).texts.held {
		n += len(h.record)
	}
	return n
}
