// Package workday counts days as the State Council's yearly notices do: weekdays without holidays, with make-up workdays.
// It knows a calendar (data, added to by admins), the arithmetic of periods with pauses and extensions, and the
// explanation of a due date day by day.
//
// How days are counted:
//   - The day on which something happens is not counted; the next one is the first. A day lasts until 24:00 in Shanghai.
//   - A period of workdays ends with its last workday. A period of 0 workdays ends with the day itself, or the next workday.
//   - A period of calendar days that ends on a day off rolls on to the next workday.
//   - A pause takes out whole days, from the one on which it begins to the one on which it ends.
//   - A year without a notice is counted by weekdays alone, and whatever reaches it is provisional (暂定).
//
// It does no I/O, reads no clock, and never guesses a holiday. Days are dates as [ledger.DateOf] makes them: midnight UTC.
package workday
