package portal

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/go-playground/validator/v10"

	"mingbai/ledger"
)

// lookupForm is the box on the home page. validator answers which rule broke; faults says it in words.
type lookupForm struct {
	Name   string `form:"name" validate:"required,max=40,fewdigits"`
	Number string `form:"id_number" validate:"omitempty,fullnumber"`
}

// nameForm is the public search: what was typed, and what of it is the name. Years are numbers, too, but few.
type nameForm struct {
	Text string `validate:"required,max=100,nonumber"`
	Name string `validate:"required,max=40,fewdigits"`
}

// tidy empties a name that has nothing in it but blanks, seen or unseen.
func (f *lookupForm) tidy(normalise func(string) string) {
	f.Name = tidyName(f.Name, normalise)
}

func tidyName(name string, normalise func(string) string) string {
	name = strings.TrimSpace(name)
	if normalise(name) == "" {
		return ""
	}
	return name
}

func newValidator() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	_ = v.RegisterValidation("fewdigits", func(f validator.FieldLevel) bool { return digitsIn(f.Field().String()) < 6 })
	_ = v.RegisterValidation("nonumber", func(f validator.FieldLevel) bool { return digitsIn(f.Field().String()) < 15 })
	_ = v.RegisterValidation("fullnumber", func(f validator.FieldLevel) bool { return numberFault(f.Field().String()) == "" })
	return v
}

// digitsIn counts digits of any script: an ID number typed into the name's field must not travel on as a name.
func digitsIn(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// numberFault says what keeps a number from being looked up: only that it is not whole. A wrong check digit is no fault,
// for a certifier may have let a special number into the books.
func numberFault(text string) string {
	number, fault := ledger.ParseID(text)
	switch fault {
	case ledger.IDMasked:
		return "身份证号里有星号，查不了账，请对照身份证把18位填全。"
	case ledger.IDLength:
		return fmt.Sprintf("身份证号应为18位，您填了%d位，请对照身份证再填。", number.Len())
	}
	return ""
}

func (s *Server) faults(form lookupForm) (name, number string) {
	var broken validator.ValidationErrors
	if !errors.As(s.validate.Struct(form), &broken) {
		return "", ""
	}
	for _, b := range broken {
		switch b.Field() {
		case "Name":
			name = nameFault(b.Tag())
		case "Number":
			number = numberFault(form.Number)
		}
	}
	return name, number
}

func nameFault(tag string) string {
	switch tag {
	case "required":
		return "请填写姓名。"
	case "max":
		return "姓名太长了，最多40个字。"
	case "nonumber":
		return "这里请不要填身份证号。要凭号码查，请回首页填在第二格。"
	}
	return "姓名里请不要填数字，身份证号请填在下面那一格。"
}
