package portal

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mingbai/ledger"
)

// detailNames are the words for what a line of audit keeps beside its act. What stands under another name is shown under that.
var detailNames = map[string]string{
	"reason": "原因", "rows": "行数", "total_fen": "合计", "fund": "项目", "period": "期间", "revision": "第几稿", "rules": "规则版本", "mapping": "列对应",
	"sha256": "文件摘要", "blocked": "有必须改的问题", "village": "村", "on": "日期", "count": "条数", "name": "名称", "disclosure": "公开方式", "kind": "类别",
	"use": "用法", "field": "字段", "label": "列名", "roles": "权限", "department": "部门", "columns": "列数", "tries": "第几次", "device": "设备", "by": "方式",
	"session": "第几处登录", "towns": "乡镇", "funds": "项目", "act": "事项", "rule": "规则", "from": "从", "until": "到", "actor": "账号", "action": "做了什么",
	"object": "对象", "added": "新增", "changed": "修改", "held": "用来核对", "title": "标题", "public": "公开", "document": "附件", "code": "代码", "retired": "停用",
}

// wayNames are the ways of a second factor.
var wayNames = map[string]string{"app": "手机验证码", "recovery": "恢复码"}

// detailWords says what a line keeps, in words: 行数 3，合计 2,540.00 元.
func detailWords(detail string) string {
	var fields map[string]any
	d := json.NewDecoder(strings.NewReader(detail))
	d.UseNumber()
	if d.Decode(&fields) != nil {
		return detail
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		value := valueWords(key, fields[key])
		if value == "" {
			continue
		}
		name := detailNames[key]
		if name == "" {
			name = key
		}
		parts = append(parts, name+" "+value)
	}
	return strings.Join(parts, "，")
}

func valueWords(key string, value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "是", false: "否"}[v]
	case json.Number:
		if n, err := v.Int64(); err == nil && key == "total_fen" {
			return ledger.Fen(n).String() + " 元"
		}
		return v.String()
	case []any:
		parts := make([]string, len(v))
		for i, one := range v {
			parts[i] = valueWords(key, one)
		}
		return strings.Join(parts, "、")
	case string:
		switch {
		case key == "sha256":
			return v[:min(12, len(v))] + "…"
		case key == "roles" && ledger.OfficeRole(v).Valid():
			return ledger.OfficeRole(v).Name()
		case key == "act" && ledger.Action(v).Name() != "":
			return ledger.Action(v).Name()
		case key == "action":
			return ledger.ActLabel(v)
		case key == "by" && wayNames[v] != "":
			return wayNames[v]
		case key == "disclosure":
			return openness(ledger.Disclosure(v))
		}
		return v
	}
	return fmt.Sprint(value)
}
