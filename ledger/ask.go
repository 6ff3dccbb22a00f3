package ledger

// AskedID reads the number that somebody types to find their own book. Only the length is judged: a number that breaks its
// own rules may be one that a certifier accepted as it was given out, and to say more would be to answer before looking.
func AskedID(text string) (IDNumber, error) {
	id, fault := ParseID(text)
	switch fault {
	case IDEmpty:
		return id, Errorf(KindInvalid, "请填身份证号")
	case IDMasked:
		return id, Errorf(KindInvalid, "身份证号里有星号，请填完整的18位")
	case IDLength:
		return id, Errorf(KindInvalid, "身份证号应为18位，您填了%d位，请对照身份证再填", id.Len())
	}
	return id, nil
}
