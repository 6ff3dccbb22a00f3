package search

import "strings"

// alikes are rare characters of names that people, and the keyboards of offices, write by another. Every character of a line
// may stand for any other of it. Which is right is no matter here: both are looked for. Characters that only sound alike are
// found by their spelling and do not belong here.
const alikes = `
䶮龑
堃坤
喆哲
犇奔
淼渺
焱炎
垚尧
珺君
昇升
祎袆
玥月
翀冲
韡暐炜
颋挺
甯宁
於于
濛蒙
喦嵒岩
邨村
偲思
琇秀
玙与
芃凡
晔烨
燊桑
彧或
斅学
曌照
祺褀
鎏鋈
卍万
囍喜
`

var alikeOf = func() map[rune][]rune {
	of := map[rune][]rune{}
	for line := range strings.Lines(alikes) {
		list := []rune(Normalise(line))
		for _, a := range list {
			for _, b := range list {
				if a != b {
					of[a] = append(of[a], b)
				}
			}
		}
	}
	return of
}()

// Alike are the names that a key may be written as with one character replaced by a look-alike, or without its dots.
func Alike(key string) []string {
	r := []rune(key)
	var out []string
	for i, c := range r {
		for _, other := range alikeOf[c] {
			out = append(out, string(r[:i])+string(other)+string(r[i+1:]))
		}
	}
	if undotted := strings.ReplaceAll(key, string(dot), ""); undotted != key && undotted != "" {
		out = append(out, undotted)
	}
	return sorted(out)
}
