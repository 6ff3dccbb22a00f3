package postgres_test

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"testing"
	"time"
)

// mac stands in for the key that is outside the database.
func mac(text string) []byte {
	sum := sha256.Sum256([]byte("test key " + text))
	return sum[:]
}

// sealedBooks are books with acts on three days, of which two are over and sealed.
func sealedBooks(t *testing.T) *books {
	b := setup(t)
	for day := range 3 {
		b.now = time.Date(2025, 6, 3+day, 10, 0, 0, 0, time.UTC)
		b.publish("GD", fmt.Sprintf("2025-%02d", day+1), row(1, "张三", "id", willow, "1组", 100))
	}
	if n, err := b.SealDays(t.Context(), mac); err != nil || n != 2 {
		t.Fatalf("sealed %d days, %v; want 2: today is not over", n, err)
	}
	if n, err := b.SealDays(t.Context(), mac); err != nil || n != 0 {
		t.Errorf("sealed %d days again, %v", n, err)
	}
	return b
}

func TestEveryDayOfTheAuditChainIsSealed(t *testing.T) {
	t.Parallel()
	b := sealedBooks(t)
	b.whole()
	heads, err := b.AuditHeads(t.Context(), time.Time{}, 10)
	b.must(err)
	if len(heads) != 2 || heads[0].Day.Format(time.DateOnly) != "2025-06-04" || heads[1].Lines != heads[1].Seq || heads[0].Lines != 3 || heads[0].Seq != heads[1].Seq+3 {
		t.Errorf("heads %+v", heads)
	}
	older, err := b.AuditHeads(t.Context(), heads[0].Day, 10)
	b.must(err)
	if len(older) != 1 || older[0].Seq != heads[1].Seq {
		t.Errorf("before %v: %+v", heads[0].Day, older)
	}
}

// Who owns the database may rewrite the whole chain, with right hashes; not what was sealed under a key that is elsewhere.
func TestASealedDayCannotBeRewritten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ sql, says string }{
		"the end cut off":     {`alter table audit disable trigger all; delete from audit where seq > 9`, "末尾有记录被删"},
		"a line put in":       {`insert into audit select county, (select max(seq) + 1 from audit), at, 'x', action, object, detail, hash, hash from audit where seq = 2`, "接不上前一条"},
		"another hash":        {`alter table audit disable trigger all; update audit set hash = sha256('x') where seq = (select max(seq) from audit_head)`, "封存的每日摘要不符"},
		"a head made to fit":  {`alter table audit_head disable trigger all; update audit_head set hash = sha256('x')`, "签名不符"},
		"a head of more acts": {`alter table audit_head disable trigger all; update audit_head set lines = lines - 1`, "签名不符"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sealedBooks(t)
			_, err := conn(b).Exec(t.Context(), c.sql)
			b.must(err)
			found, _, err := b.VerifyAudit(t.Context(), mac)
			b.must(err)
			if text := fmt.Sprint(found); !strings.Contains(text, c.says) {
				t.Errorf("verify says %s, want %q", text, c.says)
			}
		})
	}
}

// The program itself cannot change the log or its seals, whatever it asks the database.
func TestTheLogIsAppendOnly(t *testing.T) {
	t.Parallel()
	b := sealedBooks(t)
	for _, sql := range []string{
		`update audit set actor = 'x'`, `delete from audit`, `truncate audit`,
		`update audit_head set lines = 0`, `delete from audit_head`, `truncate audit_head`,
	} {
		if _, err := conn(b).Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	b.whole()
}
