package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"mingbai/fixtures"
	"mingbai/ingest"
	"mingbai/ledger"
)

// county publishes the sample county's every workbook and answers its truth and the batch numbers by file.
func (w *world) county(households int) (*fixtures.Truth, map[string]string) {
	w.t.Helper()
	dir := filepath.Join(w.dir, "county")
	w.ok("gen", "--out", dir, "--households", fmt.Sprint(households))
	truth, err := fixtures.ReadTruth(filepath.Join(dir, fixtures.TruthFile))
	w.must(err)
	numbers := map[string]string{}
	for _, b := range truth.Books {
		numbers[b.File] = w.publish(filepath.Join(dir, b.File), b)
	}
	for _, t := range truth.Tables {
		numbers[t.File] = w.publishTable(dir, t)
	}
	return truth, numbers
}

// fetch gets a file without the gzip that a browser would ask for.
func fetch(t *testing.T, url string) (*http.Response, []byte) {
	t.Helper()
	res, err := (&http.Client{Transport: &http.Transport{DisableCompression: true}}).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func readCSV(t *testing.T, body []byte) [][]string {
	t.Helper()
	body, marked := bytes.CutPrefix(body, []byte("\ufeff"))
	if !marked {
		t.Error("a csv without the mark by which Excel knows UTF-8")
	}
	rows, err := csv.NewReader(bytes.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// Every table is the same in its three forms, names nobody, keeps its address and its bytes for ever, and tells what changed.
func TestOpenData(t *testing.T) {
	w := newWorld(t)
	truth, numbers := w.county(120)
	w.ok("withdraw", numbers["2025年衔接项目公示台账.xlsx"], "--as", "wang", "--reason", "项目名称写错", "--row", "6")
	site := w.serve()
	first := map[string][]byte{}
	all := ""
	for _, table := range ledger.DataTables {
		res, body := fetch(t, site+"/data/"+table.ID+"/latest.csv")
		path := res.Request.URL.Path
		if res.StatusCode != 200 || path == "/data/"+table.ID+"/latest.csv" {
			t.Fatalf("%s: %d at %s", table.ID, res.StatusCode, path)
		}
		first[path] = body
		rows := readCSV(t, body)
		if len(rows) < 2 {
			t.Errorf("%s: %d rows", table.ID, len(rows))
		}
		all += string(body)

		var object struct {
			Rows    []map[string]any
			Columns []struct{ Field, Name string }
		}
		_, text := fetch(t, site+strings.TrimSuffix(path, "csv")+"json")
		w.must(json.Unmarshal(text, &object))
		_, book := fetch(t, site+strings.TrimSuffix(path, "csv")+"xlsx")
		sheet, err := ingest.ReadTable(t.Context(), bytes.NewReader(book), int64(len(book)))
		w.must(err)
		if len(object.Rows) != len(rows)-1 || len(sheet) != len(rows) {
			t.Errorf("%s: %d rows in csv, %d in json, %d in xlsx", table.ID, len(rows)-1, len(object.Rows), len(sheet)-1)
		}
		for i, row := range object.Rows {
			for j, c := range object.Columns {
				want := rows[i+1][j]
				if v := row[c.Field]; v == nil && want != "" || v != nil && table.Columns[j].Sort == ledger.DataText && v != strings.TrimPrefix(want, "'") {
					t.Fatalf("%s row %d %s: json %v, csv %q", table.ID, i, c.Field, v, want)
				}
			}
		}

		_, page := get(t, site+"/data/"+table.ID)
		for _, body := range [][]byte{body, text, book} {
			if sum := sha256.Sum256(body); !strings.Contains(page, hex.EncodeToString(sum[:])) {
				t.Errorf("%s: the page does not tell the file's SHA-256", table.ID)
			}
		}
	}
	for _, p := range truth.People {
		if strings.Contains(all, ","+p.Name+",") {
			t.Errorf("%s is named in the open data", p.Name)
		}
	}
	for _, p := range truth.Staff {
		if strings.Contains(all, p.Name) {
			t.Errorf("%s of the staff is named in the open data", p.Name)
		}
	}

	// Another year comes in, and a fund is renamed: the old addresses say what they said.
	last := fixtures.One{Layout: fixtures.LayoutList, Rows: 40, Seed: 9}
	path, more := w.book(last)
	more.Books[0].Period = "2023"
	no := w.publish(path, more.Books[0])
	fund, err := w.db.Fund(t.Context(), more.Books[0].Fund)
	w.must(err)
	fund.Name += "（新）"
	w.must(w.db.SaveFund(t.Context(), console, fund))
	again := w.serve() // another server, which has kept nothing
	for path, body := range first {
		if _, now := fetch(t, again+path); !bytes.Equal(now, body) {
			t.Errorf("%s is not what it was", path)
		}
	}
	res, body := fetch(t, again+"/data/villages/latest.csv")
	newest := strings.TrimSuffix(res.Request.URL.Path, ".csv")
	if !strings.Contains(string(body), fund.Name) {
		t.Error("the newest version has the old name")
	}
	_, changed := fetch(t, again+newest+"-changes.csv")
	if rows := readCSV(t, changed); len(rows) < 3 || rows[0][0] != "变动" || rows[1][0] != "去掉" || rows[len(rows)-1][0] != "新增" {
		t.Errorf("changes: %d rows", len(rows))
	}
	if _, one := fetch(t, again+newest+"/"+fund.Code+".csv"); len(readCSV(t, one)) < 2 || strings.Contains(string(one), "NJ01") {
		t.Error("the table of one fund")
	}
	if !strings.Contains(string(body), ","+`2023`) && !strings.Contains(string(body), "2023,") || no == "" {
		t.Error("the year that came in is not in the newest version")
	}
	for _, path := range []string{
		"/data/villages/999999.csv", "/data/agencies/1.csv", "/data/villages/latest/DB01.csv", "/data/posts/latest.csv", "/data/agencies/latest/RY01.csv",
		"/data/villages/x.csv", "/data/villages/latest.exe", "/data/nothing", "/data/villages/01.csv",
	} {
		if code, _ := get(t, again+path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
	if req, _ := http.NewRequest("GET", again+newest+".csv", nil); true {
		_, body := fetch(t, req.URL.String())
		sum := sha256.Sum256(body)
		req.Header.Set("If-None-Match", `"`+hex.EncodeToString(sum[:])+`"`)
		res, err := http.DefaultClient.Do(req)
		w.must(err)
		res.Body.Close()
		if res.StatusCode != http.StatusNotModified {
			t.Errorf("asked again: %d", res.StatusCode)
		}
	}
	w.ok("verify")
}

// The sums of the villages are those of the rows, and a village of fewer than three households is neither shown nor to be had
// by taking what is shown from a total of its town or of the county.
func TestSmallCellsStayHidden(t *testing.T) {
	w := newWorld(t)
	w.county(60)
	site := w.serve()
	_, body := fetch(t, site+"/data/villages/latest.csv")
	rows := readCSV(t, body)
	hidden, shown := 0, 0
	left, open := map[string]int{}, map[string]bool{} // households behind what is hidden, by fund, year and town; towns that show something
	for _, row := range rows[1:] {
		var people, payments int
		var fen int64
		w.must(w.sql().QueryRow(t.Context(), `
			select count(distinct person_id), count(*), sum(amount_fen) from payment
			where year = $1 and fund = $2 and village_code = $3 and active`, row[0], row[1], row[5]).Scan(&people, &payments, &fen))
		if row[10] == "" {
			shown++
			open[row[0]+" "+row[1]+" "+row[3]] = true
			if people < 3 {
				t.Errorf("%v stands for %d households", row, people)
			}
			if row[8] != fmt.Sprint(payments) || row[9] != strings.ReplaceAll(ledger.Fen(fen).String(), ",", "") {
				t.Errorf("%v: the rows are %d payments, %s", row, payments, ledger.Fen(fen))
			}
			continue
		}
		hidden++
		if row[7]+row[8]+row[9]+row[11] != "" {
			t.Errorf("a hidden cell tells something: %v", row)
		}
		left[row[0]+" "+row[1]+" "+row[3]] += people
	}
	towns := map[string]int{} // households of towns that show nothing, by fund and year
	for where, people := range left {
		if !open[where] {
			towns[where[:len(where)-10]] += people
		} else if people < 3 {
			t.Errorf("%s: what is hidden stands for %d households", where, people)
		}
	}
	for where, people := range towns {
		if people < 3 {
			t.Errorf("%s: the hidden towns stand for %d households", where, people)
		}
	}
	t.Logf("%d cells shown, %d hidden", shown, hidden)
	if hidden == 0 || shown == 0 {
		t.Error("nothing was hidden or shown: this proves nothing")
	}
}

// The catalogue and the feed are read by programs.
func TestCatalogueAndFeed(t *testing.T) {
	w := newWorld(t)
	_, _, numbers := w.publishTables()
	w.ok("withdraw", numbers["2025年衔接项目公示台账.xlsx"], "--as", "wang", "--reason", "项目名称写错", "--row", "6")
	site := w.serve()
	var catalogue struct {
		Datasets []struct {
			ID        string `json:"@id"`
			Downloads []struct {
				URL      map[string]string `json:"dcat:downloadURL"`
				Bytes    int               `json:"dcat:byteSize"`
				Checksum map[string]string `json:"spdx:checksum"`
			} `json:"dcat:distribution"`
		} `json:"dcat:dataset"`
	}
	res, body := fetch(t, site+"/data/catalog.jsonld")
	w.must(json.Unmarshal(body, &catalogue))
	if len(catalogue.Datasets) != len(ledger.DataTables) || !strings.HasPrefix(res.Header.Get("Content-Type"), "application/ld+json") {
		t.Errorf("%d data sets, %s", len(catalogue.Datasets), res.Header.Get("Content-Type"))
	}
	for _, set := range catalogue.Datasets {
		for _, d := range set.Downloads {
			_, file := fetch(t, site+d.URL["@id"])
			if sum := sha256.Sum256(file); len(file) != d.Bytes || hex.EncodeToString(sum[:]) != d.Checksum["spdx:checksumValue"] {
				t.Errorf("%s is not what the catalogue says", d.URL["@id"])
			}
		}
	}
	var feed struct {
		Entry []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Summary string `xml:"summary"`
		} `xml:"entry"`
	}
	_, body = fetch(t, site+"/feed.atom")
	w.must(xml.Unmarshal(body, &feed))
	if len(feed.Entry) < 8 || feed.Entry[0].Title != "撤回一行：衔接推进乡村振兴项目 2025年" || !strings.Contains(feed.Entry[0].Summary, "项目名称写错") {
		t.Errorf("feed: %+v", feed.Entry)
	}
}
