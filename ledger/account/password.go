package account

import (
	"context"
	"crypto/rand"
	"runtime"

	"github.com/alexedwards/argon2id"

	"mingbai/ledger"
)

// Params are argon2id's.
type Params = argon2id.Params

// Cost is what hashing a password takes: 19 MiB twice over, about 70 ms on one core. The library's own 64 MiB took 350 ms and
// would let a few strangers fill the machine.
var Cost = Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Hasher hashes and compares passwords, few at a time. Officers on a browser that was let in before have a lane of their own:
// strangers who try passwords never stand before them in the queue.
type Hasher struct {
	cost      Params
	dummy     string // compared with where there is no hash, so that an unknown name takes as long as a known one
	known     chan struct{}
	strangers chan struct{}
}

// NewHasher makes a hasher of a cost: Cost, but for tests.
func NewHasher(cost Params) (*Hasher, error) {
	dummy, err := argon2id.CreateHash(rand.Text(), &cost)
	if err != nil {
		return nil, err
	}
	return &Hasher{
		cost: cost, dummy: dummy,
		known: make(chan struct{}, 1), strangers: make(chan struct{}, max(1, runtime.GOMAXPROCS(0)-1)),
	}, nil
}

// Hash makes the text that a password is kept as.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	leave, err := enter(ctx, h.known)
	if err != nil {
		return "", err
	}
	defer leave()
	return argon2id.CreateHash(password, &h.cost)
}

// Matches says whether a password is the one that was hashed; without a hash it works as long and says no.
func (h *Hasher) Matches(ctx context.Context, password, hash string, knownDevice bool) (bool, error) {
	lane := h.strangers
	if knownDevice {
		lane = h.known
	}
	leave, err := enter(ctx, lane)
	if err != nil {
		return false, err
	}
	defer leave()
	if hash == "" {
		_, err := argon2id.ComparePasswordAndHash(password, h.dummy)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, hash)
}

func enter(ctx context.Context, lane chan struct{}) (leave func(), err error) {
	select {
	case lane <- struct{}{}:
		return func() { <-lane }, nil
	case <-ctx.Done():
		return nil, &ledger.Error{Kind: ledger.KindUnavailable, Message: "现在登录的人太多，请过一会儿再试", Cause: ctx.Err()}
	}
}
