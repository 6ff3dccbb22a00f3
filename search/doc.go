// Package search finds people by name. It owns the one normalisation of names, the Meilisearch indexes, and the fallback:
// Meilisearch finds, PostgreSQL answers.
//
// What it must never do: let an ID number, an account or a phone near the index; answer anything but document ids; put a
// name or a token in a log or an error; show the public an error because the index is away.
//
// # Two sources, one answer
//
// The same question is answered from the index or from the books (PostgreSQL), by the same definitions: searchtest holds
// both to them. The index is asked only when it is known to hold everything the books hold. The books answer when the
// outbox is not empty (the index is behind), when Meilisearch is away, slow or not configured, and when it lacks the index.
//
// # Generations
//
// An index is called people_<county>_<generation>, or lookup_… or catalogue_…, and PostgreSQL records which generation
// lives. A rebuild fills a new generation beside the living one; moving PostgreSQL's pointer is the swap. A wiped or
// foreign Meilisearch has no index of that name, so it cannot give a wrong answer, only none, and then the books answer.
// Meilisearch makes an index up when documents are sent to a name it does not know; such an index has no settings, and as
// every query of ours sorts by id, which needs them, it too answers with an error.
//
// The pointer is read for each query, after the outbox is seen empty: a process that remembered an old generation could
// trust it after a rebuild whose last step, dropping the old one, never came. The first generation is random; each further
// one follows from the one before, so that a rebuild begins by removing what a rebuild that died has left.
//
// # Who is asked what
//
// A whole name is a key of the books: PeopleNamed finds and reads its people in one statement, always of this moment. That is
// less work for PostgreSQL than to be asked first where the index stands and then for the rows of what it found, and so even
// those who use the index most, people who look for themselves, do not wait for it. A number with a name is a key likewise, and
// the site reads the whole book by it; the lookup index answers whoever asks for the person alone. The index finds what a key
// does not: parts of names, spellings, near misses, the catalogue.
//
// # How names are compared
//
// Always by equality of whole strings, never by Meilisearch's tokens: every run of up to 16 neighbouring characters of a
// name is a filterable value. A phrase search over separated characters was tried and finds too much: 丙乙·· found ··丙乙·
// (it checks pairs, not places), 貸 found 贷 and 畱 found 留 (tokens are folded by variants of characters), while the books
// compare exactly.
//
// # Tiers
//
// A name is asked for in every way at once (one round trip): the very name, names that hold it, names that are spelt the
// same, and near ones: one character too many, too few or another (ledger.Masked, Shorter, Longer), or a look-alike. Each
// tier's filter leaves out whom a closer one finds, so that totals and pages of a tier are its own.
package search
