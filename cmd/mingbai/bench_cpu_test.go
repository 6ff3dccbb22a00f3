package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// cpuTimes are the processor times of this process and all under it, by program. Other work on the machine slows a load
// down, and by chance one more than another; what it takes of the processor changes much less.
func cpuTimes() map[string]time.Duration {
	type process struct {
		parent int
		name   string
		took   time.Duration
	}
	all := map[int]process{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		open, end := strings.IndexByte(string(text), '('), strings.LastIndexByte(string(text), ')')
		fields := strings.Fields(string(text[end+1:]))
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text[:open])))
		parent, _ := strconv.Atoi(fields[1])
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		all[pid] = process{parent, string(text[open+1 : end]), time.Duration(user+system) * 10 * time.Millisecond}
	}
	times := map[string]time.Duration{}
	for pid, p := range all {
		name := p.name
		for up := pid; up > 1; up = all[up].parent {
			if up == os.Getpid() {
				if pid == up {
					name = "mingbai"
				}
				times[name] += p.took
				break
			}
		}
	}
	return times
}

// perRequest says what each program took of the processor for a request, and what all took.
func perRequest(before, after map[string]time.Duration, requests int) (words string, sum time.Duration) {
	for _, name := range []string{"mingbai", "meilisearch", "postgres", "wrk"} {
		each := (after[name] - before[name]) / time.Duration(max(requests, 1))
		sum += each
		words += fmt.Sprintf(" %s %dµs", name, each.Microseconds())
	}
	return words, sum
}
