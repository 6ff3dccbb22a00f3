package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mingbai/fixtures"
	"mingbai/ledger"
)

// subsidyBook writes a list of one header row and 12 columns for measuring, with its title, unit and total, in which
// everything is right: everybody has a number and an account of their own, villages are listed, sums tie out. It answers
// the file; rows other than the list's are subsidyRows.
func subsidyBook(t testing.TB, rows int, shared bool) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), fmt.Sprintf("清册%d.xlsx", rows))
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := fixtures.NewWorkbook(f, fixtures.WorkbookOptions{Sheets: []fixtures.SheetInfo{{Name: "清册"}}, Shared: shared})
	s := w.Sheet(slices.Repeat([]fixtures.Column{{Width: 12}}, 12), 3)
	s.Row(fixtures.Text("清泉县2025年耕地地力保护补贴资金发放清册", fixtures.StyleTitle))
	s.Merge(1, 1, 12, 1)
	s.Row(fixtures.Text("单位：元", fixtures.StyleNote))
	s.Merge(1, 2, 12, 2)
	var head []fixtures.Cell
	for label := range strings.FieldsSeq("序号 乡镇 村 组 户主姓名 户主身份证号 银行账号 面积(亩) 补贴标准(元/亩) 补贴金额(元) 发放日期 备注") {
		head = append(head, fixtures.Text(label, fixtures.StyleHead))
	}
	s.Row(head...)
	towns, villages := map[string]string{}, []ledger.Region{}
	for _, r := range fixtures.Regions() {
		towns[r.Code] = r.Name
		if ledger.LevelOf(r.Code) == ledger.LevelVillage {
			villages = append(villages, r)
		}
	}
	standard, paid := ledger.Quantity(839_400), time.Date(2025, 6, 18, 0, 0, 0, 0, time.UTC)
	var area ledger.Quantity
	var sum ledger.Fen
	text := func(s string) fixtures.Cell { return fixtures.Text(s, fixtures.StyleText) }
	money := func(s string) fixtures.Cell { return fixtures.Number(s, fixtures.StyleMoney) }
	for i := range rows {
		v := villages[i*len(villages)/rows]
		basis := ledger.Quantity(i*37%4000+50) * 100
		amount, ok := basis.Times(standard)
		if !ok {
			t.Fatal("amount too large")
		}
		area, sum = area+basis, sum+amount
		s.Row(
			fixtures.Number(fmt.Sprint(i+1), fixtures.StyleCentre), text(towns[v.Parent]), text(v.Name),
			text(fmt.Sprintf("%d组", i/60%12+1)), text(subsidyName(i)), fixtures.Text(subsidyID(i), fixtures.StyleID),
			fixtures.Text(fmt.Sprintf("6217%015d", i*104_729), fixtures.StyleID), money(basis.Short()), money(standard.Short()),
			money(amount.Plain()), fixtures.Date(paid, fixtures.StyleDate), text(cmp.Or(map[int]string{0: "流转", 1: "新增"}[i%500], "已打卡")),
		)
	}
	total := make([]fixtures.Cell, 12)
	total[0], total[7], total[9] = fixtures.Text("合计", fixtures.StyleHead), money(area.Short()), money(sum.Plain())
	s.Row(total...)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// subsidyRows is how many rows of a subsidyBook are none of its list.
const subsidyRows = 4

func subsidyName(i int) string {
	family, given := []rune("王李张刘陈杨赵黄周吴徐孙"), []rune("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂")
	return string([]rune{family[i%len(family)], given[i/7%len(given)], given[i/91%len(given)]})
}

// subsidyID is a number of the fictional county, another for every i up to some 20 million.
func subsidyID(i int) string {
	day := i / 1000
	id := fmt.Sprintf("%s%04d%02d%02d%03d", fixtures.County, 1940+day/336, day/28%12+1, day%28+1, i%1000)
	return id + string(ledger.IDCheckDigit(id))
}
