package ledger

// AskedID reads the number that somebody types to find their own book. Only the length is judged: a number with a wrong
// check character may be one that the books hold as it was given out, and to say more would be to answer before looking.
func AskedID(text string) (IDNumber, error) {
	id, fault := ParseID(text)
	switch fault {
	case IDEmpty:
		return id, Errorf(KindInvalid, "请填身份证号")
	case IDMasked:
		return id, Errorf(KindInvalid, "身份证号里有星号，请填完整的18位")
	case IDLength:
		return id, Errorf(KindInvalid, "身份证号应为18位，您填了%d位，请对照身份证再填", id.Len())
	case IDShape:
		return id, Errorf(KindInvalid, "身份证号应为17位数字加1位数字或X，请对照身份证再填")
	}
	return id, nil
}
