package ledger

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// Every act that the books may write down has its words: a new one without them fails here.
func TestEveryActHasWords(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("postgres/*.go")
	if err != nil || len(files) < 20 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	shape := regexp.MustCompile(`^[a-z]+\.[a-z_]+$`)
	found := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		keep := func(e ast.Expr, always bool) {
			if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
				if text, _ := strconv.Unquote(l.Value); always || shape.MatchString(text) {
					found[text] = file
				}
			}
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit: // acts travel as arguments too
				keep(n, false)
			case *ast.CallExpr:
				if s, ok := n.Fun.(*ast.SelectorExpr); ok && (s.Sel.Name == "record" || s.Sel.Name == "enter") && len(n.Args) >= 4 {
					keep(n.Args[3], true)
				}
			}
			return true
		})
	}
	if len(found) < 30 {
		t.Errorf("only %d acts found", len(found))
	}
	for act, file := range found {
		if _, ok := actWords[act]; !ok {
			t.Errorf("%s: the act %q has no words in audittrail.go", file, act)
		}
	}
}

func TestALineInWords(t *testing.T) {
	t.Parallel()
	for want, l := range map[string]AuditLine{
		"公开了批次12":    {Action: "batch.publish", Object: "batch/12"},
		"撤回了批次12第3行": {Action: "row.withdraw", Object: "batch/12/line/3"},
		"停用了账号li":    {Action: "officer.disable", Object: "officer/li"},
		"保存了部门“农业股”": {Action: "department.save", Object: "department/农业股"},
		"想打开或办理GET /office/x，没有权限，被拒绝": {Action: "refused", Object: "GET /office/x"},
		"new.act thing/1": {Action: "new.act", Object: "thing/1"},
	} {
		if got := l.Words(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if ActLabel("login") != "登录" || ActLabel("new.act") != "new.act" {
		t.Error("labels")
	}
}
