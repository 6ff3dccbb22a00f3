package ingest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"mingbai/ingest/sheet"
	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

func benchBook(b *testing.B, rows int) []byte {
	return sheettest.WriteLarge(b, "张庄村", rows+2, func(i int) []any {
		switch i {
		case 0:
			return []any{"柳门镇补贴发放表（元）"}
		case 1:
			return []any{"序号", "乡镇", "村", "组", "户主姓名", "户主身份证号", "银行账号", "面积(亩)", "补贴标准(元/亩)", "补贴金额(元)", "发放日期", "备注"}
		}
		id := fmt.Sprintf("990121%04d%02d%02d%03d", 1940+i/28/12/1000%60, i/28%12+1, i%28+1, i/336%1000)
		id += string(ledger.IDCheckDigit(id))
		name := string([]rune("王李张刘陈")[i%5]) + string(rune('一'+i%3000)) + string(rune('一'+i/7%3000))
		return []any{i - 1, "柳门镇", "张庄村", "一组", name, id, fmt.Sprintf("6228%015d", i), 4.5, 10, 45, "2025-03-01", "备注"}
	})
}

// BenchmarkCheck measures whole workbooks of 12 columns, and reading them alone, of which a check with all rules may cost
// twice: go test -bench 'Check|Reader' -benchtime 3x ./ingest/
func BenchmarkCheck(b *testing.B) {
	for _, rows := range []int{5_000, 200_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			content := benchBook(b, rows)
			b.ResetTimer()
			for b.Loop() {
				n := 0
				o := Options{Year: 2025, Town: "柳门镇", FundName: "耕地补贴", Codes: villagesOf("张庄村")}
				report, err := Check(context.Background(), "a.xlsx", bytes.NewReader(content), int64(len(content)), o,
					func(ledger.Row) error { n++; return nil })
				if err != nil || n != rows || ledger.Blocks(report.Findings) {
					b.Fatal(err, n, report.Findings[:3])
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkReader(b *testing.B) {
	const rows = 200_000
	content := benchBook(b, rows)
	b.ResetTimer()
	for b.Loop() {
		book, err := sheet.Open(bytes.NewReader(content), int64(len(content)), sheet.DefaultLimits)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := book.Layout(0); err != nil {
			b.Fatal(err)
		}
		for _, err := range book.Rows(context.Background(), 0) {
			if err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
