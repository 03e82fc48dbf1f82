"""Confluence Cloud over real HTTP: REST v2 where v1 is gone, cursors, `/wiki`, an e-mail address with an API token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from reading import read, scanned

from vigie.errors import SourceError, SourceRefused
from vigie.index.text import TantivyText
from vigie.records.generations import ParquetRecords
from vigie.sources import confluence_content as content
from vigie.sources import confluence_listing
from vigie.sources.confluence import ConfluenceSource
from vigie.sources.confluence_client import ConfluenceClient
from vigie.sources.confluence_v2 import wiki_base
from vigie.store.ledger import SqliteLedger
from vigie.sync.child import InlineWorker
from vigie.sync.indexing import Indexer
from vigie.sync.prepare import Discovery, Families, Preparer
from vigie.sync.run import Syncer
from vigie.testing.confluence import FakeConfluence, Page
from vigie.testing.confluence_faults import answer, server_error
from vigie.testing.embedder import HashingEmbedder
from vigie.testing.vectors import MemoryVectors
from vigie.types import EVERYTHING, Document, Skip, SourceRef

EMAIL, TOKEN = "ops@example.org", "ATATT3x-token"
Make = Callable[..., ConfluenceSource]


@pytest.fixture(params=["v2", "v1 v2", "v1"])
def wiki(request: pytest.FixtureRequest) -> Iterator[FakeConfluence]:
    """A Cloud site: with v1 gone, with both, and v1 alone, as older sites answer."""
    apis = str(request.param).split()
    with FakeConfluence(context="/wiki", username=EMAIL, password=TOKEN, spaces=["IV2", "VIDE"], apis=apis) as fake:
        yield fake


@pytest.fixture
def v2() -> Iterator[FakeConfluence]:
    with FakeConfluence(context="/wiki", username=EMAIL, password=TOKEN, spaces=["IV2"], apis=["v2"]) as fake:
        yield fake


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Make:
    def make(wiki: FakeConfluence, space: str = "IV2", window: int = 100, token: str = TOKEN) -> ConfluenceSource:
        monkeypatch.setattr(confluence_listing, "LIMIT", window)
        client = ConfluenceClient(wiki.url, username=EMAIL, token=token, sleep=lambda seconds: None)
        return ConfluenceSource(client, space)

    return make


def tree() -> list[Page]:
    return [
        Page("1", "Accueil", "<p>racine</p>"),
        Page("2", "Exploitation", "<p>dossier</p>", parent="1"),
        Page("3", "AUTH-401", "<p>Renouveler le jeton.</p>", parent="2"),
        Page("4", "Secrets", "<p>restreint</p>", parent="1", groups=("admins",)),
        Page("5", "Sous les secrets", "<p>hérité</p>", parent="4"),
        Page("6", "Ailleurs", "<p>autre espace</p>", space="RH"),
        Page("7", "Brouillon", "<p>non</p>", status="draft"),
        Page("8", "Billet", "<p>non</p>", type="blogpost"),
    ]


# ------------------------------------------------------------------ v1 and v2 alike


def test_a_space_is_listed_and_read_by_its_key_with_the_view_rights_of_its_pages(
    wiki: FakeConfluence, source: Make
) -> None:
    wiki.put(*tree())
    items, skips = scanned(source(wiki))
    assert (set(items), skips) == ({"1", "2", "3"}, {"4": "restricted", "5": "restricted"})
    found = read(source(wiki), "1", "2", "3", "5", "404")
    assert {key: one.version for key, one in found.items() if isinstance(one, Document)} == items
    document = found["3"]
    assert isinstance(document, Document)
    assert (document.title, document.text) == ("AUTH-401", "Renouveler le jeton.")
    assert document.url is not None
    assert document.url.startswith(f"{wiki.url}/")  # /wiki once
    assert document.url.count("/wiki") == 1
    assert document.updated_at is not None
    assert isinstance(found["5"], Skip)
    assert isinstance(found["404"], Skip)
    assert wiki.failed_logins == 0
    assert {request.method for request in wiki.requests} == {"GET"}


def test_every_page_of_many_windows_is_listed(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*(Page(str(n), f"Page {n}", visible=n % 5 != 0) for n in range(1, 48)))
    items, skips = scanned(source(wiki, window=7))
    assert set(items) == {str(n) for n in range(1, 48) if n % 5}
    assert skips == {}


def test_an_edit_changes_the_version_and_nothing_else_does(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*tree())
    before, _ = scanned(source(wiki))
    assert scanned(source(wiki))[0] == before
    wiki.edit("3", body="<p>autre</p>")
    after, _ = scanned(source(wiki))
    assert {key for key in after if after[key] != before[key]} == {"3"}


def test_an_empty_space_is_empty_and_an_unknown_one_is_an_error(wiki: FakeConfluence, source: Make) -> None:
    assert scanned(source(wiki, "VIDE")) == ({}, {})
    with pytest.raises(SourceError, match="space NEANT does not exist"):
        scanned(source(wiki, "NEANT"))


def test_a_refused_token_is_tried_once(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*tree())
    with pytest.raises(SourceRefused, match="CONFLUENCE_TOKEN"):
        scanned(source(wiki, token="expired"))
    assert wiki.failed_logins == 1


# ------------------------------------------------------------------ v2 alone


def listed(following: object) -> bytes:
    """Four pages as v2 lists them, with that `next`."""
    page = {"status": "current", "parentId": None, "version": {"number": 1}}
    results = [page | {"id": str(n), "title": f"Page {n}"} for n in range(1, 5)]
    return json.dumps({"results": results, "_links": {"next": following}}).encode()


@pytest.mark.parametrize("following", [None, ""])
def test_a_listing_without_next_is_at_its_end(v2: FakeConfluence, source: Make, following: object) -> None:
    v2.put(*(Page(str(n), f"Page {n}") for n in range(1, 5)))
    v2.fault(answer(listed(following)), "/pages?", times=99)
    assert set(scanned(source(v2))[0]) == {"1", "2", "3", "4"}


@pytest.mark.parametrize(
    "following", [42, "/wiki/api/v2/spaces/1/pages", "/wiki/api/v2/x?cursor=", "::::", "https://evil.example/?cursor="]
)
def test_a_next_that_cannot_be_followed_is_no_complete_listing(
    v2: FakeConfluence, source: Make, following: object
) -> None:
    v2.fault(answer(listed(following)), "/pages?", times=99)
    with pytest.raises(SourceError, match="not complete"):
        scanned(source(v2))


def test_pages_in_a_folder_have_the_rights_of_the_folder(v2: FakeConfluence, source: Make) -> None:
    v2.put(Page("1", "Accueil"), Page("9", "Dossier", type="folder", parent="1"), Page("2", "Dedans", parent="9"))
    assert set(scanned(source(v2))[0]) == {"1", "2"}
    v2.edit("9", users=("anna",))
    assert scanned(source(v2))[1] == {"2": "restricted"}
    assert isinstance(read(source(v2), "2")["2"], Skip)


def test_a_page_whose_ancestors_cannot_be_told_is_left_out(v2: FakeConfluence, source: Make) -> None:
    v2.put(Page("1", "Accueil"), Page("2", "Dedans", parent="1"))
    v2.fault(server_error(), "/pages/2/ancestors", times=99)
    found = read(source(v2), "2")["2"]
    assert isinstance(found, Skip)
    assert found.transient


def test_a_page_moved_to_another_space_is_left_out(v2: FakeConfluence, source: Make) -> None:
    v2.put(Page("1", "Accueil"), Page("6", "Ailleurs", space="RH"))
    found = read(source(v2), "6")["6"]
    assert isinstance(found, Skip)
    assert "moved to space" in found.reason


def test_restrictions_that_v1_no_longer_tells_hide_the_pages(v2: FakeConfluence, source: Make) -> None:
    v2.put(*tree())
    v2.fault(answer(b"{}", 410), "restriction", times=999)
    items, skips = scanned(source(v2))
    assert items == {}
    assert all(reason.startswith("restricted") for reason in skips.values())


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("https://team.atlassian.net", "https://team.atlassian.net/wiki"),
        ("https://team.atlassian.net/", "https://team.atlassian.net/wiki"),
        ("https://team.atlassian.net/wiki/spaces/IV2/overview", "https://team.atlassian.net/wiki"),
        ("https://wiki.example.com/confluence/", "https://wiki.example.com/confluence"),
        ("https://atlassian.net.example.com", "https://atlassian.net.example.com"),
    ],
)
def test_the_address_of_a_cloud_site_gets_its_wiki(given: str, base: str) -> None:
    assert wiki_base(given) == base


# ------------------------------------------------------------------ what a page shows of others


def include(title: str, space: str = "", macro: str = "include") -> str:
    key = f' ri:space-key="{space}"' if space else ""
    page = f'<ac:link><ri:page{key} ri:content-title="{title}" /></ac:link>'
    return (
        f'<ac:structured-macro ac:name="{macro}"><ac:parameter ac:name="">{page}</ac:parameter></ac:structured-macro>'
    )


def text(source: ConfluenceSource, id_: str) -> str:
    found = read(source, id_)[id_]
    assert isinstance(found, Document), found
    return found.text


def test_what_a_page_includes_is_read_with_it(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(
        Page("1", "Consigne", f"<h1>Reprise</h1>{include('Contacts')}<p>fin</p>"),
        Page("2", "Contacts", f"<p>Appeler le 4312.</p>{include('Horaires', macro='excerpt-include')}"),
        Page("3", "Horaires", "<p>De 8 h à 20 h.</p>"),
    )
    shown = text(source(wiki), "1")
    assert "Appeler le 4312." in shown
    assert "De 8 h à 20 h." in shown
    assert shown.startswith("# Reprise")
    # Read at each sync: what is included has versions and rights of its own.
    items, _ = scanned(source(wiki))
    document = read(source(wiki), "1")["1"]
    assert isinstance(document, Document)
    assert document.version != items["1"]
    plain = read(source(wiki), "3")["3"]
    assert isinstance(plain, Document)
    assert plain.version == items["3"]


@pytest.mark.parametrize(
    "close",
    [
        lambda wiki: wiki.edit("3", groups=("admins",)),
        lambda wiki: wiki.edit("2", users=("anna",)),
        lambda wiki: (wiki.put(Page("9", "Parent", groups=("admins",))), wiki.edit("3", parent="9")),
        lambda wiki: wiki.edit("3", space="RH"),
        lambda wiki: wiki.edit("3", visible=False),
        lambda wiki: wiki.edit("2", body=f"<p>SECRET</p>{include('Paie', 'RH')}"),
        lambda wiki: wiki.edit("2", body=f"<p>SECRET</p>{include('Absente')}"),
        lambda wiki: wiki.edit("2", body='<p>SECRET</p><ac:structured-macro ac:name="contentbylabel" />'),
        lambda wiki: wiki.fault(server_error(), "/2?", times=999),
    ],
)
def test_nothing_is_shown_of_a_page_that_not_everybody_may_see(
    wiki: FakeConfluence, source: Make, close: Callable[[FakeConfluence], object]
) -> None:
    wiki.put(
        Page("1", "Consigne", f"<p>début</p>{include('Contacts')}<p>fin</p>"),
        Page("2", "Contacts", f"<p>SECRET</p>{include('Horaires')}"),
        Page("3", "Horaires", "<p>SECRET aussi</p>"),
        Page("4", "Paie", "<p>SECRET</p>", space="RH"),
    )
    assert text(source(wiki), "1").count("SECRET") == 2
    close(wiki)
    shown = text(source(wiki), "1")
    assert "SECRET" not in shown
    assert "début" in shown
    assert "Contacts" in shown  # the macro's own words stay


def test_a_restriction_that_comes_while_the_page_is_read_hides_what_it_includes(
    wiki: FakeConfluence, source: Make
) -> None:
    wiki.put(Page("1", "Consigne", f"<p>début</p>{include('Contacts')}"), Page("2", "Contacts", "<p>SECRET</p>"))
    wiki.before("view", lambda: wiki.edit("1", parent="2"))
    wiki.before("view", lambda: wiki.edit("2", groups=("admins",)))
    found = read(source(wiki), "1")["1"]
    assert isinstance(found, Skip) or "SECRET" not in found.text


def test_a_page_without_storage_format_is_read_as_it_is_shown_without_what_it_shows_of_others(
    wiki: FakeConfluence, source: Make
) -> None:
    wiki.put(
        Page("1", "Consigne", f"<h2>Reprise</h2><p>début</p>{include('Contacts')}<p>fin</p>"),
        Page("2", "Contacts", "<p>SECRET</p>"),
    )
    wiki.fault(server_error(), "storage", times=999)
    found = read(source(wiki), "1")["1"]
    assert isinstance(found, Document)
    assert found.text == "## Reprise\n\ndébut\n\nfin"
    items, _ = scanned(source(wiki))
    assert found.version != items["1"]  # asked for again next time
    asked = [request for request in wiki.requests if "storage" in request.target]
    assert len(asked) == 8  # five of them after the other form came: no sync waits long for a broken page


@pytest.mark.parametrize("times", [3, 5, 7])
def test_a_burst_of_faults_does_not_change_a_page_into_what_is_shown_of_it(
    wiki: FakeConfluence, source: Make, times: int
) -> None:
    code = '<ac:structured-macro ac:name="code"><ac:plain-text-body><![CDATA[a  \t<b>]]></ac:plain-text-body>'
    wiki.put(Page("1", "Consigne", f"{code}</ac:structured-macro>"))
    items, _ = scanned(source(wiki))
    wiki.fault(server_error(500), "body.storage", times=times)
    found = read(source(wiki), "1")["1"]
    assert found.version == items["1"]
    assert "a  \t<b>" in found.text


def test_a_wiki_that_is_away_for_a_while_is_waited_for(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Consigne", "<p>début</p>"))
    items, _ = scanned(source(wiki))
    wiki.fault(server_error(503), "body", times=11)
    found = read(source(wiki), "1")["1"]
    assert (found.version, found.text) == (items["1"], "début")


def test_storage_that_the_new_editor_wrote_gives_its_words(wiki: FakeConfluence, source: Make) -> None:
    body = (
        '<ac:adf-extension><ac:adf-node type="panel"><ac:adf-attribute key="panel-type">note</ac:adf-attribute>'
        "<ac:adf-content><p>Ne pas relancer avant 8 h.</p></ac:adf-content></ac:adf-node>"
        "<ac:adf-fallback><div><p>Ne pas relancer avant 8 h.</p></div></ac:adf-fallback></ac:adf-extension>"
        '<p local-id="5f1"><time datetime="2026-01-01" /> <ac:link><ri:user ri:account-id="u1" /></ac:link> suite</p>'
    )
    wiki.put(Page("1", "Note", body))
    shown = text(source(wiki), "1")
    assert shown.count("Ne pas relancer avant 8 h.") == 1
    assert "2026-01-01" in shown
    assert "suite" in shown


def test_a_second_sync_changes_nothing_and_a_closed_page_goes_from_those_that_include_it(
    v2: FakeConfluence, source: Make, tmp_path: Path
) -> None:
    v2.put(
        Page("1", "Consigne", f"<p>début</p>{include('Contacts')}"),
        Page("2", "Contacts", "<p>SECRET</p>"),
    )
    ledger, vectors = SqliteLedger(tmp_path / "ledger.db"), MemoryVectors()
    text = TantivyText(tmp_path / "text")
    bodies = ParquetRecords(tmp_path / "records")
    families = Families(
        lambda kind: Discovery((SourceRef("confluence", "IV2"),) if kind == "confluence" else (), complete=False),
        lambda ref, subtree: source(v2),
        lambda ref: (_ for _ in ()).throw(AssertionError),
        bodies,
        lambda kind: HashingEmbedder(),
    )
    syncer = Syncer(
        ledger,
        Indexer(ledger, vectors, text),
        bodies,
        lambda: InlineWorker(Preparer(families)),
        lambda: datetime(2026, 11, 20, tzinfo=UTC),
    )

    def synced() -> tuple[str, int, int, int, str]:
        line = syncer.run().sources[0]
        held = " ".join(p.chunk.text for p in ledger.passages(ledger.chunk_ids("confluence"), EVERYTHING).values())
        return line.status, line.written, line.unchanged, line.embedded, held

    assert synced()[:4] == ("ok", 2, 0, 2)
    status, written, unchanged, embedded, held = synced()
    assert (status, written, unchanged, embedded) == ("ok", 0, 2, 0)
    assert held.count("SECRET") == 2
    v2.edit("2", groups=("admins",))
    *_, held = synced()
    assert "SECRET" not in held
    assert "début" in held
    text.close()
    ledger.close()


# ------------------------------------------------------------------ answers that were recorded


def test_recorded_answers_of_a_cloud_site_are_understood(shared_data: Callable[[str], Path]) -> None:
    folder = shared_data("confluence_rest")
    recorded = folder / "v1_cloud_recorded"
    base = "https://ctreminiom.atlassian.net/wiki"
    page = json.loads((recorded / "get-content.json").read_bytes())
    assert content.page_id(page) == "64290828"
    assert content.web_url(page, base) == f"{base}/spaces/DUMMY/pages/64290828/Confluence+Page+Title"
    listed = json.loads((recorded / "get-contents.json").read_bytes())
    assert all(content.page_id(one) and content.is_current_page(one) for one in listed["results"])
    children = json.loads((recorded / "get-content-children.json").read_bytes())
    assert content.page_id(children["attachment"]["results"][0]) == "att80412673"
    shapes = json.loads((folder / "rest_shapes.json").read_bytes())
    v2_page = shapes["cloud_v2_pages_cursor"]["body"]
    (one,) = v2_page["results"]
    assert content.version_of(one, base) is not None
    assert content.body_of(one, "storage") == "<p>This is a test page content.</p>"
    assert content.next_position(v2_page) == {"cursor": "next-page-token"}
    assert content.next_position(shapes["cloud_v1_spaces_page"]["body"]) == {"start": "5"}
    assert content.view_restriction(shapes["cloud_v1_restriction_read"]["body"]) is True
