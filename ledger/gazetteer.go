package ledger

import "strings"

// Gazetteer finds the code of a village by the names that sheets use.
type Gazetteer struct {
	byTown map[[2]string]string // town name, village name → code
	alone  map[string]string    // village name → code; "" when several towns have one of that name
	places []place
}

type place struct{ town, stem, name string }

// NewGazetteer reads the county's regions.
func NewGazetteer(regions []Region) *Gazetteer {
	g := &Gazetteer{byTown: map[[2]string]string{}, alone: map[string]string{}}
	towns := map[string]string{}
	for _, r := range regions {
		if LevelOf(r.Code) == LevelTown {
			towns[r.Code] = townStem(r.Name)
		}
	}
	for _, r := range regions {
		if LevelOf(r.Code) != LevelVillage {
			continue
		}
		v := villageStem(r.Name)
		g.places = append(g.places, place{towns[r.Parent], v, r.Name})
		g.byTown[[2]string{towns[r.Parent], v}] = r.Code
		if _, twice := g.alone[v]; twice {
			g.alone[v] = ""
		} else {
			g.alone[v] = r.Code
		}
	}
	return g
}

// Village is the code of a village named in a sheet; empty when the list has none of that name, or several and the sheet
// does not say which town.
func (g *Gazetteer) Village(town, village string) string {
	v := villageStem(village)
	if town = townStem(town); town != "" {
		return g.byTown[[2]string{town, v}]
	}
	return g.alone[v]
}

// Nearest is the name of the listed village that is written most alike, in the town if the sheet names one that is listed;
// empty when none shares a character.
func (g *Gazetteer) Nearest(town, village string) string {
	t, v := townStem(town), []rune(villageStem(village))
	best, bestScore := "", 0
	for _, p := range g.places {
		score := 0
		for _, r := range v {
			if strings.ContainsRune(p.stem, r) {
				score += 2
			}
		}
		if score == 0 {
			continue
		}
		if d := len([]rune(p.stem)) - len(v); d != 0 {
			score--
		}
		if t != "" && p.town == t {
			score += 2
		}
		if score > bestScore {
			best, bestScore = p.name, score
		}
	}
	return best
}

// PlaceStem is a town's or village's name without the word that says which of the two it is: 柳林 of 柳林镇.
func PlaceStem(r Region) string {
	if LevelOf(r.Code) == LevelTown {
		return townStem(r.Name)
	}
	return villageStem(r.Name)
}

// townStem and villageStem leave off the words that some sheets write and others do not. What is left must not be empty: 镇 alone names nothing.
func townStem(s string) string {
	return stem(s, "人民政府", "街道办事处", "街道办", "街道", "镇", "乡")
}

func villageStem(s string) string {
	return stem(s, "村民委员会", "居民委员会", "村委会", "居委会", "社区", "村")
}

func stem(s string, suffixes ...string) string {
	s = strings.Join(strings.Fields(narrow(s)), "")
	for _, suffix := range suffixes {
		if rest, ok := strings.CutSuffix(s, suffix); ok && rest != "" {
			return rest
		}
	}
	return s
}
