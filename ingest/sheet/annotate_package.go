package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
)

// pack is an xlsx container (ECMA-376 part 2) being edited: parts that are not rewritten are copied as they lie there,
// still compressed.
type pack struct {
	zip     *zip.Reader
	files   map[string]*zip.File // by name as parts compare: without case
	texts   map[string][]byte    // small parts with edits
	written map[string]*member   // rewritten parts, compressed
	added   []string             // names of new parts, in order
	left    int64                // bytes that may still be unpacked
}

// member is a compressed part.
type member struct {
	zip.FileHeader
	data bytes.Buffer
}

// rel is a relationship of a part (ECMA-376 part 2, 6.5).
type rel struct{ id, kind, target string }

func openPack(content io.ReaderAt, size int64, limits Limits) (*pack, error) {
	z, err := zip.NewReader(content, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	p := &pack{zip: z, files: map[string]*zip.File{}, texts: map[string][]byte{}, written: map[string]*member{}, left: limits.Unzipped}
	for _, f := range z.File {
		key := partKey(f.Name)
		if p.files[key] != nil {
			return nil, odd("two parts of one name")
		}
		p.files[key] = f
	}
	return p, nil
}

func partKey(name string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(name, `\`, "/")), "/"))
}

func (p *pack) has(name string) bool {
	key := partKey(name)
	return p.files[key] != nil || p.texts[key] != nil || p.written[key] != nil
}

// open reads a part of the original.
func (p *pack) open(name string) (io.ReadCloser, error) {
	f := p.files[partKey(name)]
	if f == nil {
		return nil, fmt.Errorf("%w: no part %s", ErrDamaged, path.Base(name))
	}
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return struct {
		io.Reader
		io.Closer
	}{&metered{r, &p.left}, r}, nil
}

// metered stops a bomb.
type metered struct {
	io.Reader
	left *int64
}

func (m *metered) Read(b []byte) (int, error) {
	n, err := m.Reader.Read(b)
	if *m.left -= int64(n); *m.left < 0 {
		return n, &LimitError{"解压后过大"}
	}
	if err != nil && err != io.EOF {
		err = fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return n, err
}

// text gives a small part as it stands after the edits so far.
func (p *pack) text(name string) ([]byte, error) {
	if t := p.texts[partKey(name)]; t != nil {
		return t, nil
	}
	r, err := p.open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// tree reads a small part.
func (p *pack) tree(name string) ([]byte, *node, error) {
	t, err := p.text(name)
	if err != nil {
		return nil, nil, err
	}
	n, err := parse(t)
	return t, n, err
}

// put keeps a small part, new or changed.
func (p *pack) put(name string, text []byte) {
	if !p.has(name) {
		p.added = append(p.added, name)
	}
	p.texts[partKey(name)] = text
}

// rewrite compresses a part into memory at once: a part that turns out too odd half way must not have gone out already.
func (p *pack) rewrite(name string, write func(io.Writer) error) error {
	const version20, utf8Name = 20, 0x800 // APPNOTE.TXT 4.4
	m := &member{FileHeader: zip.FileHeader{Name: name, Method: zip.Deflate, CreatorVersion: version20, ReaderVersion: version20}}
	m.ModifiedDate = (2026-1980)<<9 | 1<<5 | 1 // raw members keep these fields, not Modified; a date of 0 is none
	if f := p.files[partKey(name)]; f != nil {
		m.Name, m.ModifiedDate, m.ModifiedTime, m.Flags = f.Name, f.ModifiedDate, f.ModifiedTime, f.Flags&utf8Name
	}
	packer, err := flate.NewWriter(&m.data, flate.BestSpeed)
	if err != nil {
		return err
	}
	sum, size := crc32.NewIEEE(), new(counter)
	if err := write(io.MultiWriter(packer, sum, size)); err != nil {
		return err
	}
	if err := packer.Close(); err != nil {
		return err
	}
	m.CRC32, m.UncompressedSize64, m.CompressedSize64 = sum.Sum32(), uint64(*size), uint64(m.data.Len())
	p.written[partKey(name)] = m
	return nil
}

type counter int64

func (c *counter) Write(b []byte) (int, error) {
	*c += counter(len(b))
	return len(b), nil
}

// flush writes the container: all parts in their old order, the new ones behind.
func (p *pack) flush(w io.Writer) error {
	out := zip.NewWriter(w)
	for key, text := range p.texts {
		name := key // put keeps a new part's own spelling in added
		if i := slices.IndexFunc(p.added, func(a string) bool { return partKey(a) == key }); i >= 0 {
			name = p.added[i]
		}
		if err := p.rewrite(name, func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
			return err
		}
	}
	for _, f := range p.zip.File {
		if m := p.written[partKey(f.Name)]; m != nil {
			if err := m.copyTo(out); err != nil {
				return err
			}
		} else if err := out.Copy(f); err != nil {
			return fmt.Errorf("copy a part: %w", err)
		}
	}
	for _, name := range p.added {
		if err := p.written[partKey(name)].copyTo(out); err != nil {
			return err
		}
	}
	return errors.Join(out.SetComment(p.zip.Comment), out.Close())
}

func (m *member) copyTo(out *zip.Writer) error {
	w, err := out.CreateRaw(&m.FileHeader)
	if err == nil {
		_, err = w.Write(m.data.Bytes())
	}
	return err
}

// relsOf names the part that holds a part's relationships.
func relsOf(name string) string {
	return path.Join(path.Dir(name), "_rels", path.Base(name)+".rels")
}

// rels lists a part's relationships inside the container, the targets as part names.
func (p *pack) rels(name string) ([]rel, error) {
	if !p.has(relsOf(name)) {
		return nil, nil
	}
	text, root, err := p.tree(relsOf(name))
	if err != nil {
		return nil, err
	}
	var out []rel
	for _, k := range root.kids {
		tag := k.tag(text)
		target := strings.ReplaceAll(attrOf(tag, "Target"), `\`, "/")
		if !strings.HasPrefix(target, "/") {
			target = path.Join("/", path.Dir(name), target)
		}
		if attrOf(tag, "TargetMode") != "External" {
			out = append(out, rel{attrOf(tag, "Id"), attrOf(tag, "Type"), strings.TrimPrefix(path.Clean(target), "/")})
		}
	}
	return out, nil
}

// byKind finds the relationship whose type ends so: the strict and the transitional format differ in what stands before.
func byKind(rels []rel, kind string) (rel, bool) {
	i := slices.IndexFunc(rels, func(r rel) bool { return strings.HasSuffix(r.kind, "/"+kind) })
	if i < 0 {
		return rel{}, false
	}
	return rels[i], true
}

const relsHead = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>`

// relate adds a relationship to a part and gives its id. The target is absolute, which holds wherever the part lies.
func (p *pack) relate(name, kind, target string) (string, error) {
	file := relsOf(name)
	if !p.has(file) {
		p.put(file, []byte(relsHead))
	}
	text, root, err := p.tree(file)
	if err != nil {
		return "", err
	}
	used := map[string]bool{}
	for _, k := range root.kids {
		used[attrOf(k.tag(text), "Id")] = true
	}
	id := ""
	for i := len(root.kids) + 1; id == "" || used[id]; i++ {
		id = "rId" + strconv.Itoa(i)
	}
	line := fmt.Sprintf(`<%sRelationship Id="%s" Type="%s" Target="/%s"/>`, root.prefix, id, kind, target)
	p.put(file, applied(text, root.grown(text, nil, line)))
	return id, nil
}

// declare says what a new part is, in [Content_Types].xml (ECMA-376 part 2, 6.2.3).
func (p *pack) declare(name, kind string) error {
	return p.declaring("Override", "PartName", "/"+name, kind)
}

func (p *pack) declaring(element, key, value, kind string) error {
	const file = "[Content_Types].xml"
	text, root, err := p.tree(file)
	if err != nil {
		return err
	}
	for _, k := range root.kids {
		if k.name == element && strings.EqualFold(attrOf(k.tag(text), key), value) {
			return nil
		}
	}
	line := fmt.Sprintf(`<%s%s %s="%s" ContentType="%s"/>`, root.prefix, element, key, value, kind)
	p.put(file, applied(text, root.grown(text, nil, line)))
	return nil
}

// fresh gives a part name that is not taken: xl/comments7.xml.
func (p *pack) fresh(before, after string) string {
	for i := 1; ; i++ {
		if name := before + strconv.Itoa(i) + after; !p.has(name) {
			return name
		}
	}
}
