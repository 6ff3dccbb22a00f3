package ledger

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func keys(t *testing.T) *Keyring {
	t.Helper()
	k, err := ReadKeys(NewKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestTokensNeedTheKey(t *testing.T) {
	id, _ := ParseID(number("99012119560412003"))
	old, _ := ParseID("990121560412003")
	a, b := keys(t), keys(t)
	if !bytes.Equal(a.Token(id), a.Token(old)) {
		t.Error("the 15-digit form of a number has another token")
	}
	if bytes.Equal(a.Token(id), b.Token(id)) {
		t.Error("two keys give one token")
	}
	if bytes.Equal(a.Token(id), a.TokenOf("account", id.Digits())) {
		t.Error("a number and an account of the same digits share a token")
	}
}

func TestASealedValueOpensOnlyInItsPlace(t *testing.T) {
	k := keys(t)
	sealed := k.Seal("person:1:id_sealed", []byte("secret"))
	if plain, err := k.Open("person:1:id_sealed", sealed); err != nil || string(plain) != "secret" {
		t.Fatalf("open: %q, %v", plain, err)
	}
	if bytes.Equal(sealed, k.Seal("person:1:id_sealed", []byte("secret"))) {
		t.Error("the same value is sealed to the same bytes")
	}
	damaged := bytes.Clone(sealed)
	damaged[len(damaged)-1] ^= 1
	for name, open := range map[string]func() ([]byte, error){
		"another place": func() ([]byte, error) { return k.Open("person:2:id_sealed", sealed) },
		"another key":   func() ([]byte, error) { return keys(t).Open("person:1:id_sealed", sealed) },
		"damaged":       func() ([]byte, error) { return k.Open("person:1:id_sealed", damaged) },
		"cut":           func() ([]byte, error) { return k.Open("person:1:id_sealed", sealed[:10]) },
		"empty":         func() ([]byte, error) { return k.Open("person:1:id_sealed", nil) },
		"no such key":   func() ([]byte, error) { return k.Open("person:1:id_sealed", append([]byte{9, 9, 9, 9}, sealed[4:]...)) },
	} {
		if plain, err := open(); err == nil {
			t.Errorf("%s: opened as %q", name, plain)
		}
	}
}

func TestKeyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "keys.json")
	if _, err := LoadKeys(path, false); !os.IsNotExist(unwrapAll(err)) {
		t.Errorf("no file: %v", err)
	}
	first, err := LoadKeys(path, true)
	if err != nil {
		t.Fatal(err)
	}
	again, err := LoadKeys(path, true)
	if err != nil || !bytes.Equal(first.TokenOf("x", "y"), again.TokenOf("x", "y")) {
		t.Errorf("a second start made new keys: %v", err)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("key file mode %v", info.Mode())
	}
	for _, bad := range []string{"", "{}", `{"token":"AAAA"}`, strings.Replace(string(NewKeyFile()), `"current": 1`, `"current": 2`, 1)} {
		if _, err := ReadKeys([]byte(bad)); KindOf(err) != KindInvalid {
			t.Errorf("ReadKeys(%.20q) = %v", bad, err)
		}
	}
}

func unwrapAll(err error) error {
	for {
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return err
		}
		if next := u.Unwrap(); next == nil {
			return err
		} else {
			err = next
		}
	}
}

// What is sealed for one purpose is opened neither for another nor by the keys themselves, and has another token.
func TestKeysOfOnePurpose(t *testing.T) {
	keys, err := ReadKeys(NewKeyFile())
	if err != nil {
		t.Fatal(err)
	}
	sealed := keys.For("discipline").Seal("a:b:c", []byte("来件"))
	if open, err := keys.For("discipline").Open("a:b:c", sealed); err != nil || string(open) != "来件" {
		t.Errorf("its own purpose opens %q, %v", open, err)
	}
	for name, other := range map[string]*Keyring{"the keys themselves": keys, "another purpose": keys.For("desk")} {
		if _, err := other.Open("a:b:c", sealed); err == nil {
			t.Errorf("%s opens it", name)
		}
		if string(other.TokenOf("x", "y")) == string(keys.For("discipline").TokenOf("x", "y")) {
			t.Errorf("%s makes the same token", name)
		}
	}
}
