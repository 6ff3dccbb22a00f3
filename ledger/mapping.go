package ledger

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"
)

// ColumnMapping is what somebody said of one column of a header: which field it gives. The header is named by its
// signature, the column by its position, for a label may stand twice.
type ColumnMapping struct {
	Signature string   `json:"signature"`
	Kind      FundKind `json:"kind"`
	Position  int      `json:"position"` // from 1, among the header's columns
	Label     string   `json:"label"`
	Field     string   `json:"field"`   // empty: the column is left out
	ByHand    bool     `json:"by_hand"` // said for this very file; else remembered from an earlier one
}

// RememberedMapping is a mapping that holds for every later file with the same header.
type RememberedMapping struct {
	ColumnMapping
	By    string    `json:"by"` // who said so
	At    time.Time `json:"at"` // when it was certified
	Batch int64     `json:"batch"`
}

// MappingVersion names a set of mappings, as a certificate binds it; empty for none.
func MappingVersion(mappings []ColumnMapping) string {
	if len(mappings) == 0 {
		return ""
	}
	lines := make([]string, len(mappings))
	for i, m := range mappings {
		lines[i] = fmt.Sprintf("%q %q %d %q\n", m.Signature, m.Kind, m.Position, m.Field)
	}
	slices.Sort(lines)
	h := sha256.New()
	for _, l := range lines {
		h.Write([]byte(l))
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}
