package portal

import "mingbai/ledger"

// signed writes what an amount has grown by: +1,040.86, −3.20.
func signed(before, now ledger.Fen) string {
	switch gap := now - before; {
	case gap > 0:
		return "+" + gap.String()
	case gap < 0:
		return "−" + (-gap).String()
	}
	return "0.00"
}

// change is signed for amounts that may not be there.
func change(before, now *ledger.Fen) string {
	var a, b ledger.Fen
	if before != nil {
		a = *before
	}
	if now != nil {
		b = *now
	}
	return signed(a, b)
}
