package portal

import (
	"context"
	"io"
	"net/http"

	"mingbai/ingest"
	"mingbai/ledger"
)

// Intake takes clerks' files on their way to the certifiers. It asks itself what an officer may do to which batch, and writes
// down who tries more. Without one the office has no pages for it.
type Intake interface {
	Sending
	Checking
}

// Sending is what files are sent by, and what became of them.
type Sending interface {
	UploadFunds(ctx context.Context, by string) ([]ledger.Fund, error)
	NewSet(ctx context.Context, by string, s ledger.UploadSet) (no int64, err error)
	// TakeFile keeps a file and has it checked; fresh is false when the set has it already.
	TakeFile(ctx context.Context, by string, set int64, name string, content []byte) (fresh bool, err error)
	// RefuseFile notes a file that is too large.
	RefuseFile(ctx context.Context, by string, set int64, name string, size int64) error
	UploadSets(ctx context.Context, by string, most int) ([]ledger.UploadOverview, error)
	Overview(ctx context.Context, by string, set int64, faulty bool, page, perPage int) (ledger.UploadOverview, error)
	SubmitSet(ctx context.Context, by string, set int64) (n int, err error)
	ApproveSet(ctx context.Context, by string, set int64) (n int, err error)
	PublishSet(ctx context.Context, by string, set int64) (n int, err error)
}

// Checking is what is done to a batch until it is submitted.
type Checking interface {
	Batches(ctx context.Context, by string, q ledger.BatchQuery) (ledger.BatchList, error)
	BatchLineFor(ctx context.Context, by string, no int64) (ledger.BatchLine, error)
	Revisions(ctx context.Context, no int64) ([]ledger.Revision, error)
	MayOnBatch(ctx context.Context, o ledger.Officer, act ledger.Action, b ledger.Batch) bool
	FindingsFor(ctx context.Context, by string, no int64, q ledger.FindingQuery) (ledger.FindingPage, error)
	Excerpts(ctx context.Context, by string, no int64, spots []ingest.Spot) ([]ingest.Excerpt, error)
	GiveReason(ctx context.Context, no int64, by, reason string, choice ledger.FindingChoice) (n int, err error)
	Annotated(ctx context.Context, by string, no int64, w io.Writer) error
	FindingList(ctx context.Context, by string, no int64, w io.Writer) error
	Columns(ctx context.Context, by string, no int64) ([]ingest.Sheet, [][][]string, error)
	Remap(ctx context.Context, by string, no int64, columns map[string]string) (set int64, err error)
	TakeBack(ctx context.Context, no int64, by, reason string) error
	Submit(ctx context.Context, by string, no int64) error
}

// intakeRoutes are the clerk's road from file to submission.
func (s *Server) intakeRoutes() {
	upload, see := able(ledger.ActUpload), able(ledger.ActSeeBatches)

	s.door(http.MethodGet, "/office/upload", upload, s.uploadPage)
	s.door(http.MethodPost, "/office/upload", upload.streaming(), s.upload)
	s.door(http.MethodGet, "/office/sets/:set", see, s.setPage)
	s.door(http.MethodPost, "/office/sets/:set/submit", upload, s.wholeSet("submitted", s.config.Intake.SubmitSet))
	s.door(http.MethodPost, "/office/sets/:set/certify", able(ledger.ActCertify), s.wholeSet("certified", s.config.Intake.ApproveSet))
	s.door(http.MethodPost, "/office/sets/:set/publish", able(ledger.ActPublish), s.wholeSet("published", s.config.Intake.PublishSet))

	s.door(http.MethodGet, "/office/batches", see, s.batches)
	s.door(http.MethodGet, "/office/batches/:no", see, s.batch)
	s.door(http.MethodPost, "/office/batches/:no/file", upload.streaming(), s.uploadMended)
	s.door(http.MethodPost, "/office/batches/:no/submit", upload, s.submitBatch)
	s.door(http.MethodPost, "/office/batches/:no/takeback", able(ledger.ActTakeBack), s.takeBack)
	s.door(http.MethodGet, "/office/batches/:no/findings", see, s.findings)
	s.door(http.MethodGet, "/office/batches/:no/findings.xlsx", see, s.findingList)
	s.door(http.MethodGet, "/office/batches/:no/annotated.xlsx", upload, s.annotated)
	s.door(http.MethodPost, "/office/batches/:no/reason", upload, s.giveReason)
	s.door(http.MethodGet, "/office/batches/:no/mapping", upload, s.mapping)
	s.door(http.MethodPost, "/office/batches/:no/mapping", upload, s.remap)
}
