package portal

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Nobody is answered with a reading that began before they asked, and a crowd costs few readings.
func TestReadingsAreFreshAndFew(t *testing.T) {
	var truth, readings atomic.Int64
	f := fresh{read: func(context.Context) (int64, error) {
		readings.Add(1)
		n := truth.Load()
		time.Sleep(2 * time.Millisecond)
		return n, nil
	}}
	var group sync.WaitGroup
	for range 50 {
		group.Go(func() {
			for range 20 {
				before := truth.Add(1)
				if n, err := f.get(t.Context()); err != nil || n < before {
					t.Errorf("asked after %d, answered %d, %v", before, n, err)
				}
			}
		})
	}
	group.Wait()
	if n := readings.Load(); n > 200 {
		t.Errorf("1000 questions cost %d readings", n)
	}
}

func TestKeepForgetsTheOldest(t *testing.T) {
	k := newKeep[int](100)
	for i, key := range []string{"a", "b", "c", "d"} {
		k.put(key, i, 25)
	}
	k.get("a")
	k.put("e", 4, 25)
	k.put("great", 5, 26)
	for key, there := range map[string]bool{"a": true, "b": false, "c": true, "e": true, "great": false} {
		if _, ok := k.get(key); ok != there {
			t.Errorf("%s kept: %t", key, ok)
		}
	}
}
