package portal

import (
	"context"
	"time"

	"mingbai/ledger"
)

// Office is what the office part of the site asks of the accounts. Without one the site has no office.
type Office interface {
	Door
	OwnAccount
	Register
}

// Door lets officers in and knows them again.
type Door interface {
	Login(ctx context.Context, login, password string, v ledger.Visitor) (ledger.Entry, error)
	SecondFactor(ctx context.Context, token, code string, v ledger.Visitor) (ledger.Entry, error)
	Session(ctx context.Context, token string) (ledger.Session, error)
	Logout(ctx context.Context, token string) error
	Link(ctx context.Context, token string) (login string, err error)
	UseLink(ctx context.Context, token, password string, v ledger.Visitor) (ledger.Entry, error)
	// Refused writes down that an officer tried what they may not do.
	Refused(ctx context.Context, by string, act ledger.Action, object string) error
}

// OwnAccount is what officers do with their own account.
type OwnAccount interface {
	ChangePassword(ctx context.Context, token, old, password string) (ledger.Entry, error)
	EnrolKey(ctx context.Context, token string) (secret string, err error)
	Enrol(ctx context.Context, token, password, code string) (ledger.Entry, []string, error)
	NewRecovery(ctx context.Context, login, password string) ([]string, error)
	Sessions(ctx context.Context, login string) ([]ledger.Session, error)
	EndSession(ctx context.Context, login string, no int64) error
	EndOtherSessions(ctx context.Context, login string, but int64) error
}

// Register is what those who manage accounts do.
type Register interface {
	Officers(ctx context.Context) ([]ledger.Account, error)
	Account(ctx context.Context, login string) (ledger.Account, error)
	AddOfficer(ctx context.Context, by string, o ledger.Officer) error
	ChangeOfficer(ctx context.Context, by string, o ledger.Officer) error
	SaveOfficer(ctx context.Context, by string, o ledger.Officer) error // enables again
	DisableOfficer(ctx context.Context, by, login string) error
	NewLink(ctx context.Context, by, login string) (token string, until time.Time, err error)
	DropSecondFactor(ctx context.Context, by, login string) error
	Departments(ctx context.Context) ([]ledger.Department, error)
	Department(ctx context.Context, id int64) (ledger.Department, error)
	SaveDepartment(ctx context.Context, by string, d ledger.Department) (id int64, err error)
	Regions(ctx context.Context) ([]ledger.Region, error)
}
