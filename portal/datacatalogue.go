package portal

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"time"

	"github.com/gofiber/fiber/v2"

	"mingbai/ledger"
)

func sha(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}

// Parts of a DCAT catalogue as JSON-LD. Addresses are relative to the catalogue's own: what host a reader asked is no matter of ours.
type (
	dcatCatalogue struct {
		Context   map[string]string `json:"@context"`
		Type      string            `json:"@type"`
		ID        string            `json:"@id"`
		Title     string            `json:"dct:title"`
		Says      string            `json:"dct:description"`
		Language  string            `json:"dct:language"`
		Publisher map[string]string `json:"dct:publisher"`
		Modified  string            `json:"dct:modified,omitempty"`
		Datasets  []dcatDataset     `json:"dcat:dataset"`
	}
	dcatDataset struct {
		Type      string             `json:"@type"`
		ID        string             `json:"@id"`
		Title     string             `json:"dct:title"`
		Says      string             `json:"dct:description"`
		Version   string             `json:"dcat:version"`
		Modified  string             `json:"dct:modified"`
		Page      map[string]string  `json:"dcat:landingPage"`
		Before    *map[string]string `json:"dcat:previousVersion,omitempty"`
		Sources   []string           `json:"dct:source"`
		Rights    string             `json:"dct:accessRights"`
		Downloads []dcatDownload     `json:"dcat:distribution"`
	}
	dcatDownload struct {
		Type     string            `json:"@type"`
		Title    string            `json:"dct:title"`
		URL      map[string]string `json:"dcat:downloadURL"`
		Media    string            `json:"dcat:mediaType"`
		Bytes    int               `json:"dcat:byteSize"`
		Checksum map[string]string `json:"spdx:checksum"`
	}
)

// dataCatalogue is the catalogue for programs.
func (s *Server) dataCatalogue(c *fiber.Ctx) error {
	out := dcatCatalogue{
		Context: map[string]string{
			"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/", "spdx": "http://spdx.org/rdf/terms#",
		},
		Type: "dcat:Catalog", ID: "/data", Title: s.config.County + "明白账开放数据", Language: "zh-CN",
		Says:      "财政资金公开的汇总和非个人数据。没有任何个人的行。",
		Publisher: map[string]string{"@type": "foaf:Organization", "foaf:name": s.config.County + "财政局"},
		Datasets:  []dcatDataset{},
	}
	for _, t := range ledger.DataTables {
		line, err := s.dataLine(c, t)
		if err != nil {
			return err
		}
		if line.Version.No == 0 {
			continue
		}
		set := dcatDataset{
			Type: "dcat:Dataset", ID: fmt.Sprintf("/data/%s/%d", t.ID, line.Version.No), Title: t.Name, Says: t.Says, Version: fmt.Sprint(line.Version.No),
			Modified: line.Version.At.In(ledger.Shanghai).Format(time.RFC3339), Page: map[string]string{"@id": "/data/" + t.ID},
			Rights: "公开；可以自由使用，请注明来源和版本", Sources: []string{},
		}
		out.Modified = max(out.Modified, set.Modified)
		for _, b := range line.Batches {
			set.Sources = append(set.Sources, fmt.Sprintf("批次 %d", b))
		}
		for _, form := range dataForms {
			f, err := s.dataFile(c.UserContext(), t, line.Version.No, "", form.Ext)
			if err != nil {
				return err
			}
			if f.Before != 0 {
				set.Before = &map[string]string{"@id": fmt.Sprintf("/data/%s/%d", t.ID, f.Before)}
			}
			set.Downloads = append(set.Downloads, dcatDownload{
				Type: "dcat:Distribution", Title: form.Name, URL: map[string]string{"@id": dataPath(t.ID, line.Version.No, "", form.Ext)},
				Media: form.Type, Bytes: len(f.Body),
				Checksum: map[string]string{
					"@type": "spdx:Checksum", "spdx:algorithm": "spdx:checksumAlgorithm_sha256", "spdx:checksumValue": hex.EncodeToString(f.SHA256[:]),
				},
			})
		}
		out.Datasets = append(out.Datasets, set)
	}
	body, err := json.MarshalIndent(out, "", "  ")
	if err != nil {
		return err
	}
	return s.sendData(c, "", "application/ld+json; charset=utf-8", body, sha(body))
}

// feedLength is how many acts the feed tells.
const feedLength = 50

type (
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Lang    string      `xml:"xml:lang,attr"`
		ID      string      `xml:"id"`
		Title   string      `xml:"title"`
		Updated string      `xml:"updated"`
		Author  string      `xml:"author>name"`
		Links   []atomLink  `xml:"link"`
		Entries []atomEntry `xml:"entry"`
	}
	atomLink struct {
		Rel  string `xml:"rel,attr"`
		Type string `xml:"type,attr"`
		Href string `xml:"href,attr"`
	}
	atomEntry struct {
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Link    atomLink `xml:"link"`
		Summary string   `xml:"summary"`
	}
)

// feed tells of publications, corrections and withdrawals.
func (s *Server) feed(c *fiber.Ctx) error {
	acts, err := s.config.Archive.PublicActs(c.UserContext(), 0, feedLength)
	if err != nil {
		return err
	}
	urn := "urn:mingbai:" + s.config.Archive.County()
	f := atomFeed{
		Lang: "zh-CN", ID: urn + ":feed", Title: s.config.County + "明白账：公开和更正", Author: s.config.County + "财政局", Updated: "2000-01-01T00:00:00Z",
		Links: []atomLink{{"self", "application/atom+xml", "/feed.atom"}, {"alternate", "text/html", "/data/publications"}},
	}
	for i, a := range acts {
		at := a.At.UTC().Format(time.RFC3339)
		if i == 0 {
			f.Updated = at
		}
		f.Entries = append(f.Entries, atomEntry{
			ID: fmt.Sprintf("%s:edition:%d", urn, a.No), Updated: at, Title: actTitle(a), Summary: actSummary(a),
			Link: atomLink{"alternate", "text/html", fundPath(a.Fund, a.Year)},
		})
	}
	body, err := xml.MarshalIndent(f, "", " ")
	if err != nil {
		return err
	}
	body = append([]byte(xml.Header), body...)
	return s.sendData(c, "", "application/atom+xml; charset=utf-8", body, sha(body))
}

func actTitle(a ledger.PublicAct) string {
	title := a.Name() + "：" + a.FundName
	if a.Batch != 0 {
		title += " " + a.Period.Name()
	}
	return title
}

func actSummary(a ledger.PublicAct) string {
	text := ""
	if a.Batch != 0 {
		text = fmt.Sprintf("批次 %d", a.Batch)
	}
	if a.Corrects != 0 {
		text += fmt.Sprintf("，更正批次 %d", a.Corrects)
	}
	if a.Rows > 0 {
		text += "，" + rows(a.Kind, a.Rows)
		if a.Kind.HasMoney() {
			text += "，" + a.Total.String() + " 元"
		}
	}
	if a.Reason != "" {
		text += "。原因：" + a.Reason
	}
	return text
}
