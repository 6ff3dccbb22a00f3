package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// AuditLine is one act in the append-only log. Detail is JSON without personal data.
type AuditLine struct {
	Seq    int64 // 1… without gaps, per county
	At     time.Time
	Actor  string
	Action string // e.g. batch.publish
	Object string // e.g. batch/12
	Detail string
	Prev   [32]byte // hash of the line before; zero for the first
	Hash   [32]byte
}

// Link is the hash that binds a line to all before it: SHA-256 over every field, each with its length, so that no two
// different lines share an encoding. Times count to the microsecond, which is what PostgreSQL keeps.
func (l AuditLine) Link(county string) [32]byte {
	h := sha256.New()
	put := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	var n [16]byte
	binary.BigEndian.PutUint64(n[:8], uint64(l.Seq))
	binary.BigEndian.PutUint64(n[8:], uint64(l.At.UnixMicro()))
	h.Write(n[:])
	put(county)
	put(l.Actor)
	put(l.Action)
	put(l.Object)
	put(l.Detail)
	h.Write(l.Prev[:])
	return [32]byte(h.Sum(nil))
}

// AuditHead is the chain's last line of a day: who knows it can tell later whether any line up to it was changed.
type AuditHead struct {
	Day   time.Time // a date, in Shanghai
	Seq   int64     // of the day's last line
	Lines int64     // written on the day
	Hash  [32]byte  // of the day's last line
	MAC   []byte    // over Text, under a key that is not in the database
}

// Text is what is signed of a head.
func (h AuditHead) Text(county string) string {
	return fmt.Sprintf("%s %s %d %d %x", county, h.Day.Format(time.DateOnly), h.Seq, h.Lines, h.Hash)
}
