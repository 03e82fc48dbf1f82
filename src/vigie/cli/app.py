"""The commands, their options and their exit status: 0 done, 1 done but not whole, 2 unusable input."""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from typer.exceptions import TyperException

from vigie.cli import show
from vigie.cli.shapes import line
from vigie.cli.watch import inert, say, waiting
from vigie.errors import InputError, VigieError

if TYPE_CHECKING:
    from vigie.settings import Settings

Found = Literal["confluence", "records", "code"]
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
            say(f"{error.format_message().removesuffix('.')}: see `vigie --help`")
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
    settings = _settings()
    from vigie.api.serve import serve as serve_http

    _free(settings, host, port)
    with ExitStack() as stack:
        door = _local(settings, stack)
        serve_http(door.services, host, port)


@app.command()
def demo(port: Port = 8000) -> None:
    """A sample wiki, runs and code in a folder of its own, indexed and served."""
    base = _settings()
    from vigie.api.serve import serve as serve_http
    from vigie.cli.wanted import Target, Wanted
    from vigie.demo.team import hints, sample_team

    with ExitStack() as stack:
        settings = stack.enter_context(sample_team(base))
        _free(settings, "127.0.0.1", port)
        door = _local(settings, stack)
        say(f"indexing the sample team into {settings.data_dir}")
        show.report(door.ingest(Wanted(Target.all)))
        show.out(hints(settings, f"http://127.0.0.1:{port}"))
        sys.stdout.flush()
        serve_http(door.services, "127.0.0.1", port)


@app.command()
def ingest(
    target: Annotated[To, typer.Argument(metavar="confluence|mongo|records|code|all")],
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH]...", help="Of records and code only.")] = None,
    include: Annotated[
        list[str] | None, typer.Option(help="Names to read, nothing else; repeat or use commas.")
    ] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Names to leave out; repeat or use commas.")] = None,
    sample_limit: Annotated[
        int | None, typer.Option(min=1, help="Find by the first N records only; all are counted.")
    ] = None,
    allow_deletions: Annotated[bool, typer.Option(help="Believe that all that is missing is gone.")] = False,
    as_json: AsJson = False,
) -> int:
    """Read sources and index what changed."""
    settings = _settings()
    from vigie.cli.door import opened
    from vigie.cli.wanted import Target, Wanted, names

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
    settings = _settings()
    from vigie.cli.door import opened
    from vigie.cli.wanted import Asked

    kinds = frozenset(source) if source else None
    asked = Asked((question or "",), None, session, collection, kinds, top_k, _instant(now), not no_llm)
    if batch is not None:
        return _ask_batch(batch, asked, settings)
    with opened(settings) as door, waiting("answering"):
        found = door.answer(asked)
    _print(found, as_json, show.answer)
    return int(found["state"] == "failed")


@app.command()
def search(
    query: str, source: Sources = None, collection: Collection = None, top_k: TopK = 5, as_json: AsJson = False
) -> None:
    """List the passages nearest to a query."""
    settings = _settings()
    from vigie.cli.door import opened
    from vigie.cli.wanted import Looked

    with opened(settings) as door, waiting("searching"):
        found = door.search(Looked(query, collection, frozenset(source) if source else None, top_k))
    _print(found, as_json, show.hits)


@app.command()
def status(as_json: AsJson = False) -> None:
    """Sources, counts, last sync and its outcome, skipped items, profiles, index health."""
    settings = _settings()
    from vigie.cli.door import opened

    with opened(settings) as door, waiting("looking"):
        found = door.status()
    _print(found, as_json, show.status)


@app.command()
def check(
    repair: Annotated[bool, typer.Option("--repair", help="Rebuild from the ledger what is not sound.")] = False,
    as_json: AsJson = False,
) -> int:
    """Compare ledger and indexes: each stored vector must find itself."""
    settings = _settings()
    from vigie.cli.door import opened

    with opened(settings) as door, waiting("checking"):
        found = door.check(repair)
    _print(found, as_json, show.health)
    return int(found["status"] != "ok")


# ------------------------------------------------------------------ what they share


def _settings() -> Settings:
    """The settings, their warnings as lines on standard error."""
    from vigie import settings as module
    from vigie.cli.log import log_to

    with _warned():
        loaded = module.load()
    log_to(loaded.data_dir)
    return loaded


@contextmanager
def _warned() -> Iterator[None]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            yield
        finally:
            for warning in caught:
                say(f"warning: {warning.message}")


def _local(settings: Settings, stack: ExitStack) -> Any:
    from vigie.cli.door import WAIT_SECONDS
    from vigie.cli.local import Local

    door = Local(settings, WAIT_SECONDS)
    stack.callback(door.close)
    return door


def _free(settings: Settings, host: str, port: int) -> None:
    """Say at once what would only come to light when everything is indexed. Raises InputError."""
    import socket

    from vigie.store.lock import running

    holder = running(settings.data_dir)
    if holder is not None and "url" in holder:
        raise InputError(f"{settings.data_dir} is served already at {holder['url']}: use that, or stop it first")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise InputError(f"cannot listen on {host}:{port} ({error.strerror}): name another --port or --host") from error


def _instant(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise InputError(f"--now {text!r} is not an ISO 8601 instant with its offset, as 2026-11-20T09:30:00+01:00")
    return found


def _ask_batch(file: Path, like: Any, settings: Settings) -> int:
    from vigie.cli.batch import BadLine, failed, lines
    from vigie.cli.door import opened

    not_whole = False
    if not file.is_file():
        raise InputError(f"{file} is not a file: name one with a JSON object on each line")
    with opened(settings) as door:
        for asked in lines(file, like):
            if isinstance(asked, BadLine):
                found = failed(asked.id, "", asked.reason)
            else:
                try:
                    found = {"id": asked.id, **door.answer(asked)}
                except VigieError as error:
                    found = failed(asked.id, asked.turns[-1], str(error))
            if found["state"] == "failed":
                not_whole = True
                say(f"question {line(found['id'])} failed: {found['answer']}")
            print(line(found), flush=True)
    return int(not_whole)


def _print(found: Any, as_json: bool, words: Any) -> None:
    if as_json:
        print(line(found))
    else:
        words(found)
