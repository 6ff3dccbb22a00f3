// Package account holds the secrets by which officers are known: passwords and their rules, second factors, recovery codes
// and random tokens. It keeps nothing and asks nobody: ledger/postgres stores what it makes, sealed or hashed.
//
// It must never let a password, a secret or a code reach an error or a log.
package account
