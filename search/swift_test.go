package search_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"

	"mingbai/ledger"
	"mingbai/search/searchtest"
)

// Whoever reads why the books answer learns whether the index is away or talks nonsense, and no address.
func TestWhyTheIndexDoesNotAnswer(t *testing.T) {
	m := newMemory()
	m.load([]searchtest.Person{named(1, "张三")})
	must(t, engine(t, config(), m).Reindex(t.Context(), nil))
	for said, meet := range map[string]func(net.Conn){
		"meilisearch: no answer: connection refused": nil,
		"meilisearch: no answer":                     func(net.Conn) {},
		"meilisearch: unreadable answer":             func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n不") },
	} {
		ln, err := net.Listen("tcp", "127.0.0.1:0")
		must(t, err)
		address := ln.Addr().String()
		if meet == nil {
			must(t, ln.Close())
		} else {
			t.Cleanup(func() { _ = ln.Close() })
			go func() {
				for {
					c, err := ln.Accept()
					if err != nil {
						return
					}
					_, _ = c.Read(make([]byte, 4096))
					meet(c)
					_ = c.Close()
				}
			}()
		}
		var log bytes.Buffer
		c := config()
		c.Log = slog.New(slog.NewTextHandler(&log, nil))
		c.URL = "http://" + address
		e := engine(t, c, m)
		if _, err := e.People(t.Context(), ledger.PeopleQuery{Name: "张三", PerPage: 1}); err != nil {
			t.Error(err)
		}
		if gaveUp := strings.Contains(log.String(), "原因=连不上"); gaveUp != (meet == nil) { // once is enough where nobody listens
			t.Errorf("%s: after one question: %q", said, log.String())
		}
		if last := e.Status(t.Context()).LastError; last != said || strings.Contains(last, address) {
			t.Errorf("%q, want %q", last, said)
		}
	}
}
