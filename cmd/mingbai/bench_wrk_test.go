package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A sent is one request of a load.
type sent struct{ method, path, body string }

// A measured is what wrk saw.
type measured struct {
	Requests int     `json:"requests"`
	Rate     float64 `json:"rate"` // a second
	P50      float64 `json:"p50"`  // milliseconds
	P90      float64 `json:"p90"`
	P99      float64 `json:"p99"`
	Bad      int     `json:"bad"` // no answer, or a status of 400 and more
	CPU      time.Duration
	Parts    string
}

const (
	loadConnections = 4
	loadTime        = 5 * time.Second
)

// wrkScript asks each request of a list once, in its order, and begins anew at its end.
const wrkScript = `
local asked, at = {}, 0
init = function()
  for line in io.lines(%q) do
    local method, path, body = line:match("^(.-)\t(.-)\t(.*)$")
    asked[#asked + 1] = wrk.format(method, path, {%s}, body ~= "" and body or nil)
  end
end
request = function()
  at = at %% #asked + 1
  return asked[at]
end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format('\nJSON{"requests":%%d,"rate":%%.1f,"p50":%%.3f,"p90":%%.3f,"p99":%%.3f,"bad":%%d}\n', summary.requests,
    summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(90) / 1e3,
    latency:percentile(99) / 1e3, e.connect + e.read + e.write + e.status + e.timeout))
end
`

// load sends a list of requests over four connections, for a while.
func load(t testing.TB, address string, headers map[string]string, list []sent) (m measured) {
	t.Helper()
	dir := t.TempDir()
	file, script := filepath.Join(dir, "asked"), filepath.Join(dir, "asked.lua")
	var lines, head strings.Builder
	for _, s := range list {
		fmt.Fprintf(&lines, "%s\t%s\t%s\n", s.method, s.path, s.body)
	}
	for name, value := range headers {
		fmt.Fprintf(&head, "[%q]=%q,", name, value)
	}
	for name, text := range map[string]string{file: lines.String(), script: fmt.Sprintf(wrkScript, file, head.String())} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	before := cpuTimes()
	wrk := exec.CommandContext(t.Context(), "wrk", "-t1", fmt.Sprintf("-c%d", loadConnections), fmt.Sprintf("-d%ds", int(loadTime.Seconds())), "-s", script, address)
	out, err := wrk.CombinedOutput()
	after := cpuTimes()
	after["wrk"] += wrk.ProcessState.UserTime() + wrk.ProcessState.SystemTime()
	_, text, ok := strings.Cut(string(out), "JSON")
	if err != nil || !ok {
		t.Fatalf("wrk: %v\n%s", err, out)
	}
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	m.Parts, m.CPU = perRequest(before, after, m.Requests)
	return m
}
