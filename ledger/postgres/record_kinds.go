package postgres

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"mingbai/ledger"
)

// recordKind says where the rows of a kind are kept and which column holds which field. It is all that the books know of a
// kind: entering, reading and comparing go by it.
type recordKind struct {
	table   string
	money   string // the field kept as record.amount_fen; empty where a row has none
	columns []recordColumn
	counted []string // columns that are summed up (numbers) or counted (dates) over all rows
	people  bool     // its rows name people
	group   string   // the column by which rows are put together; empty for none
}

type recordColumn struct {
	field, name string
	sort        columnSort
}

// columnSort is how a column's values are kept and which of a record's maps they come from.
type columnSort uint8

const (
	textColumn columnSort = iota
	moneyColumn
	countColumn
	quantityColumn
	dateColumn
)

func columns(sort columnSort, fields string) (out []recordColumn) {
	for _, f := range strings.Fields(fields) {
		name := f
		if sort == moneyColumn {
			name += "_fen"
		}
		out = append(out, recordColumn{f, name, sort})
	}
	return out
}

var allocations = &recordKind{
	table: "allocation", money: "amount",
	columns: slices.Concat(columns(textColumn, "unit_name project_code project_name place content document"),
		columns(quantityColumn, "area_mu persons standard quantity")),
}

var recordKinds = map[ledger.FundKind]*recordKind{
	ledger.Allocation: allocations,
	ledger.Transfer:   allocations,
	ledger.Project: {
		table: "project", money: "amount", counted: strings.Fields("stage1_on stage2_on stage3_on stage4_on"),
		columns: slices.Concat(columns(textColumn, "project_code project_name place content unit_name document"),
			columns(dateColumn, "stage1_on stage2_on stage3_on stage4_on"),
			columns(textColumn, "stage1_evidence stage2_evidence stage3_evidence stage4_evidence")),
	},
	ledger.Budget: {
		table: "budget_line", money: "total", counted: strings.Fields("basic_fen project_fen"), group: "unit_name",
		columns: slices.Concat(columns(textColumn, "unit_name subject_code subject_name"), columns(moneyColumn, "basic project")),
	},
	ledger.Agency: {
		table: "agency", counted: strings.Fields("authorised actual"),
		columns: slices.Concat(columns(textColumn, "agency_code agency_name level"), columns(countColumn, "authorised actual")),
	},
	ledger.Post: {
		table: "post", group: "unit_name", people: true,
		columns: slices.Concat(columns(textColumn, "unit_name person_name sex post_title rank establishment_kind"),
			columns(dateColumn, "entered_on"), columns(textColumn, "entry_channel status")),
	},
}

// rowTable is where rows of a kind begin and cease to count.
func rowTable(kind ledger.FundKind) string {
	if kind == ledger.Subsidy {
		return "payment"
	}
	return "record"
}

// fields are a record's values by column, as staged_record keeps them: what the sheet does not say is left out.
func (k *recordKind) fields(r ledger.Record) map[string]any {
	out := map[string]any{}
	put := func(name string, v any, given bool) {
		if given {
			out[name] = v
		}
	}
	for _, c := range k.columns {
		switch c.sort {
		case textColumn:
			put(c.name, r.Text[c.field], r.Text[c.field] != "")
		case moneyColumn:
			v, ok := r.Money[c.field]
			put(c.name, int64(v), ok)
		case countColumn:
			v, ok := r.Count[c.field]
			put(c.name, v, ok)
		case quantityColumn:
			v, ok := r.Quantities[c.field]
			put(c.name, int64(v), ok)
		case dateColumn:
			v, ok := r.Dates[c.field]
			put(c.name, v.Format(time.DateOnly), ok)
		}
	}
	return out
}

// amount is the row's own amount; nil when it has none.
func (k *recordKind) amount(r ledger.Record) *int64 {
	if v, ok := r.Money[k.money]; ok && k.money != "" {
		return (*int64)(&v)
	}
	return nil
}

// names lists the columns after a prefix, for select and insert.
func (k *recordKind) names(prefix string) string {
	out := make([]string, len(k.columns))
	for i, c := range k.columns {
		out[i] = prefix + c.name
	}
	return strings.Join(out, ", ")
}

// unpacked lists the columns as they are read out of a staged row's fields.
func (k *recordKind) unpacked() string {
	casts := map[columnSort]string{moneyColumn: "::bigint", countColumn: "::bigint", quantityColumn: "::bigint", dateColumn: "::date"}
	out := make([]string, len(k.columns))
	for i, c := range k.columns {
		out[i] = fmt.Sprintf("(s.fields->>'%s')%s", c.name, casts[c.sort])
	}
	return strings.Join(out, ", ")
}

// packed is a row d of the kind's table in the form of a staged row's fields.
func (k *recordKind) packed() string {
	pairs := make([]string, len(k.columns))
	for i, c := range k.columns {
		pairs[i] = fmt.Sprintf("'%s', d.%s", c.name, c.name)
	}
	return "jsonb_strip_nulls(jsonb_build_object(" + strings.Join(pairs, ", ") + "))"
}

const recordColumns = `p.batch_no, b.file_name, p.line, p.sheet, p.sheet_row, p.section, p.depth, p.amount_fen`

// scan reads recordColumns and names("d.") as a record of the kind.
func (k *recordKind) scan(kind ledger.FundKind) pgx.RowToFunc[ledger.PublishedRecord] {
	return func(row pgx.CollectableRow) (ledger.PublishedRecord, error) {
		p := ledger.PublishedRecord{Record: ledger.Record{
			Kind: kind, Text: map[string]string{}, Money: map[string]ledger.Fen{}, Count: map[string]int64{},
			Quantities: map[string]ledger.Quantity{}, Dates: map[string]time.Time{},
		}}
		var amount *int64
		targets := []any{&p.Batch, &p.FileName, &p.Line, &p.Sheet, &p.SheetRow, &p.Section, &p.Depth, &amount}
		texts, numbers, dates := make([]*string, len(k.columns)), make([]*int64, len(k.columns)), make([]*time.Time, len(k.columns))
		for i, c := range k.columns {
			switch c.sort {
			case textColumn:
				targets = append(targets, &texts[i])
			case dateColumn:
				targets = append(targets, &dates[i])
			default:
				targets = append(targets, &numbers[i])
			}
		}
		if err := row.Scan(targets...); err != nil {
			return p, err
		}
		if amount != nil {
			p.Money[k.money] = ledger.Fen(*amount)
		}
		for i, c := range k.columns {
			switch {
			case texts[i] != nil:
				p.Text[c.field] = *texts[i]
			case dates[i] != nil:
				p.Dates[c.field] = *dates[i]
			case numbers[i] == nil:
			case c.sort == moneyColumn:
				p.Money[c.field] = ledger.Fen(*numbers[i])
			case c.sort == countColumn:
				p.Count[c.field] = *numbers[i]
			case c.sort == quantityColumn:
				p.Quantities[c.field] = ledger.Quantity(*numbers[i])
			}
		}
		return p, nil
	}
}
