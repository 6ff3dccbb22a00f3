package sheet

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"path"
	"strings"
)

// container is the zip with the parts of a workbook, by their names in one spelling. Nothing is ever written under
// a part's name, so one like ../../x would lead nowhere; it is refused all the same, since no program that means well
// writes one.
type container struct {
	parts map[string]*zip.File
	twice map[string]bool // names that more than one part has
}

// Bounds on what no real workbook comes near.
const (
	fixedPart = 32 << 20 // bytes of a part that is not rows or strings
	smallPart = 4 << 20  // parts smaller than this may be packed as tightly as they like: blank sheets are
)

// openContainer lists the parts and refuses a zip that says it is too large, before anything of it is unpacked. One that
// says too little is stopped while it is unpacked.
func openContainer(content io.ReaderAt, size int64, limits Limits) (*container, error) {
	z, err := listZip(content, size, limits.Parts)
	if err != nil {
		return nil, err
	}
	c := &container{map[string]*zip.File{}, map[string]bool{}}
	left := uint64(limits.Unzipped)
	for _, f := range z.File {
		if f.UncompressedSize64 > left {
			return nil, &LimitError{fmt.Sprintf("解压后超过%dMB", limits.Unzipped>>20)}
		}
		left -= f.UncompressedSize64
		if f.UncompressedSize64 > smallPart && f.UncompressedSize64/uint64(limits.Ratio) > f.CompressedSize64 {
			return nil, &LimitError{fmt.Sprintf("压缩比超过%d倍", limits.Ratio)}
		}
		if strings.Contains("/"+strings.ReplaceAll(f.Name, `\`, "/")+"/", "/../") {
			return nil, &LimitError{"内含部件的名称指向文件之外"}
		}
		name := partName("", f.Name)
		c.twice[name] = c.parts[name] != nil
		c.parts[name] = f
	}
	return c, nil
}

// listZip reads a zip's directory. archive/zip lists as many parts as there are, whatever their number, so what it may
// read for that is bounded.
func listZip(content io.ReaderAt, size int64, parts int) (*zip.Reader, error) {
	directory := &meter{ReaderAt: content, left: 1<<20 + int64(parts)<<9}
	z, err := zip.NewReader(directory, size)
	switch {
	case directory.left < 0, z != nil && len(z.File) > parts:
		return nil, &LimitError{fmt.Sprintf("内含部件超过%d个", parts)}
	case err != nil && (z == nil || !errors.Is(err, zip.ErrInsecurePath)):
		return nil, damaged("container", err)
	}
	directory.done = true
	return z, nil
}

// meter is a file of which only so much may be read, until it is done.
type meter struct {
	io.ReaderAt
	left int64
	done bool
}

func (m *meter) ReadAt(p []byte, at int64) (int, error) {
	if !m.done {
		if m.left -= int64(len(p)); m.left < 0 {
			return 0, io.ErrUnexpectedEOF
		}
	}
	return m.ReaderAt.ReadAt(p, at)
}

// partName is a part's name in the spelling that container uses: part names differ neither in case (ECMA-376 part 2,
// 6.2.2.3) nor, because of careless writers, in the kind of slash. A relative one starts from folder.
func partName(folder, name string) string {
	name = strings.ReplaceAll(name, `\`, "/")
	if !strings.HasPrefix(name, "/") {
		name = path.Join("/", folder, name)
	}
	return strings.ToLower(strings.TrimPrefix(path.Clean(name), "/"))
}

// find gives the part of a name, which a relationship may have written with %20 and the like.
func (c *container) find(name string) (string, bool) {
	if c.parts[name] != nil {
		return name, true
	}
	plain, err := url.PathUnescape(name)
	return plain, err == nil && c.parts[plain] != nil
}

// open begins to read a part. There must be one of that name, and not two: another program might show the other.
func (c *container) open(ctx context.Context, name string) (*part, error) {
	f := c.parts[name]
	switch {
	case f == nil:
		return nil, damaged(name, errors.New("part is missing"))
	case c.twice[name]:
		return nil, damaged(name, errors.New("two parts of one name"))
	case f.Flags&1 != 0:
		return nil, ErrEncrypted
	}
	r, err := f.Open()
	if err != nil {
		return nil, damaged(name, err)
	}
	p := &part{path: name, raw: &unzipping{ctx: ctx, src: r, left: int64(f.UncompressedSize64)}}
	text, err := utf8Reader(p.raw)
	if err != nil {
		p.Close()
		return nil, damaged(name, err)
	}
	p.scanner = newScanner(text, f.UncompressedSize64)
	return p, nil
}

// openFixed opens a part that is neither rows nor strings and calls read with it inside of its root element.
func (c *container) openFixed(name string, read func(p *part) error) error {
	if f := c.parts[name]; f != nil && f.UncompressedSize64 > fixedPart {
		return &LimitError{fmt.Sprintf("部件超过%dMB", fixedPart>>20)}
	}
	p, err := c.open(context.Background(), name)
	if err != nil {
		return err
	}
	defer p.Close()
	if err := p.root(); err != nil {
		return damaged(name, err)
	}
	if err := read(p); err != nil {
		return damaged(name, err)
	}
	return p.finish()
}

// part is a part being read.
type part struct {
	*scanner
	path string
	raw  *unzipping
}

// finish reads what is left of the part and throws it away: only at the end is its checksum compared.
func (p *part) finish() error {
	_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, p.raw, p.buf)
	return damaged(p.path, err)
}

// Close ends the reading.
func (p *part) Close() { p.raw.src.Close() }

// unzipping is the stream of a part's bytes. It stops when it has given more than the zip's directory says, which is what
// the limits were compared with.
type unzipping struct {
	ctx  context.Context
	src  io.ReadCloser
	left int64
}

func (u *unzipping) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := u.src.Read(p)
	if u.left -= int64(n); u.left < 0 {
		return 0, zip.ErrFormat
	}
	return n, err
}

// damaged says where a file is broken, unless it is not that: a limit, a cancelled context and a disk that fails stay what
// they are.
func damaged(where string, err error) error {
	var limit *LimitError
	var disk *ScratchError
	switch {
	case err == nil, errors.As(err, &limit), errors.As(err, &disk), errors.Is(err, ErrDamaged), errors.Is(err, ErrEncrypted),
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	}
	return fmt.Errorf("%w: %s: %w", ErrDamaged, where, err)
}
