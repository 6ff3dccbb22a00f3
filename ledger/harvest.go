package ledger

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Kiosk is a screen in a service hall, known by a key of its own.
type Kiosk struct {
	No         int64
	Name       string // 政务大厅1号机
	Place      string
	MadeAt     time.Time
	Registered time.Time // when a browser last came with the key; zero: never
	Revoked    time.Time // zero: in use
	Today      int       // people shown
	Month      int       // in thirty days
	Used       KioskUse  // today
	UsedMonth  KioskUse  // in thirty days
}

// KioskUse is how often something was done at a kiosk.
type KioskUse struct {
	Visits, Lookups, Searches, Inquiries int
}

// Add counts another kiosk's use, too.
func (u KioskUse) Add(o KioskUse) KioskUse {
	return KioskUse{u.Visits + o.Visits, u.Lookups + o.Lookups, u.Searches + o.Searches, u.Inquiries + o.Inquiries}
}

// Fault says what keeps a kiosk from being written down, and in which field; both empty when nothing does.
func (k Kiosk) Fault() (field, message string) {
	switch {
	case !named(k.Name):
		return "name", "请写查询机的名称，最多40个字，比如“政务大厅1号机”。"
	case !named(k.Place):
		return "place", "请写查询机放在哪里，最多40个字。"
	}
	return "", ""
}

func named(text string) bool {
	return strings.TrimSpace(text) != "" && utf8.RuneCountInString(text) <= 40
}

// Trap is a name in a village that nobody in the county bears. Whoever comes upon several goes through names one by one.
type Trap struct {
	Ref     PersonRef
	Village string // the village's name
	Name    string
	NameKey string
	MadeBy  string
	MadeAt  time.Time
}

// TrapWay is how a trap was touched.
type TrapWay string

// Ways to a trap that nobody goes who reads what pages show.
const (
	TrapName TrapWay = "name" // a question that would find it
	TrapPage TrapWay = "page" // its own address, which stands where only machines look
)

// Touch is a trap touched by a visitor.
type Touch struct {
	Bucket []byte
	Way    TrapWay
	Ref    string
}

// Alarm tells of a visitor who touched traps on a day.
type Alarm struct {
	No          int64
	Way         TrapWay
	Bucket      []byte
	Traps       int // different ones
	First, Last time.Time
	SeenBy      string
	Seen        time.Time
}

// Visitor says who it was, as far as is known: not who.
func (a Alarm) Visitor() string {
	switch {
	case len(a.Bucket) == 0:
		return ""
	case a.Bucket[0] == BucketKiosk:
		return "一台登记的查询机"
	case a.Bucket[0] == BucketHall:
		return "一台按地址认的查询机"
	}
	return "同一个网络地址"
}
