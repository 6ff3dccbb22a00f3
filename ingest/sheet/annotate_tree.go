package sheet

import (
	"bytes"
	"fmt"
	"io"
	"slices"
)

// node is an element of a small part, by its place in the part's bytes.
type node struct {
	prefix, name string
	// The start tag is [start,open), the content [open,close), the whole [start,end). All but start are equal for <a/>.
	start, open, close, end int
	kids                    []*node
}

// parse reads a small part.
func parse(part []byte) (*node, error) {
	l, at := newLexer(bytes.NewReader(part)), 0
	root := &node{}
	stack := []*node{root}
	for {
		token, err := l.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch t := turnOf(token); t {
		case opens, empty:
			prefix, local := nameOf(token)
			end := at + len(token)
			kid := &node{string(prefix), string(local), at, end, end, end, nil}
			top.kids = append(top.kids, kid)
			if t == opens {
				stack = append(stack, kid)
			}
		case closes:
			if _, local := nameOf(token); len(stack) == 1 || string(local) != top.name {
				return nil, odd("unbalanced tags")
			}
			top.close, top.end = at, at+len(token)
			stack = stack[:len(stack)-1]
		}
		at += len(token)
	}
	if len(stack) != 1 || len(root.kids) != 1 {
		return nil, fmt.Errorf("%w: unbalanced part", ErrDamaged)
	}
	return root.kids[0], nil
}

// child gives the first child of a name; nil when there is none.
func (n *node) child(name string) *node {
	if i := slices.IndexFunc(n.kids, func(k *node) bool { return k.name == name }); i >= 0 {
		return n.kids[i]
	}
	return nil
}

func (n *node) tag(part []byte) []byte { return part[n.start:n.open] }

// edit puts a text in the place of a piece of a part.
type edit struct {
	from, to int
	text     string
}

// grown is the edit that puts text at the end of an element, whose start tag may be changed by the way.
func (n *node) grown(part []byte, tag []byte, text string) []edit {
	if tag == nil {
		tag = n.tag(part)
	}
	if n.end > n.open {
		return []edit{{n.start, n.open, string(tag)}, {n.close, n.close, text}}
	}
	tag = bytes.TrimSuffix(bytes.TrimSuffix(tag, []byte(">")), []byte("/"))
	return []edit{{n.start, n.end, string(tag) + ">" + text + "</" + n.prefix + n.name + ">"}}
}

// applied gives the part with the edits, which must not overlap.
func applied(part []byte, edits []edit) []byte {
	slices.SortStableFunc(edits, func(a, b edit) int { return a.from - b.from })
	var out bytes.Buffer
	at := 0
	for _, e := range edits {
		out.Write(part[at:e.from])
		out.WriteString(e.text)
		at = e.to
	}
	out.Write(part[at:])
	return out.Bytes()
}
