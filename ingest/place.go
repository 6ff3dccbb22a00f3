package ingest

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var (
	townAfterCounty = regexp.MustCompile(`[县市区](\p{Han}{1,5}?(?:镇|乡|街道))`)
	townAtStart     = regexp.MustCompile(`^(\p{Han}{1,5}?(?:镇|乡|街道))`)
	villageAfter    = regexp.MustCompile(`^(?:办事处)?(\p{Han}{1,7}?(?:村委会|居委会|社区|村))`)
	villageAlone    = regexp.MustCompile(`^(\p{Han}{1,7}?(?:村委会|居委会|社区|村))(?:[\d(].*)?$`)
	notAPlace       = regexp.MustCompile(`^(城|城乡|农|乡|各|全|本|行政|农业.*|.*局.*|.*[县市]乡)(镇|乡|村|街道|社区)$|振兴|乡村|城乡|各乡|各镇|农村|[各全每]村|补贴|补助|资金|发放|公示|低保`)
)

// agreed takes what one of two sources says; where they differ, nothing.
func agreed(a, b string) string {
	if a == "" || a == b {
		return b
	}
	if b == "" {
		return a
	}
	return ""
}

// placeIn reads town and village out of a title or a sheet's name: 清泉县柳门镇张庄村2025年…. Empty when it is not plain.
func placeIn(text string) (town, village string) {
	text = strings.Join(strings.Fields(norm.NFKC.String(text)), "")
	rest := ""
	for _, r := range []*regexp.Regexp{townAfterCounty, townAtStart} {
		if m := r.FindStringSubmatchIndex(text); m != nil && !notAPlace.MatchString(text[m[2]:m[3]]) {
			town, rest = text[m[2]:m[3]], text[m[3]:]
			break
		}
	}
	if town == "" {
		rest = ""
		if m := villageAlone.FindStringSubmatch(text); m != nil {
			rest = m[1]
		}
	}
	if m := villageAfter.FindStringSubmatch(rest); m != nil && !notAPlace.MatchString(m[1]) {
		village = m[1]
	}
	return town, village
}
