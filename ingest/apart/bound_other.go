//go:build !linux

package apart

import (
	"os"
	"runtime/debug"
)

// bound asks the collector to keep to the limit: other systems than Linux are for development only.
func bound(memory, _ int64) error {
	debug.SetMemoryLimit(memory)
	return nil
}

// Hold keeps a content that came over the network as a file without a name, for the child to read.
func Hold(content []byte) (*os.File, error) {
	f, err := os.CreateTemp("", "sheet")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name())
	if _, err := f.Write(content); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
