package sheet

// OpenXLS is openXLS for tests that ask for no other format.
var OpenXLS = openXLS
