package search

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/meilisearch/meilisearch-go"
	"github.com/valyala/fasthttp"
)

// How long Meilisearch may take to accept something; the work itself is waited for as a task.
const writeTimeout = 30 * time.Second

// A client talks to Meilisearch. Its errors never carry Meilisearch's messages, which quote filters and documents, that
// is, names and tokens; only its codes.
type client struct {
	meilisearch.ServiceManager
	swift *swift // for searches
	http  *http.Client
	url   string
	key   string
}

func newClient(address, key string) (*client, error) {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 64
	transport.DisableCompression = true // a compressed answer comes in two pieces, 40 ms apart
	h := &http.Client{Transport: transport}
	address = strings.TrimRight(address, "/")
	s, err := newSwift(address, key)
	if err != nil {
		return nil, err
	}
	return &client{
		// The library's own retries send an empty body the second time.
		meilisearch.New(address, meilisearch.WithAPIKey(key), meilisearch.WithCustomClient(h), meilisearch.DisableRetries()),
		s, h, address, key,
	}, nil
}

// A fault is what Meilisearch, or the way to it, answered instead of what was asked for.
type fault struct {
	Code   string // Meilisearch's; empty when it did not answer
	Status int
	Cause  error // never a text of Meilisearch's
}

const codeNoIndex = "index_not_found"

func (f *fault) Error() string {
	switch {
	case f.Code != "":
		return "meilisearch: " + f.Code
	case f.Cause != nil:
		return "meilisearch: " + f.Cause.Error()
	}
	return fmt.Sprintf("meilisearch: HTTP %d", f.Status)
}

func (f *fault) Unwrap() error { return f.Cause }

// away tells whether it is worth asking again soon: no answer, or the answer of a server that is not well.
func (f *fault) away() bool {
	return f.Status == 0 || f.Status == 408 || f.Status == 429 || f.Status >= 500
}

// failed tells whether a task was tried and failed, for a document's sake or Meilisearch's own.
func (f *fault) failed() bool {
	return f.Code != "" && f.Code != "task_not_found" && f.Code != codeNoIndex
}

// faultOf turns an error of the library into ours; nil stays nil.
func faultOf(err error) error {
	var f *fault
	if err == nil || errors.As(err, &f) {
		return err
	}
	if errors.Is(err, errTouched) || errors.Is(err, errForeign) {
		return err
	}
	var m *meilisearch.Error
	if !errors.As(err, &m) {
		return &fault{Cause: bare(err)}
	}
	f = &fault{Code: m.MeilisearchApiError.Code, Status: m.StatusCode}
	if m.OriginError != nil {
		f.Cause = bare(m.OriginError)
	}
	return f
}

// bare strips the address off a transport error, and any text off an error about a body.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return bare(u.Err)
	}
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, fasthttp.ErrConnectionClosed) || errors.Is(err, fasthttp.ErrNoFreeConns) || errors.Is(err, io.EOF) {
		return &silence{err}
	}
	return errors.New("unreadable answer")
}

// silence is why there was no answer at all. Its text names no address.
type silence struct{ cause error }

func (s *silence) Error() string {
	var why syscall.Errno
	if errors.As(s.cause, &why) {
		return "no answer: " + why.Error()
	}
	return "no answer"
}

func (s *silence) Unwrap() error { return s.cause }

func hasCode(err error, code string) bool {
	var f *fault
	return errors.As(err, &f) && f.Code == code
}

func isAway(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.away()
}

// try calls f within a time limit.
func try(ctx context.Context, limit time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	return faultOf(f(ctx))
}

// retry calls f up to three times while Meilisearch is away. f must send its whole body anew each time.
func retry(ctx context.Context, f func(context.Context) error) error {
	var err error
	for wait := 100 * time.Millisecond; ; wait *= 4 {
		err = try(ctx, writeTimeout, f)
		if !isAway(err) || wait > time.Second {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

// task enqueues work on an index and returns the task's number.
func (c *client) task(ctx context.Context, enqueue func(context.Context) (*meilisearch.TaskInfo, error)) (n int64, err error) {
	err = retry(ctx, func(ctx context.Context) error {
		info, err := enqueue(ctx)
		if err == nil {
			n = info.TaskUID
		}
		return err
	})
	return n, err
}

// wait waits for a task's end. A task that failed is a fault with the task's code; the library calls that a success.
func (c *client) wait(ctx context.Context, uid string, number int64) error {
	for pause := 5 * time.Millisecond; ; pause = min(pause*2, 500*time.Millisecond) {
		var t *meilisearch.Task
		if err := retry(ctx, func(ctx context.Context) (err error) {
			t, err = c.GetTaskWithContext(ctx, number)
			return err
		}); err != nil {
			return err
		}
		switch {
		case t.IndexUID != uid: // wiped meanwhile: numbers begin anew, and this task is another's
			return &fault{Code: "task_not_found", Status: http.StatusNotFound}
		case t.Status == meilisearch.TaskStatusSucceeded:
			return nil
		case t.Status == meilisearch.TaskStatusFailed, t.Status == meilisearch.TaskStatusCanceled:
			return &fault{Code: t.Error.Code, Status: http.StatusBadRequest, Cause: fmt.Errorf("task %s", t.Status)}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

func (c *client) do(ctx context.Context, uid string, enqueue func(context.Context) (*meilisearch.TaskInfo, error)) error {
	n, err := c.task(ctx, enqueue)
	if err != nil {
		return err
	}
	return c.wait(ctx, uid, n)
}

// raw asks Meilisearch without the library, where the library would change what is said: settings.
func (c *client) raw(ctx context.Context, method, path string, body []byte, answer any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.url+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.key)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return &meilisearch.Error{OriginError: err}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return &meilisearch.Error{OriginError: err}
	}
	if resp.StatusCode >= 300 {
		e := &meilisearch.Error{StatusCode: resp.StatusCode}
		e.ErrorBody(text)
		return e
	}
	return json.Unmarshal(text, answer)
}
