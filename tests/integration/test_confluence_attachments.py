"""Files attached to wiki pages: PDF by page number, plain text as it is, seen by whoever sees the page."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from commands import refused, vigie
from reading import scanned

from vigie.chunk.document import chunk_document
from vigie.errors import SettingError, SourceError
from vigie.settings import Settings, load
from vigie.sources import confluence_attachments
from vigie.sources.confluence import ConfluenceSource
from vigie.sources.confluence_client import ConfluenceClient
from vigie.testing.confluence import FakeConfluence, Page
from vigie.testing.confluence_faults import server_error
from vigie.testing.confluence_pages import File
from vigie.testing.embedder import HashingEmbedder
from vigie.types import Document, Item, Skip
from vigie.wiring import make_confluence

pytest.importorskip("pypdf", reason="pypdf is not installed (extra `attachments`)")


def pdf(*pages: Sequence[str]) -> bytes:
    """A PDF of these lines, page by page."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for n, lines in enumerate(pages):
        stream = "BT /F1 12 Tf 14 TL 72 720 Td " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * n} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{one}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    return (
        out
        + (
            f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
            f"startxref\n{len(out)}\n%%EOF"
        ).encode()
    )


LONG = [f"Etape {n} : verifier le lot {n * 7} avant la relance du flux SEPA" for n in range(30)]
RUNBOOK = pdf(["Procedure de reprise", *LONG], ["# Contacts", "Appeler le 4312", *LONG])


@pytest.fixture(params=["v1", "v2"])
def wiki(request: pytest.FixtureRequest) -> Iterator[FakeConfluence]:
    with FakeConfluence(context="/wiki", username=None, apis=[request.param]) as fake:
        fake.put(
            Page("1", "Accueil"),
            Page("2", "Reprise", "<p>corps</p>", parent="1", files=(
                File("att1", "runbook v2.pdf", RUNBOOK),
                File("att2", "notes.txt", "Clé périmée à 8 h.".encode("cp1252"), "text/plain"),
                File("att3", "plan.png", b"\x89PNG", "image/png"),
            )),
        )  # fmt: skip
        yield fake


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.chdir(str(tmp_path))


def source(wiki: FakeConfluence, **more: object) -> ConfluenceSource:
    from vigie.sources.attachment_text import text_of

    client = ConfluenceClient(wiki.url, sleep=lambda seconds: None, **more)  # type: ignore[arg-type]
    return ConfluenceSource(client, "IV2", text_of)


def one(reader: ConfluenceSource, id_: str) -> Document | Skip:
    (found,) = reader.read([Item(id_, "old")])
    assert found.native_id == id_
    return found


def test_files_are_documents_of_their_own_cited_by_page_file_and_page_number(wiki: FakeConfluence) -> None:
    items, skips = scanned(source(wiki))
    assert (set(items), skips) == ({"1", "2", "2/att1", "2/att2"}, {})
    runbook = one(source(wiki), "2/att1")
    assert isinstance(runbook, Document)
    assert runbook.version == items["2/att1"]
    assert runbook.title == "Reprise › runbook v2.pdf"
    assert runbook.url is not None
    assert runbook.url.startswith(wiki.url)
    chunks = chunk_document(runbook, HashingEmbedder().count_tokens, 200, 0)
    cited = {chunk.locator: chunk.text for chunk in chunks}
    assert set(cited) == {"p. 1", "p. 2"}
    assert "Appeler le 4312" in "".join(c.text for c in chunks if c.locator == "p. 2")
    assert "# Contacts" in runbook.text  # a line of the file, not a heading
    notes = one(source(wiki), "2/att2")
    assert isinstance(notes, Document)
    assert notes.text == "Clé périmée à 8 h."


def test_without_the_setting_no_file_is_listed(wiki: FakeConfluence) -> None:
    reader = ConfluenceSource(ConfluenceClient(wiki.url), "IV2")
    assert set(scanned(reader)[0]) == {"1", "2"}
    assert not [r for r in wiki.requests if "attachment" in r.target]


def test_a_new_file_version_or_page_title_is_a_new_version(wiki: FakeConfluence) -> None:
    first, _ = scanned(source(wiki))
    files = wiki.pages["2"].files
    wiki.edit("2", files=(File("att1", "runbook v2.pdf", RUNBOOK, version=2), *files[1:]))
    second, _ = scanned(source(wiki))
    assert {k for k in second if second[k] != first[k]} == {"2/att1"}
    wiki.edit("2", title="Relance")
    third, _ = scanned(source(wiki))
    assert {k for k in third if third[k] != second[k]} == {"2", "2/att1", "2/att2"}
    wiki.edit("2", files=files[1:])
    assert set(scanned(source(wiki))[0]) == {"1", "2", "2/att2"}


def test_files_have_the_view_rights_of_their_page_and_of_the_pages_above(wiki: FakeConfluence) -> None:
    wiki.edit("1", groups=("admins",))
    items, skips = scanned(source(wiki))
    assert items == {}
    assert skips == dict.fromkeys(["1", "2", "2/att1", "2/att2"], "restricted")
    assert isinstance(one(source(wiki), "2/att1"), Skip)
    wiki.edit("1", groups=())
    assert isinstance(one(source(wiki), "2/att1"), Document)
    wiki.before("/download/", lambda: wiki.edit("2", users=("anna",)))  # while it is read
    assert isinstance(one(source(wiki), "2/att1"), Skip)


def test_what_holds_no_text_is_left_out_with_its_reason(wiki: FakeConfluence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.sources.confluence.LARGEST", 5_000)
    bad = {
        "cut.pdf": (RUNBOOK[:400], "cannot be read as PDF|no text"),
        "junk.pdf": (b"%PDF-1.7 \xff\x00" * 20, "cannot be read as PDF"),
        "scan.pdf": (pdf([]), "no text"),
        "core.log": (b"\x00\x01" * 50, "no text"),
        "huge.txt": (b"x" * 6_000, "more than 5,000"),
    }
    files = [File(f"att{n}", name, body) for n, (name, (body, _)) in enumerate(bad.items(), 20)]
    files = [f if f.name.endswith("pdf") else File(f.id, f.name, f.content, "text/plain") for f in files]
    wiki.edit("2", files=tuple(files))
    for file in files:
        found = one(source(wiki), f"2/{file.id}")
        assert isinstance(found, Skip)
        assert not found.transient
        assert file.name in found.reason
        assert any(word in found.reason for word in bad[file.name][1].split("|")), found.reason


def test_files_that_cannot_be_listed_make_the_listing_incomplete(wiki: FakeConfluence) -> None:
    wiki.fault(server_error(), "attachment", times=999)
    with pytest.raises(SourceError):
        scanned(source(wiki))


def test_a_download_on_a_media_host_gets_no_credentials_and_any_other_redirect_is_refused() -> None:
    page = Page("2", "Reprise", files=(File("att1", "notes.txt", b"Relancer.", "text/plain"),))
    with (
        FakeConfluence([page], context="/wiki", username=None, token="secret") as wiki,
        FakeConfluence([page], context="", username=None) as media,
    ):
        wiki.media = media.url.replace("127.0.0.1", "localhost")
        found = one(source(wiki, token="secret", media_hosts=("localhost",)), "2/att1")
        assert isinstance(found, Document)
        assert found.text == "Relancer."
        assert media.requests
        assert all("authorization" not in request.headers for request in media.requests)
        media.requests.clear()
        with pytest.raises(SourceError, match="redirects to localhost"):
            one(source(wiki, token="secret"), "2/att1")
        assert not media.requests


def test_a_missing_extra_stops_the_program_at_once_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigie.wiring.sources.find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONFLUENCE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CONFLUENCE_ATTACHMENTS", "yes")
    assert refused(vigie("ingest", "confluence"), "CONFLUENCE_ATTACHMENTS=yes", "pip install 'vigie[attachments]'")


def test_a_missing_extra_says_what_to_install(settings: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pypdf", None)
    monkeypatch.delitem(sys.modules, "vigie.sources.attachment_text", raising=False)
    on = load(CONFLUENCE_URL="https://wiki.example", CONFLUENCE_ATTACHMENTS="yes")
    with pytest.raises(SettingError, match=r"CONFLUENCE_ATTACHMENTS=yes.*pip install 'vigie\[attachments\]'"):
        make_confluence(on, "IV2")
    make_confluence(load(CONFLUENCE_URL="https://wiki.example"), "IV2")


def test_many_files_are_listed_to_the_end(wiki: FakeConfluence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(confluence_attachments, "LIMIT", 3)
    wiki.edit("2", files=tuple(File(f"att{n}", f"{n}.txt", b"x", "text/plain") for n in range(10)))
    assert {f"2/att{n}" for n in range(10)} <= set(scanned(source(wiki))[0])
