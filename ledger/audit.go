package ledger

import (
	"crypto/sha256"
	"encoding/binary"
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
