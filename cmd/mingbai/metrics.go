package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"mingbai/ledger"
	"mingbai/search"
)

// listenMetrics opens the listener of figures for monitoring, nil where none is asked for. It is never the public one.
func listenMetrics(addr string) (net.Listener, error) {
	if addr == "" {
		return nil, nil
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, ledger.Errorf(ledger.KindUnavailable, "监控地址 %s 用不了（%v），请换一个 --metrics-addr", addr, err)
	}
	return l, nil
}

// scrapeTime bounds one reading of the figures.
const scrapeTime = 5 * time.Second

// serveMetrics answers /metrics until the context ends.
func serveMetrics(ctx context.Context, l net.Listener, engine *search.Engine) error {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), searchFigures{engine})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: scrapeTime}
	go func() {
		<-ctx.Done()
		server.Close()
	}()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// searchFigures reads search's figures when they are asked for.
type searchFigures struct{ engine *search.Engine }

var (
	figurePending   = figure("index_pending_changes", "Changes of the books that the index has not confirmed.")
	figureOldest    = figure("index_oldest_pending_seconds", "Age of the oldest such change; 0 when there is none.")
	figureDrained   = figure("index_changes_total", "Changes that went into the index since this process began.")
	figureDocuments = figure("index_documents", "Documents in each index.", "index")
	figureAnswers   = figure("index_answers", "1 when the index answers searches, 0 when the books do.")
	figureBreaker   = figure("index_breaker_open", "1 when the breaker keeps questions away from the index.")
	figureFaults    = figure("index_refused_documents", "Documents that the index would not take.")
	figureBuild     = figure("index_build_documents", "Documents in the generation that is being built; 0 when none is.")
)

func figure(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("mingbai_"+name, help, labels, nil)
}

// Describe tells what Collect may tell.
func (f searchFigures) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{figurePending, figureOldest, figureDrained, figureDocuments, figureAnswers, figureBreaker, figureFaults, figureBuild} {
		ch <- d
	}
}

// Collect reads the figures. What cannot be read is left out.
func (f searchFigures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	tell := func(d *prometheus.Desc, t prometheus.ValueType, v float64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, t, v, labels...)
	}
	c, err := f.engine.Care(ctx)
	if err == nil {
		oldest := 0.0
		if c.Lag.Pending > 0 {
			oldest = time.Since(c.Lag.Oldest).Seconds()
		}
		tell(figurePending, prometheus.GaugeValue, float64(c.Lag.Pending))
		tell(figureOldest, prometheus.GaugeValue, oldest)
		tell(figureFaults, prometheus.GaugeValue, float64(len(c.Faults)))
		tell(figureBuild, prometheus.GaugeValue, float64(c.Build.Documents()))
	}
	tell(figureDrained, prometheus.CounterValue, float64(c.Drained))
	for index, n := range map[string]int{"people": c.People, "lookup": c.Lookups, "catalogue": c.Catalogue} {
		if n >= 0 {
			tell(figureDocuments, prometheus.GaugeValue, float64(n), index)
		}
	}
	tell(figureAnswers, prometheus.GaugeValue, oneIf(c.Answering == "index"))
	tell(figureBreaker, prometheus.GaugeValue, oneIf(c.Breaker != search.Closed))
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
