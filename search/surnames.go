package search

// surnames are read otherwise than the dictionary's first reading of the character.
var surnames = map[string]string{
	"曾": "zeng", "单": "shan", "仇": "qiu", "查": "zha", "覃": "qin", "解": "xie", "区": "ou", "朴": "piao", "盖": "ge", "翟": "zhai",
	"乐": "yue", "员": "yun", "缪": "miao", "洗": "xian", "种": "chong", "召": "shao", "黑": "he", "秘": "bi", "折": "she", "佴": "nai",
	"繁": "po", "郇": "xun", "祭": "zhai", "句": "gou", "都": "du", "能": "nai", "乜": "nie", "尉": "wei", "逄": "pang", "冼": "xian",
	"任": "ren", "华": "hua", "曲": "qu", "宁": "ning", "燕": "yan", "尹": "yin", "长": "chang",
}

// compoundSurnames are those in which a character is read otherwise than alone. They are tried first.
var compoundSurnames = map[string][2]string{
	"尉迟": {"yu", "chi"}, "单于": {"chan", "yu"}, "万俟": {"mo", "qi"}, "长孙": {"zhang", "sun"}, "澹台": {"tan", "tai"},
	"乐正": {"yue", "zheng"}, "子车": {"zi", "ju"},
}

// readings mend the dictionary's first reading for names: it has 卜 as in 萝卜 and 长 as in 长官.
var readings = map[rune]string{
	'卜': "bu", '长': "chang", '晟': "sheng", '曾': "zeng", '薄': "bo", '率': "shuai",
}
