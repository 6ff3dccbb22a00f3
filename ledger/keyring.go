package ledger

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Keyring holds the secrets that live outside the database: a token key (HMAC-SHA-256) and sealing keys (AES-256-GCM),
// each with a version. The token key does not change with a sealing key: rotating it means computing every token anew.
type Keyring struct {
	token   []byte
	current uint32
	seals   map[uint32]cipher.AEAD
	secrets keyFile
}

type keyFile struct {
	Token   []byte            `json:"token"`
	Current uint32            `json:"current"`
	Seals   map[uint32][]byte `json:"seals"`
}

const keyBytes = 32

// NewKeyFile makes fresh random keys in the form that ReadKeys reads.
func NewKeyFile() []byte {
	token, seal := make([]byte, keyBytes), make([]byte, keyBytes)
	_, _ = rand.Read(token) // crypto/rand.Read never fails: it ends the program instead
	_, _ = rand.Read(seal)
	b, err := json.MarshalIndent(keyFile{Token: token, Current: 1, Seals: map[uint32][]byte{1: seal}}, "", "  ")
	if err != nil {
		panic(err) // a struct of byte slices always marshals
	}
	return append(b, '\n')
}

// ReadKeys reads a key file. Its errors never show a key.
func ReadKeys(data []byte) (*Keyring, error) {
	var f keyFile
	if json.Unmarshal(data, &f) != nil {
		return nil, Errorf(KindInvalid, "密钥文件格式不对")
	}
	return f.keyring()
}

func (f keyFile) keyring() (*Keyring, error) {
	if len(f.Token) != keyBytes {
		return nil, Errorf(KindInvalid, "密钥文件里的 token 应为%d字节", keyBytes)
	}
	k := &Keyring{token: f.Token, current: f.Current, seals: map[uint32]cipher.AEAD{}, secrets: f}
	for version, key := range f.Seals {
		if len(key) != keyBytes {
			return nil, Errorf(KindInvalid, "密钥文件里第%d版封存密钥应为%d字节", version, keyBytes)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, Errorf(KindInvalid, "密钥文件里第%d版封存密钥不能用", version)
		}
		if k.seals[version], err = cipher.NewGCM(block); err != nil {
			return nil, Errorf(KindInvalid, "密钥文件里第%d版封存密钥不能用", version)
		}
	}
	if k.seals[k.current] == nil {
		return nil, Errorf(KindInvalid, "密钥文件缺少当前版本（%d）的封存密钥", k.current)
	}
	return k, nil
}

// For is the keyring of one purpose, with keys of its own made from these: what is sealed for one is opened for no other.
func (k *Keyring) For(purpose string) *Keyring {
	derive := func(key []byte) []byte {
		out, err := hkdf.Key(sha256.New, key, nil, "mingbai "+purpose, keyBytes)
		if err != nil {
			panic(err) // only a length beyond reason fails
		}
		return out
	}
	f := keyFile{Token: derive(k.secrets.Token), Current: k.current, Seals: map[uint32][]byte{}}
	for version, key := range k.secrets.Seals {
		f.Seals[version] = derive(key)
	}
	own, err := f.keyring()
	if err != nil {
		panic(err) // these keys were read before
	}
	return own
}

// LoadKeys reads a key file from disk. With create it makes one, readable by its owner only, where there is none.
func LoadKeys(path string, create bool) (*Keyring, error) {
	if create {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		switch {
		case err == nil:
			_, werr := f.Write(NewKeyFile())
			if err := errors.Join(werr, f.Sync(), f.Close()); err != nil {
				return nil, fmt.Errorf("密钥文件写不进去：%w", err)
			}
		case !errors.Is(err, os.ErrExist):
			return nil, fmt.Errorf("密钥文件写不进去：%w", err)
		}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("密钥文件读不出来：%w", err)
	}
	return ReadKeys(data)
}

// Token is the keyed token of an ID number: the same number always has the same token, and without the key nobody can
// go through all numbers to find whose it is. A 15-digit number has the token of the 18 digits it stands for.
func (k *Keyring) Token(id IDNumber) []byte { return k.TokenOf("id", id.Digits()) }

// TokenOf is the keyed token of another identifying text, such as an account; kind keeps the spaces apart.
func (k *Keyring) TokenOf(kind, text string) []byte {
	m := hmac.New(sha256.New, k.token)
	io.WriteString(m, kind)
	m.Write([]byte{0})
	io.WriteString(m, text)
	return m.Sum(nil)
}

// Seal encrypts a value for one place (table, row, column): opened anywhere else it fails, so that a sealed value cannot
// be moved to another person. Shape: key version (4 bytes, big endian), nonce (12), ciphertext and tag.
func (k *Keyring) Seal(place string, plain []byte) []byte {
	aead := k.seals[k.current]
	out := make([]byte, 4+aead.NonceSize(), 4+aead.NonceSize()+len(plain)+aead.Overhead())
	binary.BigEndian.PutUint32(out, k.current)
	_, _ = rand.Read(out[4:])
	return aead.Seal(out, out[4:], plain, []byte(place))
}

// Open decrypts what Seal wrote for the same place.
func (k *Keyring) Open(place string, sealed []byte) ([]byte, error) {
	if len(sealed) < 4 {
		return nil, errors.New("sealed value too short")
	}
	version := binary.BigEndian.Uint32(sealed)
	aead := k.seals[version]
	if aead == nil {
		return nil, fmt.Errorf("no key of version %d", version)
	}
	if len(sealed) < 4+aead.NonceSize() {
		return nil, errors.New("sealed value too short")
	}
	return aead.Open(nil, sealed[4:4+aead.NonceSize()], sealed[4+aead.NonceSize():], []byte(place))
}

// SealedIDPlace is where a person's sealed number lives: the row is named by its token.
func SealedIDPlace(token []byte) string { return fmt.Sprintf("person:%x:id_sealed", token) }

// SealedFilePlace is where an uploaded file lives: the row is named by its sha256.
func SealedFilePlace(sha [32]byte) string { return fmt.Sprintf("file:%x:content", sha) }
