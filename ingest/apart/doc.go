// Package apart reads clerks' files in a process of its own, so that no file can take the server down: whatever a crafted
// or damaged one does to the reader (crash, hang, eat memory), the child dies and the clerk is told FILE-04.
//
//	Reader.Check ──request──▶ child: ingest.Check      the file comes as descriptor 3, opened by the parent
//	     emit    ◀──rows────
//	    Report   ◀──done────
//
// The child is this very program, started with Argument and an empty environment: it has neither keys nor database. It
// bounds its own memory and processor time before it looks at a byte of the file, writes no core, and ends when the parent
// does. The parent believes nothing that it says beyond rows and findings, and bounds the length of each message.
//
// Rows cross the pipe with their ID numbers: nothing of the traffic may be logged or kept, nor the child's last words but
// for the places in our source that they name.
package apart
