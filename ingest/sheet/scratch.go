package sheet

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"os"
)

// ScratchError says that the temporary file of a large workbook cannot be made or used. It is about the machine.
type ScratchError struct{ err error }

func (e *ScratchError) Error() string { return "temporary file: " + e.err.Error() }

func (e *ScratchError) Unwrap() error { return e.err }

// scratch holds on disk what is too much for memory: written once from the beginning to the end, then read anywhere. It
// has no name, so that nothing is left whatever becomes of the program, and it is sealed (AES-256 in counter mode), so
// that nothing of the clerk's file touches the disk in the clear. The key is made for it and dies with it; the counter is
// the place in the file and every place is written once, so no stretch of the key stream is used twice.
type scratch struct {
	file   *os.File // closes itself when nobody holds it any more
	block  cipher.Block
	stream cipher.Stream
	buf    []byte // not yet written
}

const scratchBuffer = 64 << 10

func newScratch() (*scratch, error) {
	var key [32]byte
	_, _ = rand.Read(key[:]) // never fails: crypto/rand would end the program
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "mingbai-*")
	if err != nil {
		return nil, &ScratchError{err}
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, &ScratchError{err}
	}
	s := &scratch{file: f, block: block}
	s.stream = s.streamAt(0)
	return s, nil
}

// streamAt is the key stream from a place in the file on.
func (s *scratch) streamAt(at int64) cipher.Stream {
	var counter, skipped [aes.BlockSize]byte
	binary.BigEndian.PutUint64(counter[8:], uint64(at/aes.BlockSize))
	stream := cipher.NewCTR(s.block, counter[:])
	stream.XORKeyStream(skipped[:at%aes.BlockSize], skipped[:at%aes.BlockSize])
	return stream
}

func (s *scratch) write(p []byte) error {
	if s.buf = append(s.buf, p...); len(s.buf) < scratchBuffer {
		return nil
	}
	return s.flush()
}

// flush must come between the last write and the first read.
func (s *scratch) flush() error {
	s.stream.XORKeyStream(s.buf, s.buf)
	if _, err := s.file.Write(s.buf); err != nil {
		return &ScratchError{err}
	}
	s.buf = s.buf[:0]
	return nil
}

func (s *scratch) readAt(p []byte, at int64) error {
	if _, err := s.file.ReadAt(p, at); err != nil {
		return &ScratchError{err}
	}
	s.streamAt(at).XORKeyStream(p, p)
	return nil
}

func (s *scratch) close() error { return s.file.Close() }
