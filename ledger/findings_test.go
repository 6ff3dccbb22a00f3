package ledger

import "testing"

func TestWhatACertifierMayAccept(t *testing.T) {
	special := Finding{Rule: "CEL-03", Severity: Fatal, Sheet: "S", Cell: "E5"}
	warning := Finding{Rule: "CEL-05", Severity: Warn, Sheet: "S", Cell: "D5"}
	for name, c := range map[string]struct {
		found         []Finding
		blocks, stops bool
	}{
		"nothing":                            {nil, false, false},
		"a warning":                          {[]Finding{warning}, false, false},
		"a special number":                   {[]Finding{warning, special}, true, false},
		"with another fault":                 {[]Finding{special, {Rule: "XR-01", Severity: Fatal, Cell: "F9"}}, true, true},
		"more special numbers than are told": {[]Finding{special, {Rule: "CEL-03", Severity: Fatal}}, true, true},
	} {
		if Blocks(c.found) != c.blocks || Stops(c.found) != c.stops {
			t.Errorf("%s: blocks %v, stops %v", name, Blocks(c.found), Stops(c.found))
		}
	}
}

// A certificate binds which column gives which field, whoever said so and in whatever order it was said.
func TestMappingVersion(t *testing.T) {
	a := ColumnMapping{Signature: "s", Kind: Subsidy, Position: 3, Label: "本次", Field: "amount", ByHand: true}
	b := ColumnMapping{Signature: "s", Kind: Subsidy, Position: 4, Field: ""}
	both := MappingVersion([]ColumnMapping{a, b})
	remembered := a
	remembered.ByHand = false
	if MappingVersion(nil) != "" || len(both) != 12 || MappingVersion([]ColumnMapping{b, remembered}) != both {
		t.Error("the same mappings have another version")
	}
	other := a
	other.Position = 5
	if MappingVersion([]ColumnMapping{other, b}) == both || MappingVersion([]ColumnMapping{a}) == both {
		t.Error("other mappings have the same version")
	}
}
