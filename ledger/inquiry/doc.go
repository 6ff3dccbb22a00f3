// Package inquiry is the inquiry register: one table of states and transitions with their guards, the clocks that run in
// them, who sees what, and what citizens are told.
package inquiry
