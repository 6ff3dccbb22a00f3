package portal

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// heldIntake keeps every file until it is let go, and counts how many are held at once.
type heldIntake struct {
	testIntake
	came, letGo chan struct{}
}

func (i heldIntake) TakeFile(ctx context.Context, by string, set int64, name string, content []byte) (bool, error) {
	i.came <- struct{}{}
	<-i.letGo
	return i.testIntake.TakeFile(ctx, by, set, name, content)
}

// One officer sends so much at a time, all together so much; the others wait for their turn, and whoever waited too long is told
// when to come again and keeps nothing half.
func TestSendingsTakeTurns(t *testing.T) {
	t.Parallel()
	s := setupOffice(t)
	held := heldIntake{testIntake{s.db}, make(chan struct{}, 9), make(chan struct{})}
	s.server.config.Intake = held
	t.Cleanup(func() { close(held.letGo) })
	within := func(what string, step func(tooLate <-chan time.Time) bool) {
		t.Helper()
		if !step(time.After(4 * time.Second)) {
			t.Fatalf("%s: not within 4 s", what)
		}
	}
	came := func() {
		t.Helper()
		within("a file to come", func(tooLate <-chan time.Time) bool {
			select {
			case <-held.came:
				return true
			case <-tooLate:
				return false
			}
		})
	}
	letOneGo := func() {
		t.Helper()
		within("a file to be held", func(tooLate <-chan time.Time) bool {
			select {
			case held.letGo <- struct{}{}:
				return true
			case <-tooLate:
				return false
			}
		})
	}
	s.server.sending = newPlaces(3, 2, 5*time.Second)
	ordinary := []string{"fund", grain.Code, "period", "2025"}
	var group sync.WaitGroup
	statuses := make(chan int, 9)
	send := func(content string) {
		r := s.form("/office/upload", s.token(), ordinary, content)
		for name, value := range s.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		group.Go(func() {
			res, err := s.server.App().Test(r, -1)
			if err != nil {
				t.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, res.Body)
			statuses <- res.StatusCode
		})
	}
	s.enter("clerk")
	for i := range 3 {
		send(fmt.Sprint("of one officer ", i))
	}
	came()
	came()
	select {
	case <-held.came:
		t.Fatal("an officer sends three times at once")
	case <-time.After(100 * time.Millisecond):
	}
	letOneGo()
	came() // the third's turn has come
	letOneGo()
	letOneGo()
	group.Wait()
	for range 3 {
		if status := <-statuses; status != http.StatusSeeOther {
			t.Errorf("who waited for a turn: %d", status)
		}
	}

	s.server.sending = newPlaces(1, 2, 50*time.Millisecond)
	send("who fills the only place")
	came()
	a := s.sends("/office/upload", s.token(), ordinary, "too many")
	s.status(a, http.StatusTooManyRequests)
	s.says(a, "[role=alert]", "同时上传的太多，这次的文件没有收下", "请重新选择文件")
	if a.Header.Get("Retry-After") != "30" {
		t.Errorf("Retry-After %q", a.Header.Get("Retry-After"))
	}
	mended := s.sends("/office/batches/1/file", s.token(), nil, "too many")
	if mended.StatusCode == http.StatusSeeOther {
		t.Error("a mended file takes no turn")
	}
	letOneGo()
	group.Wait()
	if s.uploads() != 4 {
		t.Errorf("%d uploads", s.uploads())
	}
}
