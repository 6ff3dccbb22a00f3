package main

import (
	"bufio"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/fixtures"
)

const kills = 20

// The server — in every other round PostgreSQL and the publishing process too — is killed in the middle of publications.
// After each restart the batch is public as a whole (rows, tallies, audit line, outbox) or not at all, and can be
// published then.
func TestKilledPublicationsAreWholeOrNothing(t *testing.T) {
	w := newKilled(t)
	typical := w.publicationTime()
	published, torn := 0, 0
	for round := range kills {
		no := w.certified(1000+round, 2010+round)
		publish := w.program("publish", no, "--as", "wang")
		w.must(publish.Start())
		time.Sleep(typical/4 + time.Duration(rand.Int64N(int64(typical*7/4)))) // from its start-up to well after its commit
		if round%2 == 1 {
			publish.Process.Kill()
			syscall.Kill(w.postmaster(), syscall.SIGKILL)
		}
		w.server.Process.Kill()
		w.server.Wait()
		publish.Wait() // its exit code tells nothing: it may have died before or after the commit
		w.start()
		switch whole, nothing := w.stateOf(no); {
		case whole:
			published++
		case nothing:
			torn++
			w.ok("publish", no, "--as", "wang")
		default:
			t.Fatalf("round %d: batch %s is torn:\n%s", round, no, w.census())
		}
	}
	t.Logf("%d kills: %d batches wholly public, %d not at all; a publication takes %v", kills, published, torn, typical)
	if published == 0 || torn == 0 {
		t.Logf("all kills fell on one side of the commit; the moments were not well chosen")
	}
	w.eventually("the index to be told everything", time.Minute, func() bool {
		code, _, _ := w.run("verify")
		return code == exitFine
	})
}

// killed is a world whose server is a process of its own, with its own services.
type killed struct {
	*world
	server *exec.Cmd
}

func newKilled(t *testing.T) *killed {
	t.Helper()
	k := &killed{world: &world{t: t, dir: t.TempDir()}}
	// PostgreSQL's own user must pass through, or its files go elsewhere.
	for _, dir := range []string{k.dir, filepath.Dir(k.dir)} {
		k.must(os.Chmod(dir, 0o755))
	}
	t.Cleanup(func() {
		if k.server != nil {
			k.server.Process.Signal(os.Interrupt)
			k.server.Wait()
		}
	})
	k.start()
	k.ok("user", "add", "li", "--name", "李经办", "--role", "clerk")
	k.ok("user", "add", "wang", "--name", "王复核", "--role", "certifier")
	return k
}

var readyLine = regexp.MustCompile(`明白账已就绪`)

// start starts `mingbai demo` and waits until it is ready; its services' addresses are new each time.
func (k *killed) start() {
	k.t.Helper()
	self, err := os.Executable()
	k.must(err)
	k.server = exec.Command(self, "demo", "--data", k.dir, "--addr", "127.0.0.1:0", "--households", "20")
	k.server.Env = append(os.Environ(), asProgram+"=1")
	stderr, err := k.server.StderrPipe()
	k.must(err)
	k.must(k.server.Start())
	lines := bufio.NewScanner(stderr)
	var said []string
	for lines.Scan() {
		said = append(said, lines.Text())
		if readyLine.MatchString(lines.Text()) {
			go func() { // keep reading, or the server would block on a full pipe
				for lines.Scan() {
				}
			}()
			k.findServices()
			return
		}
	}
	k.t.Fatalf("the demo did not become ready:\n%s", strings.Join(said, "\n"))
}

func (k *killed) findServices() {
	k.t.Helper()
	cfg := Config{Data: k.dir}
	k.must(cfg.findRunning())
	k.url, k.meil, k.key, k.conn = cfg.DatabaseURL, cfg.MeiliURL, cfg.MeiliKey, nil
}

// certified makes a batch of n rows for a year of its own, ready to be published.
func (k *killed) certified(n, year int) string {
	k.t.Helper()
	path, truth := k.book(fixtures.One{Layout: fixtures.LayoutList, Rows: n, Seed: uint64(year), Year: year})
	b := truth.Books[0]
	no := k.ok("import", path, "--fund", b.Fund, "--period", strconv.Itoa(year), "--as", "li", "--note", "已逐条核对")
	k.ok("certify", no, "--as", "wang")
	return no
}

func (k *killed) publicationTime() time.Duration {
	no := k.certified(1000, 2040)
	start := time.Now()
	if out, err := k.program("publish", no, "--as", "wang").CombinedOutput(); err != nil {
		k.t.Fatalf("%v\n%s", err, out)
	}
	return time.Since(start)
}

func (k *killed) postmaster() int {
	k.t.Helper()
	var found []string
	k.must(filepath.WalkDir(filepath.Join(k.dir, "services"), func(path string, _ os.DirEntry, _ error) error {
		if filepath.Base(path) == "postmaster.pid" {
			found = append(found, path)
		}
		return nil
	}))
	if len(found) != 1 {
		k.t.Fatalf("postmaster.pid: %v", found)
	}
	text, err := os.ReadFile(found[0])
	k.must(err)
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(first)
	k.must(err)
	return pid
}

// stateOf counts everything that a publication writes.
func (k *killed) stateOf(no string) (whole, nothing bool) {
	k.t.Helper()
	var c struct {
		Certified                            int
		State                                string
		Rows, Staged, Tallied, Audit, Outbox int
		Done                                 bool // the server has drained the outbox already
	}
	rows, err := k.sql().Query(k.t.Context(), `
		select b.certified_rows, b.state,
			(select count(*) from payment p where p.county = b.county and p.year = b.year and p.batch_no = b.batch_no),
			(select count(*) from staged_row s where s.county = b.county and s.batch_no = b.batch_no),
			(select coalesce(sum(row_count), 0) from village_tally v where v.county = b.county and v.batch_no = b.batch_no),
			(select count(*) from audit a where a.action = 'batch.publish' and a.object = 'batch/' || b.batch_no),
			(select count(distinct (o.person_id, o.village_code)) from search_outbox o join payment p on p.county = o.county
				and p.person_id = o.person_id and p.village_code = o.village_code and p.year = b.year and p.batch_no = b.batch_no),
			not exists (select from search_outbox)
		from batch b where b.batch_no = $1::bigint`, no)
	k.must(err)
	c, err = pgx.CollectOneRow(rows, pgx.RowToStructByPos[struct {
		Certified                            int
		State                                string
		Rows, Staged, Tallied, Audit, Outbox int
		Done                                 bool
	}])
	k.must(err)
	whole = c.State == "published" && c.Rows == c.Certified && c.Tallied == c.Certified && c.Staged == 0 && c.Audit == 1 &&
		(c.Done || c.Outbox > 0)
	nothing = c.State == "certified" && c.Rows == 0 && c.Tallied == 0 && c.Staged == c.Certified && c.Audit == 0 && c.Outbox == 0
	if !whole && !nothing {
		k.t.Logf("%+v", c)
	}
	return whole, nothing
}
