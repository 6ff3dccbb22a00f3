package postgres

import (
	"context"
	"sync"
	"time"

	"mingbai/ledger"
)

// regionNames keeps the names of the code list, which stand in every answer and change a few times a year. A new name shows
// at once in the process that saved it, and a little later in others.
type regionNames struct {
	mu   sync.Mutex
	read time.Time
	of   map[string]string
}

const regionNamesAge = 5 * time.Second

func (db *DB) nameRegions(ctx context.Context) (map[string]string, error) {
	r := &db.regions
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.of != nil && time.Since(r.read) < regionNamesAge {
		return r.of, nil
	}
	list, err := db.Regions(ctx)
	if err != nil {
		return nil, err
	}
	of := make(map[string]string, len(list))
	for _, l := range list {
		of[l.Code] = l.Name
	}
	r.read, r.of = time.Now(), of
	return of, nil
}

func (db *DB) forgetRegions() {
	db.regions.mu.Lock()
	defer db.regions.mu.Unlock()
	db.regions.of = nil
}

// place puts in the names of a person's town and village: of the village as the sheet has it where it is in no list.
func place(p *ledger.FoundPerson, names map[string]string, written string) {
	p.VillageName = written
	if name, listed := names[p.Ref.Village]; listed && len(p.Ref.Village) == len("990121001001") {
		p.VillageName, p.TownName = name, names[p.Ref.Village[:len("990121001")]]
	}
}
