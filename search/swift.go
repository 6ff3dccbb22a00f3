package search

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"time"

	"github.com/valyala/fasthttp"
)

// swift asks Meilisearch the searches of the public. net/http and the library's own decoding took longer than Meilisearch
// itself.
type swift struct {
	http *fasthttp.HostClient
	base string // of the address: https://host:7700/meili
	key  string
}

func newSwift(address, key string) (*swift, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, &fault{Cause: bare(err)}
	}
	return &swift{
		base: address, key: "Bearer " + key,
		http: &fasthttp.HostClient{
			Addr: fasthttp.AddMissingPort(u.Host, u.Scheme == "https"), IsTLS: u.Scheme == "https",
			MaxConns: 512, MaxConnWaitTimeout: searchCutoff * time.Millisecond, DialDualStack: true,
			NoDefaultUserAgentHeader: true, DisablePathNormalizing: true,
			MaxIdleConnDuration:       3 * time.Second, // Meilisearch closes after five
			MaxIdemponentCallAttempts: 2,
			// A connection that was closed while nobody used it is no reason not to answer: a search may be asked twice. Who
			// waited in vain is not made to wait again.
			RetryIfErr: func(_ *fasthttp.Request, _ int, err error) (bool, bool) {
				return false, errors.Is(err, fasthttp.ErrConnectionClosed) || errors.Is(err, io.EOF)
			},
		},
	}, nil
}

// post sends a search and reads its answer.
func (s *swift) post(ctx context.Context, path string, question, answer any) error {
	body, err := json.Marshal(question)
	if err != nil {
		return err
	}
	req, resp := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(resp)
	req.Header.SetMethod(fasthttp.MethodPost)
	req.SetRequestURI(s.base + path)
	req.Header.Set(fasthttp.HeaderAuthorization, s.key)
	req.Header.SetContentType("application/json")
	req.SetBodyRaw(body)
	deadline, ok := ctx.Deadline()
	if !ok {
		deadline = time.Now().Add(searchCutoff * time.Millisecond)
	}
	if err := s.http.DoDeadline(req, resp, deadline); err != nil {
		if !time.Now().Before(deadline) || errors.Is(err, fasthttp.ErrTimeout) {
			err = context.DeadlineExceeded
		}
		return &fault{Cause: bare(err)}
	}
	if status := resp.StatusCode(); status >= 300 {
		var said struct {
			Code string `json:"code"`
		}
		_ = json.Unmarshal(resp.Body(), &said)
		return &fault{Code: said.Code, Status: status}
	}
	if err := json.Unmarshal(resp.Body(), answer); err != nil {
		return &fault{Cause: bare(err)}
	}
	return nil
}
