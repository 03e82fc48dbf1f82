"""The commands, their options and their exit status: 0 done, 1 done but not whole, 2 unusable input."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import typer
from typer.exceptions import TyperException

from vigie.cli import show
from vigie.cli.shapes import line
from vigie.cli.watch import say, waiting
from vigie.errors import InputError, VigieError
from vigie.types import Kind


class Found(StrEnum):
    """Where a passage may come from."""

    confluence = "confluence"
    records = "records"
    code = "code"


T = TypeVar("T")
To = Literal["confluence", "mongo", "records", "code", "all"]
AsJson = Annotated[bool, typer.Option("--json", help="Print nothing but JSON.")]
Sources = Annotated[list[Found] | None, typer.Option("--source", help="Look there only; may be repeated.")]
Collection = Annotated[str | None, typer.Option(help="A record collection, with or without mongo_.")]
TopK = Annotated[int, typer.Option(min=1, max=50, help="How many passages.")]
Port = Annotated[int, typer.Option(min=1, max=65535)]

app = typer.Typer(
    name="vigie",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Answers questions about an operations team's wiki, flow runs and source code, every claim cited.",
)


def main() -> None:
    """The entry point of the `vigie` command."""
    status = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def run(arguments: Sequence[str]) -> int:
    """Run a command; returns its exit status. Errors are one line on standard error, never a traceback of ours."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        status = typer.main.get_command(app).main(list(arguments), prog_name="vigie", standalone_mode=False)
    except VigieError as error:
        say(str(error))
        return error.exit_code
    except TyperException as error:
        if error.format_message():
            told = error.format_message().removesuffix(".").replace(": Value error, ", ": ")
            say(f"{told}: see `vigie --help`")
        return error.exit_code
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        return 130
    return status if isinstance(status, int) else 0


# ------------------------------------------------------------------ commands


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Any but loopback demands VIGIE_TOKEN.")] = "127.0.0.1", port: Port = 8000
) -> None:
    """Serve the HTTP API, with a sync in the background."""
    from vigie.cli import common

    settings = common.settings()
    common.free(settings, host, port)
    from vigie.api.serve import serve as serve_http

    with ExitStack() as stack:
        serve_http(common.local(settings, stack).services, host, port)


@app.command()
def demo(port: Port = 8000) -> None:
    """A sample wiki, runs and code in a folder of its own, indexed and served."""
    from vigie.api.serve import serve as serve_http
    from vigie.cli import common
    from vigie.cli.wanted import Target, Wanted
    from vigie.demo.team import hints, sample_team

    with ExitStack() as stack:
        settings = stack.enter_context(sample_team(common.settings()))
        common.free(settings, "127.0.0.1", port)
        door = common.local(settings, stack)
        say(f"indexing the sample team into {settings.data_dir}")
        show.report(door.ingest(Wanted(Target.all)))
        show.out(hints(settings, f"http://127.0.0.1:{port}", common.command(sys.argv[0])))
        sys.stdout.flush()
        serve_http(door.services, "127.0.0.1", port)


@app.command()
def ingest(
    target: Annotated[To, typer.Argument(metavar="confluence|mongo|records|code|all")],
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH", help="Of records and code only.")] = None,
    include: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Read these only; repeat or use commas.")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Leave these out; repeat or use commas.")
    ] = None,
    sample_limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Find by the first N records only; all are counted.")
    ] = None,
    allow_deletions: Annotated[
        bool, typer.Option("--allow-deletions", help="Believe that all that is missing is gone.")
    ] = False,
    as_json: AsJson = False,
) -> int:
    """Read sources and index what changed."""
    from vigie.cli import common
    from vigie.cli.door import opened
    from vigie.cli.wanted import Target, Wanted, names

    settings = common.settings()
    wanted = Wanted(
        Target(target), tuple(paths or ()), names(include or ()), names(exclude or ()), sample_limit, allow_deletions
    )
    with opened(settings) as door:
        report = door.ingest(wanted)
    read = {source["name"] for source in report["sources"]}
    unknown = [name for name in wanted.include if not {name, name.removeprefix("mongo_")} & read]
    if unknown and len(unknown) == len(wanted.include):
        raise InputError(f"there is no {target} source called {', '.join(unknown)}: nothing was read")
    _print(report, as_json, show.report)
    if unknown:
        say(f"there is no {target} source called {', '.join(unknown)}: the others were read")
    return int(report["status"] != "ok" or bool(unknown))


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="In French or English.")] = None,
    batch: Annotated[Path | None, typer.Option(help="Questions, one JSON object a line; answers likewise.")] = None,
    session: Annotated[str | None, typer.Option(help="The conversation to go on with.")] = None,
    collection: Collection = None,
    source: Sources = None,
    top_k: TopK = 5,
    now: Annotated[str | None, typer.Option(help="The instant of asking, ISO 8601 with its offset.")] = None,
    no_llm: Annotated[bool, typer.Option("--no-llm", help="Compose the answer without a language model.")] = False,
    as_json: AsJson = False,
) -> int:
    """Answer a question, every claim cited."""
    if (question is None) == (batch is None):
        raise InputError("ask needs either a QUESTION or --batch FILE")
    if batch is not None and session is not None:
        raise InputError("--session goes with one QUESTION: the lines of a batch have sessions of their own")
    from vigie.cli import batch as batches
    from vigie.cli import common
    from vigie.cli.door import opened
    from vigie.cli.wanted import Asked

    settings = common.settings()

    at = common.instant(now) or settings.now
    asked = Asked((question or "",), None, session, collection, _kinds(source), top_k, at, not no_llm)
    if batch is not None:
        return batches.ask(batch, asked, settings)
    with opened(settings) as door, waiting("answering"):
        found = door.answer(asked)
    _print(found, as_json, show.answer)
    return int(found["state"] == "failed")


@app.command()
def search(
    query: str, source: Sources = None, collection: Collection = None, top_k: TopK = 5, as_json: AsJson = False
) -> None:
    """List the passages nearest to a query."""
    from vigie.cli import common
    from vigie.cli.door import opened
    from vigie.cli.wanted import Looked

    settings = common.settings()
    with opened(settings) as door, waiting("searching"):
        found = door.search(Looked(query, collection, _kinds(source), top_k))
    _print(found, as_json, show.hits)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Sources, counts, last sync and its outcome, skipped items, profiles, index health."""
    from vigie.cli import common
    from vigie.cli.door import opened

    settings = common.settings()
    with opened(settings) as door, waiting("looking"):
        found = door.status()
    _print(found, as_json, show.status)


@app.command()
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild from the ledger what is not sound.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare ledger and indexes: each stored vector must find itself."""
    from vigie.cli import common
    from vigie.cli.door import opened

    settings = common.settings()
    with opened(settings) as door, waiting("checking"):
        found = door.check(repair)
    _print(found, as_json, show.health)
    return int(found["status"] != "ok")


# ------------------------------------------------------------------ what they share


def _kinds(source: list[Found] | None) -> frozenset[Kind] | None:
    return frozenset(one.value for one in source) if source else None


def _print(found: T, as_json: bool, words: Callable[[T], None]) -> None:
    if as_json:
        print(line(found))
    else:
        words(found)


evaluation = typer.Typer(no_args_is_help=True, help="Measure on a judged set.")
app.add_typer(evaluation, name="eval")


class Indexed(StrEnum):
    """What of a document is indexed."""

    text = "text"
    both = "title,text"


@evaluation.command("retrieval")
def evaluate_retrieval(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="With corpus.jsonl, queries.jsonl and qrels.tsv.")],
    fields: Annotated[Indexed, typer.Option(help="What is indexed.")] = Indexed.both,
    follow_up: Annotated[bool, typer.Option("--follow-up", help="Complete a question from its history.")] = False,
    as_json: AsJson = False,
) -> None:
    """How well the passages of a judged set are found: by words, by vectors, by both."""
    from vigie.cli import common, evaluate

    found = evaluate.evaluate(folder, common.settings(), titled=fields is Indexed.both, follow_up=follow_up)
    _print(found, as_json, evaluate.show)
