package main

import (
	"math/rand/v2"
	"strings"

	"mingbai/fixtures"
	"mingbai/search"
)

// askedName is a name as somebody types it, and the key of the person that they mean.
type askedName struct {
	shape, typed, key string
}

// typeTraditional writes as a keyboard for traditional characters does.
var typeTraditional = strings.NewReplacer("张", "張", "刘", "劉", "陈", "陳", "杨", "楊", "赵", "趙", "黄", "黃", "吴", "吳", "孙", "孫", "华", "華", "国", "國",
	"兰", "蘭", "丽", "麗", "红", "紅", "军", "軍", "强", "強", "阳", "陽", "买", "買", "尔", "爾", "马", "馬", "义", "義")

// shapes of names with their share in a thousand, and how each is typed; "" where an entry has not that shape.
var shapes = []struct {
	name  string
	share int
	typed func(key string, r []rune) string
}{
	{"rare", 80, func(key string, r []rune) string {
		if strings.ContainsFunc(key, func(c rune) bool { return c > 0x9FFF || c < '一' && c != '·' }) || strings.ContainsAny(key, "喆犇堃燊赟翀焱淼旻") {
			return key
		}
		return ""
	}},
	{"dot", 60, func(key string, r []rune) string {
		if strings.Contains(key, "·") {
			return key
		}
		return ""
	}},
	{"another dot", 60, func(key string, r []rune) string {
		if strings.Contains(key, "·") {
			return strings.Replace(key, "·", string([]rune("•．・。")[len(key)%4]), 1)
		}
		return ""
	}},
	{"look-alike", 60, func(key string, r []rune) string {
		for _, other := range search.Alike(key) {
			return other
		}
		return ""
	}},
	{"four", 100, func(key string, r []rune) string {
		if len(r) == 4 && !strings.Contains(key, "·") {
			return key
		}
		return ""
	}},
	{"traditional", 120, func(key string, r []rune) string {
		if typed := typeTraditional.Replace(key); typed != key {
			return typed
		}
		return ""
	}},
	{"wide blank", 80, func(key string, r []rune) string { return string(r[:1]) + "　" + string(r[1:]) }},
	{"two", 140, func(key string, r []rune) string {
		if len(r) == 2 {
			return key
		}
		return ""
	}},
	{"three", 220, func(key string, r []rune) string {
		if len(r) == 3 {
			return key
		}
		return ""
	}},
}

// namesOf draws names of all shapes from a crowd. The last are nobody's, and of people of whom nothing is public.
func namesOf(c fixtures.Crowd, n int) (all []askedName) {
	rng := rand.New(rand.NewPCG(c.Seed, 7))
	counts := make([]int, len(shapes))
	for tries := 0; len(all) < n*92/100 && tries < 200*n; tries++ {
		key := search.Normalise(c.At(rng.IntN(c.Entries)).Name)
		for i, s := range shapes {
			if typed := s.typed(key, []rune(key)); typed != "" && counts[i] < n*s.share/1000 {
				all, counts[i] = append(all, askedName{s.name, typed, key}), counts[i]+1
				break
			}
		}
	}
	for i := 0; len(all) < n; i++ {
		key := search.Normalise(c.At(c.Entries + rng.IntN(c.Len()-c.Entries)).Name)
		shape := "closed"
		if i%2 == 0 {
			r := []rune(key)
			key, shape = string(r[1:])+string(r[:1])+"龘", "nobody"
		}
		all = append(all, askedName{shape, key, key})
	}
	return all
}
