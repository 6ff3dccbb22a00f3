// Package portal is the county's web site. Public: anyone finds who was paid what and why, and by name and ID number a
// person finds the whole of their own book. The office, under /office: officers log in and do what the permission table
// (ledger/permission.go) lets them.
//
// routes.go is its table of contents, office_routes.go the office's: a route there cannot be made without saying who may
// come through it. Handlers ask the books and the finder through the small interfaces of server.go,
// fill one typed struct per page and return errors; errors.go turns every error into a page.
//
// It must never let a digit of an ID number reach a page, a log, an address or an error; never show a row that the books
// did not hand out; never compute a total, for a total is the database's word over all rows and not over what a page holds.
package portal
