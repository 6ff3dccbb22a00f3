package account

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"mingbai/ledger"
)

func TestPasswordRules(t *testing.T) {
	for password, says := range map[string]string{
		"稻田 井水 账本 春分":             "", // 11 characters, words that have nothing to do with each other
		"purple kettle on monday": "",
		"mzk4-vt7q-w2xs":          "",
		"short1":                  "至少10个字，现在是6个",
		strings.Repeat("长", 129):  "最多128个字",
		"my li.ming pass":         "密码里有账号",
		"MY LI.MING PASS":         "密码里有账号",
		"19900101000":             "几乎都是数字",
		"13912345678":             "几乎都是数字",
		"zw19900101":              "几乎都是数字",
		"!!!!!!!!!!!":             "几乎都是数字",
		"zhangwei123456":          "很多人在用",
		"Zhangwei@2024":           "很多人在用",
		"888wangfang888":          "很多人在用",
		"P@ssw0rd2024!":           "很多人在用",
		"qingquan2025":            "很多人在用",
		"QingQuanXian#1":          "很多人在用",
		"清泉县财政局2025年":             "", // not listed with 年; judged below
		"清泉县财政局202501":            "很多人在用",
		"admin_admin_1":           "很多人在用",
		"abcdefghij":              "很多人在用",
		"zyxwvutsrq":              "很多人在用",
		"aaaaaaaaaaaa":            "很多人在用",
		"abc1abc1abc1":            "很多人在用",
		"woaini1woaini1":          "很多人在用",
		"qwertyuiop":              "很多人在用",
	} {
		if got := Fault(password, "li.ming"); says == "" && got != "" || !strings.Contains(got, says) {
			t.Errorf("%s: %q, want %q", password, got, says)
		}
	}
	if len(common) < 900 {
		t.Errorf("only %d common words", len(common))
	}
}

var cheap = Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func TestAPasswordMatchesItsHashOnly(t *testing.T) {
	h, err := NewHasher(cheap)
	if err != nil {
		t.Fatal(err)
	}
	hash, err := h.Hash(t.Context(), "稻田井水账本春分")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$") {
		t.Fatalf("%s %v", hash, err)
	}
	for _, c := range []struct {
		password, hash string
		want           bool
	}{{"稻田井水账本春分", hash, true}, {"稻田井水账本春", hash, false}, {"", hash, false}, {"", "", false}, {"x", "", false}} {
		for _, known := range []bool{true, false} {
			if got, err := h.Matches(t.Context(), c.password, c.hash, known); got != c.want || err != nil {
				t.Errorf("%q: %v %v", c.password, got, err)
			}
		}
	}
}

// Strangers fill their own lane and no other; who waits too long is told.
func TestStrangersDoNotStandBeforeKnownDevices(t *testing.T) {
	h, err := NewHasher(cheap)
	if err != nil {
		t.Fatal(err)
	}
	for range cap(h.strangers) {
		h.strangers <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := h.Matches(ctx, "x", "", false); ledger.KindOf(err) != ledger.KindUnavailable {
		t.Errorf("a stranger too many: %v", err)
	}
	if _, err := h.Matches(t.Context(), "x", "", true); err != nil {
		t.Errorf("a known device: %v", err)
	}
}

func TestCodesOfTheSecondFactor(t *testing.T) {
	secret := NewSecret()
	now := time.Unix(1_750_000_010, 0)
	code := func(at time.Time) string {
		c, err := totp.GenerateCode(secret, at)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	step := now.Unix() / 30
	for name, c := range map[string]struct {
		code string
		last int64
		want int64
	}{
		"now":                  {code(now), 0, step},
		"a slow clock":         {code(now.Add(-30 * time.Second)), 0, step - 1},
		"a fast clock":         {code(now.Add(30 * time.Second)), 0, step + 1},
		"too old":              {code(now.Add(-61 * time.Second)), 0, 0},
		"too new":              {code(now.Add(61 * time.Second)), 0, 0},
		"used":                 {code(now), step, 0},
		"older than used":      {code(now.Add(-30 * time.Second)), step, 0},
		"newer than used":      {code(now.Add(30 * time.Second)), step, step + 1},
		"with a blank":         {code(now)[:3] + " " + code(now)[3:], 0, step},
		"nothing":              {"", 0, 0},
		"of a secret not ours": {"000000x", 0, 0},
	} {
		if got, ok := MatchCode(secret, c.code, now, c.last); got != c.want || ok != (c.want != 0) {
			t.Errorf("%s: step %d %v, want %d", name, got, ok, c.want)
		}
	}
	uri, err := KeyURI("明白账", "li", secret)
	if err != nil || !strings.HasPrefix(uri, "otpauth://totp/") || !strings.Contains(uri, "secret="+secret) {
		t.Errorf("%s %v", uri, err)
	}
}

func TestRecoveryCodes(t *testing.T) {
	codes := NewRecoveryCodes()
	if len(codes) != 10 || len(slices.Compact(slices.Sorted(slices.Values(codes)))) != 10 {
		t.Fatalf("%d codes", len(codes))
	}
	for _, c := range codes {
		if !IsRecoveryCode(c) || RecoveryKey(strings.ToUpper(c)) != RecoveryKey(" "+strings.ReplaceAll(c, "-", " ")) || len(c) != 11 {
			t.Errorf("a code of shape %d", len(c))
		}
	}
	if IsRecoveryCode("123456") || IsRecoveryCode("") {
		t.Error("a code of the app is taken for a recovery code")
	}
}
