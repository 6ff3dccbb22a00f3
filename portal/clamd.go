package portal

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"time"
)

// Clamd is a ClamAV daemon, asked by INSTREAM: host:port, or the path of its socket.
type Clamd string

const (
	clamdTime  = 20 * time.Second // for one file
	clamdChunk = 64 << 10
)

// Scan sends a file and reads the verdict. Whatever is not a plain OK or FOUND is an error: nobody has looked.
func (addr Clamd) Scan(ctx context.Context, content []byte) (found string, err error) {
	ctx, cancel := context.WithTimeout(ctx, clamdTime)
	defer cancel()
	network := "tcp"
	if strings.HasPrefix(string(addr), "/") {
		network = "unix"
	}
	conn, err := new(net.Dialer).DialContext(ctx, network, string(addr))
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	defer conn.Close()
	if until, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(until); err != nil {
			return "", fmt.Errorf("clamd: %w", err)
		}
	}
	if err := stream(conn, content); err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	answer, err := bufio.NewReaderSize(conn, 4096).ReadString(0)
	if err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	answer = strings.TrimSuffix(answer, "\x00")
	verdict, ok := strings.CutPrefix(answer, "stream: ")
	if name, bad := strings.CutSuffix(verdict, " FOUND"); ok && bad {
		return name, nil
	}
	if !ok || verdict != "OK" {
		return "", fmt.Errorf("clamd: answers %q", answer)
	}
	return "", nil
}

// stream writes the command and the content in chunks, each after its length; a length of nothing ends it.
func stream(conn net.Conn, content []byte) error {
	w := bufio.NewWriter(conn)
	w.WriteString("zINSTREAM\x00") // a bufio.Writer keeps its first error for Flush
	for len(content) > 0 {
		n := min(len(content), clamdChunk)
		_ = binary.Write(w, binary.BigEndian, uint32(n))
		w.Write(content[:n])
		content = content[n:]
	}
	_ = binary.Write(w, binary.BigEndian, uint32(0))
	return w.Flush()
}
