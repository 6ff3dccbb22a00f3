package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"mingbai/search"
)

// pgbench reads people by token and name with all their payments, as a lookup does, with nothing of ours between.
func (c *benchCounty) pgbench() string {
	ctx, sql := c.t.Context(), c.sql()
	keys := c.keys()
	_, err := sql.Exec(ctx, `drop table if exists bench_asked; create table bench_asked (n int primary key, who bytea, name_key text)`)
	c.must(err)
	for i, a := range c.asked[:5000] {
		_, err := sql.Exec(ctx, `insert into bench_asked values ($1, $2, $3)`, i, keys.Token(a.number), search.Normalise(a.name))
		c.must(err)
	}
	defer func() {
		_, err := sql.Exec(ctx, `drop table bench_asked`)
		c.must(err)
	}()
	script := filepath.Join(c.t.TempDir(), "lookup.sql")
	c.must(os.WriteFile(script, []byte(`\set n random(0, 4999)
select n.name, p.* from bench_asked a
join person n on n.county = '990121' and n.who = a.who and n.name_key = a.name_key
join payment p on p.county = n.county and p.person_id = n.person_id
where a.n = :n;
`), 0o600))
	out, err := exec.CommandContext(ctx, "pgbench", "-n", "-M", "prepared", fmt.Sprintf("-c%d", loadConnections), "-j1",
		fmt.Sprintf("-T%d", int(loadTime.Seconds())), "-f", script, c.url).CombinedOutput()
	if err != nil {
		c.t.Fatalf("pgbench: %v\n%s", err, out)
	}
	var told []string
	for line := range strings.Lines(string(out)) {
		if strings.HasPrefix(line, "tps") || strings.HasPrefix(line, "latency average") {
			told = append(told, strings.TrimSpace(line))
		}
	}
	return strings.Join(told, ", ")
}
