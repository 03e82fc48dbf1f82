"""What is read: the wiki, the code; and what the child process works with."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from vigie.errors import InputError, SettingError
from vigie.protocols import Source
from vigie.settings import Settings
from vigie.sync.prepare import Discovery, Families, Origin, Preparer
from vigie.types import Kind, SourceRef
from vigie.wiring.collections import Inputs, default_sample, discover_records, make_record_source
from vigie.wiring.models import INDEXING_THREADS, LazyEmbedders
from vigie.wiring.stores import make_bodies


def make_preparer(settings: Settings, inputs: Inputs) -> Preparer:
    """What the child process works with."""
    embedders = LazyEmbedders(settings, INDEXING_THREADS)
    return Preparer(
        Families(
            discover=partial(discover, settings, inputs),
            documents=partial(make_document_source, settings, inputs),
            records=partial(make_record_source, settings, inputs),
            sample_limit=partial(default_sample, settings, inputs),
            bodies=make_bodies(settings),
            embedder=embedders.__getitem__,
            tokens=embedders.tokens,
            chunk_size=settings.chunk_size,
            chunk_overlap=settings.chunk_overlap,
            zone=settings.zone,
        )
    )


def discover(settings: Settings, inputs: Inputs, kind: Kind) -> Discovery:
    """The sources of a kind; none where it is not configured, and then nothing of it is removed."""
    match kind:
        case "confluence":
            refs = tuple(SourceRef(kind, space) for space in settings.confluence_spaces)
            return Discovery(refs) if settings.confluence_url else Discovery(complete=False)
        case "code":
            refs = tuple(SourceRef(kind, name) for name in code_roots(settings, inputs))
            return Discovery(refs, complete=bool(settings.code_roots) and not inputs.code)
        case "records":
            return discover_records(settings, inputs)


def configured(settings: Settings, kind: Kind) -> bool:
    """Whether the settings name anything to read of this kind."""
    records = settings.records_dir or settings.mongo_uri
    return bool({"confluence": settings.confluence_url, "records": records, "code": settings.code_roots}[kind])


def origin(settings: Settings, wanted: Origin) -> Origin | None:
    """The same where records come from both a database and exports; None where there is nothing to tell apart."""
    return wanted if settings.records_dir and settings.mongo_uri else None


def make_document_source(settings: Settings, inputs: Inputs, ref: SourceRef, subtree: str | None) -> Source:
    match ref.kind:
        case "confluence":
            return make_confluence(settings, ref.name)
        case "code":
            from vigie.sources.code import CodeSource

            root = code_roots(settings, inputs)[ref.name]
            return CodeSource(ref, root, root / subtree if subtree else None)
        case other:
            raise InputError(f"{other} are not documents")


def make_confluence(settings: Settings, space: str) -> Source:
    from vigie.sources.confluence import ConfluenceSource
    from vigie.sources.confluence_client import ConfluenceClient
    from vigie.sources.confluence_v2 import wiki_base

    if settings.confluence_url is None:
        raise SettingError("CONFLUENCE_URL is not set: set it to the wiki's address")
    password, token = settings.confluence_password, settings.confluence_token
    client = ConfluenceClient(
        wiki_base(settings.confluence_url),
        username=settings.confluence_username,
        password=password.get_secret_value() if password else None,
        token=token.get_secret_value() if token else None,
    )
    return ConfluenceSource(client, space, _extract() if settings.confluence_attachments else None)


def check_attachments(settings: Settings) -> None:
    """Raises SettingError where they are to be read and nothing here reads them."""
    if settings.confluence_url and settings.confluence_attachments and find_spec("pypdf") is None:
        raise _nothing_reads_them()


def _extract() -> Callable[[str, bytes], str]:
    try:
        from vigie.sources.attachment_text import text_of
    except ImportError as error:
        raise _nothing_reads_them() from error
    return text_of


def _nothing_reads_them() -> SettingError:
    return SettingError(
        "CONFLUENCE_ATTACHMENTS=yes cannot be used: `pip install 'vigie[attachments]'` installs what reads them"
    )


def code_roots(settings: Settings, inputs: Inputs) -> dict[str, Path]:
    """name -> folder; a name is the folder's own, or its whole path where two are called the same."""
    roots = inputs.code or settings.code_roots
    names = [root.name for root in roots]
    return {root.name if names.count(root.name) == 1 and root.name else str(root): root for root in roots}
