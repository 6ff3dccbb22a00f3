package portal

import (
	"context"
	"sync"
	"time"

	"mingbai/ledger"
	"mingbai/search/query"
)

// lexicon keeps the words that questions are understood by. A county's lists change a few times a year; a minute old is new
// enough.
type lexicon struct {
	mu    sync.Mutex
	read  time.Time
	words *query.Vocabulary
	funds map[string]ledger.Fund
}

const lexiconAge = time.Minute

func (s *Server) vocabulary(ctx context.Context) (*query.Vocabulary, map[string]ledger.Fund, error) {
	l := &s.lexicon
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.words != nil && time.Since(l.read) < lexiconAge {
		return l.words, l.funds, nil
	}
	words, err := s.books.Words(ctx)
	if err != nil {
		return nil, nil, err
	}
	funds := map[string]ledger.Fund{}
	for _, f := range words.Funds {
		funds[f.Code] = f
	}
	l.read, l.words, l.funds = time.Now(), query.NewVocabulary(words, time.Now().In(ledger.Shanghai).Year()), funds
	return l.words, l.funds, nil
}
