package inquiry

import (
	"context"
	"slices"
)

// Gateway carries messages to citizens' telephones: an SMS provider, a mail relay, a file in the demo. It sends what has the same
// key once, however often it is given it: a server may stop between sending and writing down that it has sent. What it says of a
// failure names no number.
type Gateway interface {
	Send(ctx context.Context, m Message) error
}

// Message tells a citizen that there is something new. It says no more: not what, not of which case, not to whom.
type Message struct {
	Key  string // the same for each try; it stands for nothing else
	To   Telephone
	Text string
}

// MessageText is the whole text, whatever it is about. site is where the tracking page stands.
func MessageText(site string) string {
	if site == "" {
		site = "明白账网站"
	}
	return "您的来信有新进展，请凭查询码到" + site + "查看。"
}

// Telephone is a number that cannot be printed: it shows as ［电话］ wherever it lands.
type Telephone struct{ digits string }

// NewTelephone holds a number as its owner wrote it.
func NewTelephone(digits string) Telephone { return Telephone{digits} }

// Digits is the number itself, to be handed to a gateway and to nobody else.
func (t Telephone) Digits() string { return t.digits }

const noDigits = "［电话］"

// String hides the number.
func (Telephone) String() string { return noDigits }

// GoString hides the number.
func (Telephone) GoString() string { return noDigits }

// MarshalText hides the number.
func (Telephone) MarshalText() ([]byte, error) { return []byte(noDigits), nil }

// telling are the acts of which the sender hears: what they must answer, and what ends or prolongs their waiting.
var telling = []Act{Countersign, AskClarify, Abandon, Refuse, Extend, Approve, Carry}

// Tells says whether whoever sent a case hears of the event by a message, as far as they wish to. Of a sealed case nothing is
// ever sent: its tracking page alone speaks.
func (e Event) Tells() bool { return slices.Contains(telling, e.Act) && e.To != Sealed }
