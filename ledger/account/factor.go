package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
)

// NewSecret makes the shared secret of a second factor (TOTP, RFC 6238), as authenticator apps take it by hand.
func NewSecret() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // never fails
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

// stretch is how long a code holds, in seconds; the one before and the one after count too, for clocks that differ.
const stretch = 30

// MatchCode answers the step of time that a code belongs to, later than the last one used: a code that was seen over a
// shoulder or on the wire opens nothing a second time.
func MatchCode(secret, code string, now time.Time, last int64) (step int64, ok bool) {
	code = tidy(code)
	for step := now.Unix()/stretch - 1; step <= now.Unix()/stretch+1; step++ {
		want, err := totp.GenerateCode(secret, time.Unix(step*stretch, 0))
		if err == nil && step > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// KeyURI is what an authenticator app reads from the square code.
func KeyURI(issuer, login, secret string) (string, error) {
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret)
	if err != nil {
		return "", err
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: login, Secret: raw})
	if err != nil {
		return "", err
	}
	return key.URL(), nil
}

// RecoveryCodes is how many codes an officer gets for the day the phone is lost.
const RecoveryCodes = 10

// NewRecoveryCodes makes codes of 50 random bits in two groups, without characters that are mistaken for another.
func NewRecoveryCodes() []string {
	codes := make([]string, RecoveryCodes)
	for i := range codes {
		codes[i] = Readable(10)
		codes[i] = codes[i][:5] + "-" + codes[i][5:]
	}
	return codes
}

// Readable is a random text of n characters, 5 bits each, that can be read out and typed.
func Readable(n int) string {
	const letters = "23456789abcdefghijkmnpqrstuvwxyz"
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	for i := range b {
		b[i] = letters[b[i]%32]
	}
	return string(b)
}

// IsRecoveryCode tells a recovery code from a code of the app by its length.
func IsRecoveryCode(code string) bool { return len(tidy(code)) == 10 }

// RecoveryKey is the form of a recovery code that is hashed: blanks, hyphens and capitals do not count.
func RecoveryKey(code string) string { return tidy(code) }

func tidy(code string) string {
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "　", "").Replace(code))
}
