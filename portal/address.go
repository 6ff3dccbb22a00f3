package portal

import (
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// prefixes reads addresses and CIDRs.
func prefixes(texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, t := range texts {
		if p, err := netip.ParsePrefix(t); err == nil {
			out = append(out, p)
			continue
		}
		a, err := netip.ParseAddr(t)
		if err != nil {
			return nil, err
		}
		out = append(out, netip.PrefixFrom(a, a.BitLen()))
	}
	return out, nil
}

func holds(list []netip.Prefix, a netip.Addr) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// clientAddress is who asks. X-Forwarded-For is read from its right end, where our own proxies write, and only past
// proxies we trust: its left end is whatever the client liked to send (c.IP() would take that).
func (s *Server) clientAddress(c *fiber.Ctx) netip.Addr {
	remote, _ := netip.AddrFromSlice(c.Context().RemoteIP())
	remote = remote.Unmap()
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0 && holds(s.proxies, remote); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		remote = hop.Unmap()
	}
	return remote
}

// addressKey is what limits count by: a whole /64 for IPv6, since one household owns that many.
func (s *Server) addressKey(c *fiber.Ctx) string {
	a := s.clientAddress(c)
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}
