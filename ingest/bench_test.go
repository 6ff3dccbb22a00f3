package ingest

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"mingbai/ingest/sheet/sheettest"
	"mingbai/ledger"
)

// BenchmarkCheck measures whole workbooks of 15 columns: go test -bench Check -benchtime 3x ./ingest/
func BenchmarkCheck(b *testing.B) {
	for _, rows := range []int{5_000, 50_000} {
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			content := sheettest.WriteLarge(b, "张庄村", rows+2, func(i int) []any {
				switch i {
				case 0:
					return []any{"柳门镇补贴发放表（元）"}
				case 1:
					return []any{"序号", "乡镇", "村", "组", "户主姓名", "户主身份证号", "收款人", "收款人身份证号", "银行账号", "开户行", "面积(亩)", "补贴标准(元/亩)", "补贴金额(元)", "联系电话", "备注"}
				}
				id := fmt.Sprintf("990121%04d%02d%02d%03d", 1940+i/28/12/1000%60, i/28%12+1, i%28+1, i/336%1000)
				id += string(ledger.IDCheckDigit(id))
				return []any{i, "柳门镇", "张庄村", "一组", fmt.Sprint("甲", i%100), id, "乙某", id, "6228000000000000000", "农商行", 4.5, 10, 45, "13900000000", "备注"}
			})
			b.ResetTimer()
			for b.Loop() {
				n := 0
				report, err := Check(context.Background(), "a.xlsx", bytes.NewReader(content), int64(len(content)), Options{},
					func(ledger.Row) error { n++; return nil })
				if err != nil || n != rows {
					b.Fatal(err, n, report.Findings[:3])
				}
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}
