package ledger

import (
	"errors"
	"fmt"
)

// Kind sorts errors by what the person in front of the screen can do about them.
type Kind uint8

// The kinds of errors. KindInternal is the zero value: an error nobody classified is ours, not the user's.
const (
	KindInternal    Kind = iota
	KindInvalid          // the input is wrong; the message says where and how to mend it
	KindNotFound         // there is no such thing, or none that may be shown
	KindConflict         // the books are in another state than the act assumes
	KindDenied           // the person may not do this
	KindTooMany          // too many tries; wait
	KindUnavailable      // a part we depend on is away; try again
)

// Error carries a kind for the program, a message in Chinese for the person, and a cause for the log.
// Neither message nor cause may hold an ID number, an account or a phone.
type Error struct {
	Kind    Kind
	Rule    string // rule number of the check that refused, e.g. XB-05; empty when no rule did
	Message string
	Cause   error
}

func (e *Error) Error() string {
	if e.Cause == nil {
		return e.Message
	}
	return e.Message + ": " + e.Cause.Error()
}

func (e *Error) Unwrap() error { return e.Cause }

// Is makes errors.Is(err, ErrNotFound) hold for every error of that kind, whatever its message.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Plain() && t.Kind == e.Kind
}

// Plain says that an error is one of the sentinels: its message is only its kind's word.
func (e *Error) Plain() bool {
	return e.Cause == nil && e.Rule == "" && e.Message == kindMessages[e.Kind]
}

var kindMessages = map[Kind]string{
	KindInvalid: "输入有误", KindNotFound: "没有找到", KindConflict: "状态已变", KindDenied: "没有权限",
	KindTooMany: "操作太频繁", KindUnavailable: "服务暂不可用",
}

// Sentinels for errors.Is.
var (
	ErrInvalid     = &Error{Kind: KindInvalid, Message: kindMessages[KindInvalid]}
	ErrNotFound    = &Error{Kind: KindNotFound, Message: kindMessages[KindNotFound]}
	ErrConflict    = &Error{Kind: KindConflict, Message: kindMessages[KindConflict]}
	ErrDenied      = &Error{Kind: KindDenied, Message: kindMessages[KindDenied]}
	ErrTooMany     = &Error{Kind: KindTooMany, Message: kindMessages[KindTooMany]}
	ErrUnavailable = &Error{Kind: KindUnavailable, Message: kindMessages[KindUnavailable]}
)

// Errorf makes an Error of a kind with a message for the person.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Refuse makes an Error that a rule of the rule book caused.
func Refuse(kind Kind, rule, format string, args ...any) *Error {
	return &Error{Kind: kind, Rule: rule, Message: fmt.Sprintf(format, args...)}
}

// KindOf tells an error's kind; KindInternal for any that is not ours.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// MessageOf is what a person may read of an error: our own message, or a plain sentence that tells nothing.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Kind != KindInternal {
		return e.Message
	}
	return "系统出了问题，请稍后再试"
}
