package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"time"

	"mingbai/ledger"
	"mingbai/ledger/postgres"
)

type userCmd struct {
	Add     userAddCmd     `cmd:"" help:"建立账号，或改其权限；新账号得到一个设密码的一次性链接"`
	Disable userDisableCmd `cmd:"" help:"停用账号，退出它的所有登录"`
	Passwd  userPasswdCmd  `cmd:"" help:"重设密码：给一个一次性链接，或从标准输入读一个密码"`
	List    userListCmd    `cmd:"" help:"列出所有账号"`
}

// console is the actor of acts done on the machine itself.
const console = "console"

// firstPassword is how an account made on the machine gets its password. There is none by default.
type firstPassword struct {
	Stdin bool   `help:"从标准输入读密码，本人第一次登录时必须改；不给则生成一次性链接"`
	Site  string `help:"网站地址，写在一次性链接里" default:"http://127.0.0.1:8080" placeholder:"https://…"`
}

func (f *firstPassword) give(s *streams, a *postgres.Accounts, login string) error {
	if f.Stdin {
		password, err := bufio.NewReader(os.Stdin).ReadString('\n')
		if password = strings.TrimRight(password, "\r\n"); password == "" {
			return &ledger.Error{Kind: ledger.KindInvalid, Message: "标准输入里没有密码", Cause: err}
		}
		if err := a.SetPassword(s.ctx, console, login, password, true); err != nil {
			return err
		}
		s.say("账号“%s”的密码已设好，本人第一次登录时必须改", login)
		return nil
	}
	token, until, err := a.NewLink(s.ctx, console, login)
	if err != nil {
		return err
	}
	s.say("请把下面的链接当面交给“%s”本人设密码，%s前有效，只能用一次：", login, until.In(ledger.Shanghai).Format("1月2日 15:04"))
	fmt.Fprintf(s.out, "%s/office/link/%s\n", strings.TrimRight(f.Site, "/"), token)
	return nil
}

type userAddCmd struct {
	Login      string              `arg:"" help:"账号：小写字母或数字"`
	Name       string              `required:"" help:"姓名"`
	Role       []ledger.OfficeRole `required:"" help:"权限：clerk, certifier, duty, handler, head, supervisor, auditor, discipline, admin"`
	Department string              `help:"部门名称；不给则管全县"`
	firstPassword
}

// Run adds an officer, or changes one.
func (c *userAddCmd) Run(cfg *Config, s *streams) error {
	return withAccounts(cfg, s, func(a *postgres.Accounts) error {
		o := ledger.Officer{Login: c.Login, Name: c.Name, Roles: c.Role}
		var err error
		if o.Department, err = departmentByName(s, a, c.Department); err != nil {
			return err
		}
		if err := a.SaveOfficer(s.ctx, console, o); err != nil {
			return err
		}
		s.say("账号“%s”已建立", c.Login)
		if acc, err := a.Account(s.ctx, c.Login); err != nil || acc.HasPassword {
			return err
		}
		return c.give(s, a, c.Login)
	})
}

func departmentByName(s *streams, a *postgres.Accounts, name string) (int64, error) {
	if name == "" {
		return 0, nil
	}
	list, err := a.Departments(s.ctx)
	if err != nil {
		return 0, err
	}
	for _, d := range list {
		if d.Name == name {
			return d.ID, nil
		}
	}
	return 0, ledger.Errorf(ledger.KindNotFound, "没有部门“%s”，请先在网站的“部门”页建立", name)
}

type userDisableCmd struct {
	Login string `arg:"" help:"账号"`
}

// Run disables an officer.
func (c *userDisableCmd) Run(cfg *Config, s *streams) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		if err := db.DisableOfficer(s.ctx, console, c.Login); err != nil {
			return err
		}
		s.say("账号“%s”已停用", c.Login)
		return nil
	})
}

type userPasswdCmd struct {
	Login      string `arg:"" help:"账号"`
	DropFactor bool   `help:"同时取消两步验证（手机和恢复码都丢了）"`
	firstPassword
}

// Run resets a password: the way back in when no admin can.
func (c *userPasswdCmd) Run(cfg *Config, s *streams) error {
	return withAccounts(cfg, s, func(a *postgres.Accounts) error {
		if c.DropFactor {
			if err := a.DropSecondFactor(s.ctx, console, c.Login); err != nil {
				return err
			}
			s.say("账号“%s”的两步验证已取消", c.Login)
		}
		return c.give(s, a, c.Login)
	})
}

type userListCmd struct {
	JSON bool `name:"json" help:"以 JSON 输出"`
}

// Run lists all accounts.
func (c *userListCmd) Run(cfg *Config, s *streams) error {
	return withAccounts(cfg, s, func(a *postgres.Accounts) error {
		list, err := a.Officers(s.ctx)
		if err != nil {
			return err
		}
		for _, acc := range list {
			if c.JSON {
				err = writeJSON(s, userLine{acc.Login, acc.Name, acc.Roles, acc.Place, acc.Disabled, acc.HasPassword, acc.HasSecondFactor, acc.Seen})
			} else {
				state := "正常"
				switch {
				case acc.Disabled:
					state = "已停用"
				case !acc.HasPassword:
					state = "还没设密码"
				case acc.NeedsSecondFactor() && !acc.HasSecondFactor:
					state = "还没绑两步验证"
				}
				_, err = fmt.Fprintf(s.out, "%s  %s  %s  %s  %s\n", acc.Login, acc.Name, acc.RoleNames(), placeOr(acc.Place), state)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func placeOr(place string) string {
	if place == "" {
		return "全县"
	}
	return place
}

// userLine is one account as JSON.
type userLine struct {
	Login        string              `json:"login"`
	Name         string              `json:"name"`
	Roles        []ledger.OfficeRole `json:"roles"`
	Department   string              `json:"department"`
	Disabled     bool                `json:"disabled"`
	Password     bool                `json:"password"`
	SecondFactor bool                `json:"second_factor"`
	Seen         time.Time           `json:"seen,omitzero"`
}

func withAccounts(cfg *Config, s *streams, fn func(*postgres.Accounts) error) error {
	return withBooks(cfg, s, func(db *postgres.DB) error {
		keys, err := cfg.keyring(false)
		if err != nil {
			return err
		}
		a, err := postgres.NewAccounts(db, keys, postgres.AccountOptions{})
		if err != nil {
			return err
		}
		return fn(a)
	})
}
