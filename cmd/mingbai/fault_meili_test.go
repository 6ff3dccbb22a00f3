package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// ownMeili is a Meilisearch in the hands of a test, which does to it what services never would.
type ownMeili struct {
	t    testing.TB
	exe  string
	dir  string
	addr string
	key  string
	cmd  *exec.Cmd
}

// newMeili starts one in a folder; its program is that of the running services.
func newMeili(t testing.TB, dir string) *ownMeili {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	m := &ownMeili{t: t, exe: meiliProgram(t), dir: dir, addr: l.Addr().String(), key: "of-this-test-and-no-other"}
	l.Close()
	m.start(0)
	t.Cleanup(m.kill)
	return m
}

// start starts it; no file may grow beyond blocks of 1 KiB, if any are given: to it that is a full disk.
func (m *ownMeili) start(blocks int) {
	m.t.Helper()
	script := `exec "$@"`
	if blocks > 0 {
		script = fmt.Sprintf(`trap '' XFSZ; ulimit -f %d; exec "$@"`, blocks)
	}
	log, err := os.OpenFile(m.dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		m.t.Fatal(err)
	}
	defer log.Close()
	m.cmd = exec.Command("bash", "-c", script, "meilisearch", m.exe, "--no-analytics", "--env", "production", "--http-addr", m.addr,
		"--db-path", m.dir, "--dump-dir", m.dir+".dumps", "--snapshot-dir", m.dir+".snapshots", "--log-level", "ERROR",
		"--max-indexing-memory", "256MiB", "--max-indexing-threads", "1")
	m.cmd.Env = append(os.Environ(), "MEILI_MASTER_KEY="+m.key)
	m.cmd.Stdout, m.cmd.Stderr = log, log
	if err := m.cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	for range 500 {
		if r, err := http.Get("http://" + m.addr + "/health"); err == nil {
			r.Body.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	text, _ := os.ReadFile(m.dir + ".log")
	m.t.Fatalf("Meilisearch does not answer: %s", tail(string(text), 500))
}

func (m *ownMeili) signal(s syscall.Signal) { _ = m.cmd.Process.Signal(s) }

func (m *ownMeili) kill() {
	m.signal(syscall.SIGCONT)
	m.signal(syscall.SIGKILL)
	_ = m.cmd.Wait()
}

// do asks it for something and waits for the task's end, if it is one.
func (m *ownMeili) do(method, path, body string) {
	m.t.Helper()
	ask := func(method, path, body string) string {
		r, err := http.NewRequest(method, "http://"+m.addr+path, strings.NewReader(body))
		if err != nil {
			m.t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+m.key)
		r.Header.Set("Content-Type", "application/json")
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			m.t.Fatal(err)
		}
		defer a.Body.Close()
		text, _ := io.ReadAll(a.Body)
		if a.StatusCode >= 300 {
			m.t.Fatalf("%s %s: %s", method, path, text)
		}
		return string(text)
	}
	ask(method, path, body)
	for strings.Contains(ask("GET", "/tasks?statuses=enqueued,processing", ""), `"taskUid":`) ||
		strings.Contains(ask("GET", "/tasks?statuses=enqueued,processing", ""), `"uid":`) {
		time.Sleep(10 * time.Millisecond)
	}
}

// meiliProgram finds the program of a Meilisearch that runs on this machine.
func meiliProgram(t testing.TB) string {
	t.Helper()
	all, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, link := range all {
		if exe, err := os.Readlink(link); err == nil && filepath.Base(exe) == "meilisearch" {
			return exe
		}
	}
	t.Fatal("no Meilisearch runs")
	return ""
}

// A delayer passes TCP on to a server that can be changed, late if told so.
type delayer struct {
	listener net.Listener

	mu    sync.Mutex
	to    string
	delay time.Duration
	conns map[net.Conn]bool
}

func newDelayer(t testing.TB, to string) *delayer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d := &delayer{listener: l, to: to, conns: map[net.Conn]bool{}}
	go d.serve()
	t.Cleanup(func() {
		l.Close()
		d.turn("", 0)
	})
	return d
}

func (d *delayer) url() string { return "http://" + d.listener.Addr().String() }

// turn sends what comes from now on to a server, after a delay; with another server all connections are cut.
func (d *delayer) turn(to string, delay time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.to != to {
		for c := range d.conns {
			c.Close()
		}
		clear(d.conns)
	}
	d.to, d.delay = to, delay
}

func (d *delayer) serve() {
	for {
		from, err := d.listener.Accept()
		if err != nil {
			return
		}
		d.mu.Lock()
		to, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", d.to)
		if err != nil {
			d.mu.Unlock()
			from.Close()
			continue
		}
		d.conns[from], d.conns[to] = true, true
		d.mu.Unlock()
		pass := func(to, from net.Conn, late bool) {
			defer to.Close()
			defer from.Close()
			buffer := make([]byte, 64<<10)
			for {
				n, err := from.Read(buffer)
				if late {
					d.mu.Lock()
					delay := d.delay
					d.mu.Unlock()
					time.Sleep(delay)
				}
				if _, err2 := to.Write(buffer[:n]); err != nil || err2 != nil {
					return
				}
			}
		}
		go pass(to, from, false)
		go pass(from, to, true)
	}
}
