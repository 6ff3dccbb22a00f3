// Command mingbai is the county's clear account book (明白账): the portal, the clerk's tools and the demo in one program.
// It is the only place that joins the parts of the house; it holds no rule of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"mingbai/ingest/apart"
	"mingbai/ledger"
)

// version is set by the linker; see the Makefile.
var version = "dev"

// Exit codes, a contract with scripts.
const (
	exitFine     = 0
	exitFindings = 1 // findings, differences, or an act that was refused
	exitUsage    = 2 // wrong usage, or an environment that does not serve
)

func main() {
	apart.Child()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is main without the process: arguments in, exit code out.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	var cli cli
	exit := -1 // set by --help
	parser, err := kong.New(&cli,
		kong.Name("mingbai"), kong.Description("明白账：县级财政资金公开与查询"),
		kong.DefaultEnvars("MINGBAI"), kong.Writers(stdout, stderr), kong.Exit(func(code int) { exit = code }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
	)
	if err != nil {
		fmt.Fprintln(stderr, "mingbai:", err)
		return exitUsage
	}
	command, err := parser.Parse(args)
	if exit >= 0 {
		return exit
	}
	if err != nil {
		fmt.Fprintf(stderr, "用法不对：%v\n运行 mingbai --help 查看用法\n", err)
		return exitUsage
	}
	err = command.Run(&cli.Config, &streams{ctx: ctx, out: stdout, err: stderr})
	return report(err, stderr)
}

// streams are what a command talks through.
type streams struct {
	ctx context.Context
	out io.Writer // answers
	err io.Writer // messages
}

func (s *streams) say(format string, args ...any) { fmt.Fprintf(s.err, format+"\n", args...) }

// errFound ends a command whose findings are already told.
var errFound = errors.New("findings")

// report tells a failed command's error and turns it into the exit code.
func report(err error, stderr io.Writer) int {
	var e *ledger.Error
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFound):
		return exitFindings
	case errors.As(err, &e) && e.Kind == ledger.KindUnavailable:
		fmt.Fprintln(stderr, "mingbai:", err)
		return exitUsage
	case errors.As(err, &e) && e.Kind != ledger.KindInternal:
		if e.Rule != "" {
			fmt.Fprintf(stderr, "%s %s\n", e.Rule, e.Message)
		} else {
			fmt.Fprintln(stderr, e.Message)
		}
		return exitFindings
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(stderr, "mingbai: 已中断")
		return exitUsage
	}
	fmt.Fprintln(stderr, "mingbai:", err)
	return exitUsage
}
