// Package ledger is the books' language: money in fen, quantities, regions, ID numbers, funds, batches, payments,
// findings, the audit chain and the keys that protect people. Every other package speaks it.
//
// It imports the standard library only, does no I/O but reading a key file, and never uses a float.
package ledger
