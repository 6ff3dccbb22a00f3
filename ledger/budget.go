package ledger

import "encoding/binary"

// Given is how many people were shown to one visitor in one stretch of time, and how many more were granted for a challenge
// that was solved. Bucket names the visitor: its first byte is the kind, the rest a keyed hash, never an address.
type Given struct {
	Bucket  []byte
	Slot    int // stretches of BudgetSlot minutes since 1970
	Persons int
	Granted int
}

// BudgetSlot is the length of a stretch, in minutes.
const BudgetSlot = 5

// BudgetKept is for how many stretches what was given is remembered: a day and the one that has begun.
const BudgetKept = 24*60/BudgetSlot + 1

// Kinds of buckets, by their first byte.
const (
	BucketDevice  = 'd'
	BucketAddress = 'a'
	BucketKiosk   = 'k' // of the register: the rest is its number
	BucketHall    = 'h' // a kiosk by its address
	BucketTotal   = 't'
)

// KioskBucket names a kiosk of the register.
func KioskBucket(no int64) []byte {
	return binary.BigEndian.AppendUint64([]byte{BucketKiosk}, uint64(no))
}

// KioskOf reads what KioskBucket wrote; 0 for another bucket.
func KioskOf(bucket []byte) int64 {
	if len(bucket) != 9 || bucket[0] != BucketKiosk {
		return 0
	}
	return int64(binary.BigEndian.Uint64(bucket[1:]))
}
