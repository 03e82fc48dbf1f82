"""A Confluence space over real HTTP, its faults included."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from vigie.errors import SourceError, SourceRefused
from vigie.sources.confluence import ConfluenceSource
from vigie.sources.confluence_client import ConfluenceClient
from vigie.testing.confluence import LOGIN_PAGE, FakeConfluence, Fault, Page
from vigie.types import Document, Item, Skip


@pytest.fixture
def wiki() -> Iterator[FakeConfluence]:
    pages = [Page(str(n), f"Page {n}", f"<h1>Titre {n}</h1><p>Contenu {n}</p>") for n in range(230)]
    with FakeConfluence(pages) as server:
        yield server


def source(wiki: FakeConfluence, **login: str) -> ConfluenceSource:
    credentials = login or {"username": "vigie", "password": "vigie"}
    return ConfluenceSource(ConfluenceClient(wiki.url, sleep=lambda seconds: None, **credentials), "IV2")  # type: ignore[arg-type]


def items(found: list[Item | Skip]) -> set[str]:
    return {each.native_id for each in found if isinstance(each, Item)}


def skips(found: list[Item | Skip] | list[Document | Skip]) -> dict[str, str]:
    return {each.native_id: each.reason for each in found if isinstance(each, Skip)}


def test_every_page_is_listed_once_and_read(wiki: FakeConfluence) -> None:
    space = source(wiki)
    listed = list(space.scan())
    assert items(listed) == set(wiki.pages)
    read = [d for d in space.read([i for i in listed if isinstance(i, Item)]) if isinstance(d, Document)]
    assert {d.native_id for d in read} == set(wiki.pages)
    first = next(d for d in read if d.native_id == "7")
    assert first.title == "Page 7"
    assert first.text.strip() == "# Titre 7\n\nContenu 7"
    assert first.url == f"{wiki.url}/pages/viewpage.action?pageId=7"
    assert first.updated_at is not None
    assert {seen.method for seen in wiki.requests} == {"GET"}


def test_the_version_of_what_is_read_is_that_of_the_listing(wiki: FakeConfluence) -> None:
    space = source(wiki)
    item = next(i for i in space.scan() if isinstance(i, Item))
    (document,) = space.read([item])
    assert isinstance(document, Document)
    assert document.version == item.version


def test_a_new_title_or_place_is_a_new_version(wiki: FakeConfluence) -> None:
    before = {i.native_id: i.version for i in source(wiki).scan() if isinstance(i, Item)}
    wiki.edit("3", parent="1")
    wiki.edit("4", title="Autre")
    after = {i.native_id: i.version for i in source(wiki).scan() if isinstance(i, Item)}
    assert {id_ for id_ in before if before[id_] != after[id_]} == {"3", "4"}


def test_drafts_and_trash_stay_out(wiki: FakeConfluence) -> None:
    wiki.edit("3", status="draft")
    wiki.edit("4", status="trashed")
    assert items(list(source(wiki).scan())) == set(wiki.pages) - {"3", "4"}


def test_a_foreign_next_is_never_followed(wiki: FakeConfluence) -> None:
    with FakeConfluence([Page("666", "Piège", "<p>piège</p>")]) as foreign:
        wiki.foreign_next = f"{foreign.url}/rest/api/content?start=100"
        assert items(list(source(wiki).scan())) == set(wiki.pages)
        assert foreign.requests == []


def test_a_next_that_repeats_itself_ends(wiki: FakeConfluence) -> None:
    wiki.foreign_next = "/rest/api/content?start=0"
    assert items(list(source(wiki).scan())) == set(wiki.pages)


def test_an_unusable_next_does_not_end_the_listing(wiki: FakeConfluence) -> None:
    for odd in ("::::", "http://[", "/rest/api/content?cursor="):
        wiki.foreign_next = odd
        assert items(list(source(wiki).scan())) == set(wiki.pages), odd


def test_a_page_deleted_during_the_listing_hides_no_other(wiki: FakeConfluence) -> None:
    asked = 0

    def delete_once(path: str) -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            wiki.remove("0", "1", "2")

    wiki.before = delete_once
    assert items(list(source(wiki).scan())) == set(wiki.pages)


def test_own_inherited_and_late_restrictions_are_seen(wiki: FakeConfluence) -> None:
    wiki.edit("10", parent="9")
    wiki.edit("11", parent="10")
    assert not skips(list(source(wiki).scan()))
    wiki.edit("9", groups=("direction",))
    wiki.edit("20", users=("chef",))
    assert skips(list(source(wiki).scan())) == dict.fromkeys(["9", "10", "11", "20"], "restricted")


def test_an_ancestor_outside_the_listing_is_asked_for(wiki: FakeConfluence) -> None:
    wiki.put(Page("900", "Ailleurs", "", space="AUTRE", groups=("direction",)))
    wiki.edit("5", parent="900")
    assert skips(list(source(wiki).scan())) == {"5": "restricted"}


def test_restrictions_missing_from_the_listing_are_asked_for() -> None:
    pages = [Page("1", "Un", ""), Page("2", "Deux", "", users=("chef",)), Page("3", "Trois", "", parent="2")]
    with FakeConfluence(pages, inline_restrictions=False) as wiki:
        found = list(source(wiki).scan())
        assert items(found) == {"1"}
        assert skips(found) == {"2": "restricted", "3": "restricted"}


def test_what_happens_between_list_and_read_is_told(wiki: FakeConfluence) -> None:
    space = source(wiki)
    listed = [i for i in space.scan() if isinstance(i, Item)]
    wiki.remove("1")
    wiki.edit("2", users=("chef",))
    wiki.edit("3", status="trashed")
    wiki.edit("4", body="<p>neuf</p>")
    read = list(space.read(listed))
    assert skips(read).keys() == {"1", "2", "3"}
    assert skips(read)["2"] == "restricted"
    assert not any(s.transient for s in read if isinstance(s, Skip))
    assert next(d.text for d in read if d.native_id == "4" and isinstance(d, Document)).strip() == "neuf"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(429, {"retry-after": "9223372036854775807"}),
        Fault(429, {"retry-after": "Fri, 31 Dec 1999 23:59:59 GMT"}),
        Fault(503, {"retry-after": "soon"}),
        Fault(500),
        Fault(504),
        Fault(200, {"content-type": "application/json"}, b'{"results": [{"id"'),
        Fault(cut=40),
    ],
    ids=["absurd 429", "dated 429", "odd 503", "500", "504", "truncated JSON", "cut answer"],
)
def test_a_passing_fault_loses_nothing(wiki: FakeConfluence, fault: Fault) -> None:
    wiki.faults = [fault, fault, None, fault]
    assert items(list(source(wiki).scan())) == set(wiki.pages)


def test_waits_are_capped() -> None:
    waits: list[float] = []
    with FakeConfluence([Page("1", "Un", "")]) as wiki:
        wiki.faults = [Fault(429, {"retry-after": "9223372036854775807"}), Fault(429, {"retry-after": "2"})]
        client = ConfluenceClient(wiki.url, username="vigie", password="vigie", sleep=waits.append)
        assert items(list(ConfluenceSource(client, "IV2").scan())) == {"1"}
    assert waits == [30.0, 2.0]


@pytest.mark.parametrize("login", [{"username": "vigie", "password": "faux"}, {"token": "faux"}])
def test_a_refused_login_is_never_tried_again(wiki: FakeConfluence, login: dict[str, str]) -> None:
    space = source(wiki, **login)
    with pytest.raises(SourceRefused, match="CONFLUENCE_"):
        list(space.scan())
    with pytest.raises(SourceRefused):
        list(space.scan())
    assert len(wiki.requests) == 1


def test_a_token_is_accepted() -> None:
    with FakeConfluence([Page("1", "Un", "")], username=None, token="jeton") as wiki:
        assert items(list(source(wiki, token="jeton").scan())) == {"1"}


def test_a_login_page_with_status_200_is_no_data(wiki: FakeConfluence) -> None:
    wiki.faults = [Fault(200, {"content-type": "text/html"}, LOGIN_PAGE.encode())]
    with pytest.raises(SourceRefused, match="login"):
        list(source(wiki).scan())


def test_a_wiki_that_stays_down_fails_with_its_reason(wiki: FakeConfluence) -> None:
    wiki.faults = [Fault(503)] * 50
    with pytest.raises(SourceError, match="503"):
        list(source(wiki).scan())


def test_one_unreadable_page_is_kept_and_a_dead_wiki_stops_the_read(wiki: FakeConfluence) -> None:
    space = source(wiki)
    listed = [i for i in space.scan() if isinstance(i, Item)]
    one = [listed[0]]
    wiki.faults = [Fault(500)] * 6
    (found,) = space.read(one)
    assert isinstance(found, Skip)
    assert found.transient
    wiki.faults = [Fault(500)] * 500
    with pytest.raises(SourceError, match="stopped answering"):
        list(space.read(listed))


def test_an_unknown_space_says_what_to_check(wiki: FakeConfluence) -> None:
    client = ConfluenceClient(wiki.url, username="vigie", password="vigie", sleep=lambda seconds: None)
    with pytest.raises(SourceError, match="CONFLUENCE_SPACE"):
        list(ConfluenceSource(client, "NOPE").scan())
