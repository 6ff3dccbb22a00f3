# Mingbai. `make help` lists what there is.
SHELL := /bin/bash
.DEFAULT_GOAL := help

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOFLAGS_BUILD := -trimpath -ldflags "-s -w -X main.version=$(VERSION)"

.PHONY: help demo build test test-race test-libreoffice check bench bench-ingest bench-search bench-portal county-search catch-up fuzz manual tools clean fault-matrix tasks axe desk-load

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

demo: tools build ## the sample county on http://127.0.0.1:8080, with private PostgreSQL and Meilisearch
	@exec bin/mingbai demo $(ARGS)

build: ## bin/mingbai
	@go build $(GOFLAGS_BUILD) -o bin/mingbai ./cmd/mingbai

tools: ## fetch what the demo needs and the machine lacks
	@.ci/setup demo

test: ## everything: checks, then all tests on real PostgreSQL, Meilisearch and chromium
	@.ci/setup test
	@$(MAKE) --no-print-directory check
	@go test -count=1 -v -run '^TestSecondStartContinues' ./fixtures/services | grep -E ' ready in |^(FAIL|ok)'
	go test -count=1 -timeout 20m ./...

test-race: ## the tests under the race detector
	@.ci/setup test
	go test -race -count=1 -timeout 40m ./...

check: ## vet, staticcheck, gofumpt, import arrows
	go vet ./...
	go tool staticcheck ./...
	@bad=$$(git ls-files -co --exclude-standard '*.go' | xargs go tool gofumpt -l); [ -z "$$bad" ] || { echo "gofumpt: $$bad"; exit 1; }
	go test -count=1 -run '^TestArrows' ./cmd/mingbai

bench: ## speeds as ratios, measured side by side in one run
	@.ci/setup demo
	go test -run '^$$' -bench . -timeout 60m ./cmd/mingbai ./search ./ledger/postgres ./ingest/...

bench-ingest: ## one large file read, checked and imported, against excelize; memory of 100,000 and 1,000,000 rows
	@.ci/setup demo
	go test -run '^$$' -bench '^BenchmarkIngest$$' -benchtime 1x -timeout 30m ./cmd/mingbai

bench-search: ## our API, pages and lookups against raw Meilisearch and PostgreSQL, by wrk and pgbench; PEOPLE=1000000 for a large county
	@.ci/setup bench
	MINGBAI_BENCH_PEOPLE=$(or $(PEOPLE),100000) go test -count=1 -timeout 60m -run '^TestSearchUnderLoad$$' -v ./cmd/mingbai

county-search: ## a county of PEOPLE (default 1000000) entries: everyone is found; publishing, reindex and growth timed (a quarter of an hour)
	@.ci/setup demo
	MINGBAI_COUNTY_SEARCH=$(or $(PEOPLE),1000000) go test -count=1 -timeout 120m -run '^TestCountySearch$$' -v ./cmd/mingbai

catch-up: ## how long the index takes for 100,000 published rows in a county of PEOPLE (default 100000) entries, beside raw posting, and what verify takes (minutes)
	@.ci/setup demo
	MINGBAI_CATCH_UP=$(or $(PEOPLE),100000) go test -count=1 -timeout 60m -run '^TestCatchUp$$' -v ./cmd/mingbai

tasks: ## the ten tasks of a reader on every screen, in both editions, with and without scripts and mouse (minutes)
	@.ci/setup test
	MINGBAI_TASKS=all go test -count=1 -timeout 30m -v -run '^(TestTheTenTasks|TestAKioskWithoutScripts)$$' ./cmd/mingbai

test-libreoffice: ## what LibreOffice makes of our files and of clerks' ones (needs Debian's libreoffice-calc)
	@command -v soffice >/dev/null || { echo "还需要 libreoffice-calc（Debian：apt-get install libreoffice-calc）" >&2; exit 1; }
	MINGBAI_LIBREOFFICE=1 go test -count=1 -timeout 30m -run LibreOffice -v ./ingest/... ./fixtures

bench-portal: ## pages a second of lists and fund pages beside a constant page, first bytes at 50/s; PAYMENTS=1500000 for a whole county, MINGBAI_BENCH_DATA=DIR keeps it
	@.ci/setup demo
	@command -v wrk >/dev/null || { echo "还需要 wrk（Debian：apt-get install wrk）" >&2; exit 1; }
	MINGBAI_BENCH_PAYMENTS=$(PAYMENTS) go test -run '^$$' -bench '^BenchmarkPortal$$' -benchtime 1x -timeout 40m ./cmd/mingbai

fault-matrix: ## the long fault matrix of search: 20,000 people, each fault lasts 20 s (some 6 minutes)
	@.ci/setup demo
	MINGBAI_FAULT_MATRIX=1 go test -count=1 -timeout 30m -v -run '^TestTheFaultMatrix$$' ./cmd/mingbai

desk-load: ## a month at the inquiry desk: PER_DAY (default 2000) inquiries for 30 simulated days, 10 restarts (a quarter of an hour)
	@.ci/setup demo
	MINGBAI_DESK_LOAD=$(or $(PER_DAY),2000) go test -count=1 -timeout 180m -v -run '^TestAMonthAtTheDesk$$' ./portal

axe: ## every kind of page in every mode (normal, phone, large edition, dark, kiosk) by axe-core; pictures into MINGBAI_SHOTS
	@.ci/setup test
	MINGBAI_AXE=all go test -count=1 -v -timeout 20m -run '^TestPagesAreAccessible$$' ./cmd/mingbai

fuzz: ## each fuzz test for FUZZTIME (default 30s)
	@for p in ./ingest/... ./search/... ./ledger/... ./portal/...; do \
	  for d in $$(go list $$p); do \
	    for f in $$(go test -list '^Fuzz' $$d | grep '^Fuzz'); do \
	      echo "$$d $$f"; go test -run '^$$' -fuzz "^$$f$$" -fuzztime $(or $(FUZZTIME),30s) -fuzzminimizetime 5x $$d || exit 1; \
	    done; done; done

manual: ## the pictures of the clerk's manual, taken anew from the running program
	@.ci/setup test
	@mkdir -p docs/pictures
	MINGBAI_MANUAL=$(CURDIR)/docs/pictures go test -count=1 -v -run '^TestTheManualsPictures$$' ./cmd/mingbai

clean: ## remove binaries and the demo's data
	rm -rf bin .data
