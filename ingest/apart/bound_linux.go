package apart

import (
	"bytes"
	"math"
	"os"
	"runtime/debug"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// bound makes the kernel end this process when it comes to hold more memory or takes longer than it may. There is no core
// file: it would hold the clerk's sheet.
func bound(memory, cpuSeconds int64) error {
	start, err := dataBytes()
	if err != nil {
		return err
	}
	// The collector works harder before the kernel has to refuse. Go takes its memory in arenas of 64 MB, hence the room.
	debug.SetMemoryLimit(memory * 3 / 4)
	for _, l := range []struct {
		resource int
		max      uint64
	}{
		{unix.RLIMIT_DATA, uint64(start + memory)},
		{unix.RLIMIT_CPU, uint64(cpuSeconds)},
		{unix.RLIMIT_CORE, 0},
		{unix.RLIMIT_NOFILE, 32},
	} {
		if err := syscall.Setrlimit(l.resource, &syscall.Rlimit{Cur: l.max, Max: l.max}); err != nil {
			return err
		}
	}
	return nil
}

// dataBytes is what counts against RLIMIT_DATA so far: see proc(5), statm, field 6.
func dataBytes() (int64, error) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return math.MaxInt64 / 2, nil //nolint:nilerr // without /proc the limit is what it was; time still is bounded
	}
	fields := bytes.Fields(text)
	pages, err := strconv.ParseInt(string(fields[5]), 10, 64)
	return pages * int64(os.Getpagesize()), err
}

// Hold keeps a content that came over the network as a file without a name, in memory only, for the child to read.
func Hold(content []byte) (*os.File, error) {
	fd, err := unix.MemfdCreate("sheet", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "sheet")
	if _, err := f.Write(content); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
