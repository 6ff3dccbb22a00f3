package search

import (
	"sync"

	"github.com/longbridgeapp/opencc"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// simplified gives the simplified form of a character. A character of the mainland's own standard set stays as it is even
// where OpenCC knows another for it: 於 and 于, 甯 and 宁, 麴 and 曲 are different surnames, and 乾 in 李乾 is not 干. No
// phrases are looked up: what a character becomes must not depend on its neighbours, or part of a name would not be found.
func simplified(r rune) rune {
	if r < 0x2E80 || isStandard(r) {
		return r
	}
	if s, ok := simplifications()[r]; ok {
		return s
	}
	return r
}

// radicals look like characters and come with text copied out of PDF files. NFKC knows the Kangxi radicals only.
var radicals = map[rune]rune{
	'⻁': '虎', '⻄': '西', '⻅': '见', '⻆': '角', '⻉': '贝', '⻋': '车', '⻓': '长', '⻔': '门', '⻘': '青', '⻙': '韦', '⻚': '页', '⻛': '风',
	'⻜': '飞', '⻝': '食', '⻢': '马', '⻣': '骨', '⻤': '鬼', '⻥': '鱼', '⻦': '鸟', '⻨': '麦', '⻩': '黄', '⻬': '齐', '⻮': '齿', '⻰': '龙',
}

// simplifications is OpenCC's dictionary of single characters. It is loaded when the first character outside the standard
// set is met: about 30 ms, once.
var simplifications = sync.OnceValue(func() map[rune]rune {
	cc, err := opencc.New("t2s")
	if err != nil {
		panic(err) // the dictionary is part of the program
	}
	table := make(map[rune]rune, 5000)
	for _, block := range [][2]rune{{0x3400, 0x9FFF}, {0x20000, 0x323AF}} {
		for r := block[0]; r <= block[1]; r++ {
			s, err := cc.Convert(string(r))
			if to := []rune(s); err == nil && len(to) == 1 && to[0] != r {
				table[r] = to[0]
			}
		}
	}
	for r, to := range radicals {
		table[r] = to
	}
	return table
})

// isStandard tells whether r is one of the 6,763 characters of GB 2312.
func isStandard(r rune) bool {
	if r < 0x4E00 || r > 0x9FFF {
		return false
	}
	i := r - 0x4E00
	return standardSet()[i/64]>>(i%64)&1 == 1
}

var standardSet = sync.OnceValue(func() *[(0xA000 - 0x4E00) / 64]uint64 {
	var set [(0xA000 - 0x4E00) / 64]uint64
	decoder := simplifiedchinese.GBK.NewDecoder() // GB 2312's characters are rows B0 to F7 of GBK
	for row := 0xB0; row <= 0xF7; row++ {
		for cell := 0xA1; cell <= 0xFE; cell++ {
			text, err := decoder.Bytes([]byte{byte(row), byte(cell)})
			if r := []rune(string(text)); err == nil && len(r) == 1 && r[0] >= 0x4E00 && r[0] <= 0x9FFF {
				set[(r[0]-0x4E00)/64] |= 1 << ((r[0] - 0x4E00) % 64)
			}
		}
	}
	return &set
})
