"""A space read over real HTTP: paging, restrictions, what changes while it is read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from reading import read, scanned

from vigie.errors import SourceError, SourceRefused, SourceUnreachable
from vigie.sources import confluence_listing
from vigie.sources.confluence import GROUP, ConfluenceSource
from vigie.sources.confluence_client import ConfluenceClient
from vigie.testing.confluence import FakeConfluence, Page, load_wiki
from vigie.testing.confluence_faults import (
    Reply,
    answer,
    cut_connection,
    dropped_connection,
    login_page,
    rewritten,
    server_error,
    too_many_requests,
    truncated_json,
)
from vigie.types import Document, Item, Skip

LIST = "/rest/api/content?"
READ = "body.storage"
ONE = "expand=space"  # one page, with its body or without
Change = Callable[[Reply], Reply]


def pages(count: int, *, first: int = 1, **fields: object) -> list[Page]:
    return [
        Page(id=str(n), title=f"Page {n}", body=f"<p>Corps {n}</p>", **fields)  # type: ignore[arg-type]
        for n in range(first, first + count)
    ]


@pytest.fixture
def wiki() -> Iterator[FakeConfluence]:
    with FakeConfluence(username=None, spaces=["IV2", "VIDE"]) as fake:
        yield fake


@pytest.fixture
def source(wiki: FakeConfluence, monkeypatch: pytest.MonkeyPatch) -> Make:
    """A source of the wiki that waits for nothing; `window`: pages listed at a time."""

    def make(space: str = "IV2", window: int = 100) -> ConfluenceSource:
        monkeypatch.setattr(confluence_listing, "LIMIT", window)
        return ConfluenceSource(ConfluenceClient(wiki.url, sleep=lambda seconds: None), space)

    return make


Make = Callable[..., ConfluenceSource]


# ------------------------------------------------------------------ what is listed and read


def test_a_space_is_listed_and_read_whole(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(25):
        wiki.put(page)
    wiki.put(Page("99", "Ailleurs", space="AUTRE"))
    reader = source(window=10)
    items, skips = scanned(reader)
    assert set(items) == {str(n) for n in range(1, 26)}
    assert skips == {}
    documents = list(reader.read(Item(key, version) for key, version in items.items()))
    assert {one.native_id: one.version for one in documents if isinstance(one, Document)} == items
    document = next(one for one in documents if one.native_id == "7")
    assert isinstance(document, Document)
    assert (document.title, document.text) == ("Page 7", "Corps 7")
    assert document.url == f"{wiki.url}/display/IV2/Page+7"
    assert document.updated_at is not None
    assert document.updated_at.isoformat() == "2026-01-05T08:00:00+00:00"
    assert {request.method for request in wiki.requests} == {"GET"}


def test_drafts_trash_blog_posts_stay_out(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(pages(1)[0])
    wiki.put(Page("2", "Brouillon", status="draft"))
    wiki.put(Page("3", "Jetée", status="trashed"))
    wiki.put(Page("4", "Billet", type="blogpost"))
    assert scanned(source()) == ({"1": scanned(source())[0]["1"]}, {})
    # The same when the server lists them all the same.
    everything = {"results": [json.loads(line) for line in _listed(wiki)], "_links": {}}
    wiki.fault(answer(json.dumps(everything).encode()), LIST)
    assert set(scanned(source())[0]) == {"1"}


def _listed(wiki: FakeConfluence) -> list[str]:
    with closing(ConfluenceClient(wiki.url)) as client:
        common = {"spaceKey": "IV2", "expand": "version,ancestors,restrictions.read.restrictions.user"}
        common["expand"] += ",restrictions.read.restrictions.group"
        got = client.get("/rest/api/content", {**common, "status": "any"})["results"]
        got += client.get("/rest/api/content", {**common, "type": "blogpost"})["results"]
    return [json.dumps(entry) for entry in got]


def test_the_version_follows_all_that_is_stored_and_nothing_else(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Racine"), Page("2", "Feuille", parent="1"))
    seen = [scanned(source())[0]["2"]]
    for change in (
        lambda: wiki.edit("2", body="<p>x</p>"),
        lambda: wiki.edit("2", title="Feuille bis", version=2),
        lambda: wiki.edit("2", body="<p>y</p>"),
    ):
        change()
        seen.append(scanned(source())[0]["2"])
    assert len(set(seen)) == len(seen)
    wiki.edit("1", title="Racine bis")
    wiki.edit("2", labels=("x",), when="2026-02-02T00:00:00Z", parent=None)
    assert scanned(source())[0]["2"] == seen[-1]


def test_an_empty_space_is_empty_and_an_unknown_one_an_error(wiki: FakeConfluence, source: Make) -> None:
    assert scanned(source("VIDE")) == ({}, {})
    with pytest.raises(SourceError, match=r"NOPE does not exist.*CONFLUENCE_SPACE"):
        scanned(source("NOPE"))


def test_an_unknown_space_listed_as_empty_is_an_error_too(wiki: FakeConfluence, source: Make) -> None:
    wiki.fault(answer(b'{"results":[],"size":0,"_links":{}}'), LIST)
    with pytest.raises(SourceError, match="does not exist"):
        scanned(source("NOPE"))


def test_links_never_lead_to_another_host(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(pages(1)[0])
    for base, webui, expected in (
        (f"{wiki.url}", "/display/IV2/Page+1", f"{wiki.url}/display/IV2/Page+1"),
        ("https://evil.example", "/x", f"{wiki.url}/x"),
        ("https://127.0.0.1@evil.example", "//evil.example/x", f"{wiki.url}/pages/viewpage.action?pageId=1"),
        (None, "javascript:alert(1)", f"{wiki.url}/pages/viewpage.action?pageId=1"),
    ):

        def with_links(body: bytes, links: dict[str, object] = {"base": base, "webui": webui}) -> bytes:  # noqa: B006
            return json.dumps(json.loads(body) | {"_links": links}).encode()

        wiki.fault(rewritten(with_links), READ)
        document = read(source(), "1")["1"]
        assert isinstance(document, Document)
        assert document.url == expected


@pytest.mark.parametrize("when", ["2026-01-05 09:00:00", "yesterday", "", "0001-01-01T00:00:00+14:00"])
def test_a_date_without_zone_or_sense_is_left_out(wiki: FakeConfluence, source: Make, when: str) -> None:
    wiki.put(Page("1", "P", when=when))
    document = read(source(), "1")["1"]
    assert isinstance(document, Document)
    assert document.updated_at is None


def test_hostile_titles_and_bodies_can_be_stored(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "\ud800\0 ", body="<p>a\ud800b\0c"))
    (version,) = scanned(source())[0].values()
    document = read(source(), "1")["1"]
    assert isinstance(document, Document)
    assert document.version == version
    (document.title + document.text).encode()


# ------------------------------------------------------------------ paging traps


def _change(**fields: object) -> Callable[[bytes], bytes]:
    return lambda body: json.dumps(json.loads(body) | fields).encode()


def _next(value: object) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["_links"]["next"] = value
        return json.dumps(answer).encode()

    return change


def test_short_and_empty_windows_with_a_next_are_not_the_end(wiki: FakeConfluence, source: Make) -> None:
    for page in [*pages(3), *pages(20, first=4, visible=False), *pages(7, first=24)]:
        wiki.put(page)
    wiki.fault(rewritten(_change(size=0)), LIST, times=100)
    assert set(scanned(source(window=5))[0]) == {"1", "2", "3", *map(str, range(24, 31))}


def test_a_limit_cut_down_silently_loses_nothing(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(230):
        wiki.put(page)
    assert len(scanned(source(window=5000))[0]) == 230


def test_a_next_that_ignores_the_cut_limit_loses_nothing(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(230):
        wiki.put(page)
    wiki.fault(rewritten(_next("/rest/api/content?limit=220&start=220")), "start=0")
    assert len(scanned(source(window=220))[0]) == 230


@pytest.mark.parametrize("host", ["https://evil.example/wiki", "//evil.example", "http://127.0.0.1:1/x"])
def test_a_foreign_next_is_continued_on_our_own_host(wiki: FakeConfluence, source: Make, host: str) -> None:
    for page in pages(12):
        wiki.put(page)
    wiki.fault(rewritten(_next(f"{host}/rest/api/content?limit=5&start=5")), "start=0")
    assert len(scanned(source(window=5))[0]) == 12


@pytest.mark.parametrize("value", [42, "::::", "http://[", "/rest/api/content", "?cursor=", {"a": 1}, "?start=-5"])
def test_an_unusable_next_neither_loses_pages_nor_loops(wiki: FakeConfluence, source: Make, value: object) -> None:
    for page in pages(12):
        wiki.put(page)
    wiki.fault(rewritten(_next(value)), LIST, times=1000)
    assert len(scanned(source(window=5))[0]) == 12
    assert len(wiki.requests) < 20


def test_a_next_that_repeats_itself_does_not_loop(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(12):
        wiki.put(page)
    wiki.fault(rewritten(_next("/rest/api/content?limit=5&start=5")), "start=5")
    assert len(scanned(source(window=5))[0]) == 12


def test_a_server_that_always_sends_the_first_window_is_an_error(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(12):
        wiki.put(page)
    window = json.dumps({"results": [json.loads(line) for line in _listed(wiki)[:5]], "_links": {"next": "?start=5"}})
    wiki.fault(answer(window.encode()), LIST, times=1000)
    with pytest.raises(SourceError, match="repeats itself"):
        scanned(source(window=5))
    assert len(wiki.requests) < 20


def test_a_page_deleted_between_two_windows_hides_no_live_page(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(12):
        wiki.put(page)
    wiki.before("start=5", lambda: wiki.remove("2"))
    assert set(scanned(source(window=5))[0]) == {str(n) for n in range(1, 13)} - {"2"}


def test_a_page_found_by_the_second_walk_alone_is_checked_like_any_other(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(12):
        wiki.put(page)
    wiki.edit("6", users=("chef",))
    wiki.before("start=5", lambda: wiki.remove("2"))
    items, skips = scanned(source(window=5))
    assert "6" not in items
    assert skips == {"6": "restricted"}


def test_a_page_inserted_while_paging_is_listed_once(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(12):
        wiki.put(page)

    def insert_first() -> None:
        held = [wiki.pages.pop(key) for key in list(wiki.pages)]
        for page in [*pages(1, first=100), *held]:
            wiki.put(page)

    wiki.before("start=5", insert_first)
    assert set(scanned(source(window=5))[0]) == {*map(str, range(1, 13)), "100"}


@pytest.mark.parametrize("body", [b"[]", b'"x"', b"{}", b'{"results":{}}', b'{"results":null}'])
def test_json_of_another_shape_is_an_error(wiki: FakeConfluence, source: Make, body: bytes) -> None:
    wiki.put(*pages(1))
    wiki.fault(answer(body), LIST)
    with pytest.raises(SourceError, match="CONFLUENCE_URL"):
        scanned(source())


def test_a_listing_that_fails_half_way_is_not_complete(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(12):
        wiki.put(page)
    wiki.fault(server_error(503), "start=5", times=100)
    with pytest.raises(SourceUnreachable):
        scanned(source(window=5))


def _entry(**fields: object) -> Callable[[bytes], bytes]:
    """The listing with other fields in its second entry; None of them takes one away."""

    def change(body: bytes) -> bytes:
        found = json.loads(body)
        found["results"][1] |= fields
        return json.dumps(found).encode()

    return change


@pytest.mark.parametrize("entry", [None, 1, "x", [], {}, {"id": None, "title": "T"}, {"id": True}, {"id": "../x"}])
def test_an_entry_without_usable_id_is_a_row_of_its_own(wiki: FakeConfluence, source: Make, entry: object) -> None:
    wiki.put(*pages(3))

    def change(body: bytes) -> bytes:
        found = json.loads(body)
        found["results"][1] = entry
        return json.dumps(found).encode()

    wiki.fault(rewritten(change), LIST)
    items, skips = scanned(source())
    assert set(items) == {"1", "3"}
    assert len(skips) == 1
    assert "without an id" in next(iter(skips.values()))


@pytest.mark.parametrize(
    "fields",
    [
        {"id": 2},
        {"id": None, "_links": {"self": "http://wiki/rest/api/content/2"}},
        {"version": None},
        {"version": {"number": "1"}},
        {"version": {}},
        {"version": 7},
        {"type": None, "status": None},
        {"ancestors": None},
        {"ancestors": [None]},
        {"ancestors": "1"},
        {"restrictions": []},
        {"_links": None, "extensions": 3},
    ],
    ids=repr,
)
def test_odd_fields_of_an_entry_are_made_up_for(wiki: FakeConfluence, source: Make, fields: dict[str, object]) -> None:
    wiki.put(*pages(3))
    usual, _ = scanned(source())
    wiki.fault(rewritten(_entry(**fields)), LIST)
    assert scanned(source()) == (usual, {})


def test_a_version_that_nobody_tells_is_a_row_and_what_is_stored_stays(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(3))
    wiki.fault(rewritten(_entry(version=None)), LIST)
    wiki.fault(rewritten(_change(version=None)), "/content/2?")
    (skip,) = [found for found in source().scan() if isinstance(found, Skip)]
    assert skip == Skip("2", "the wiki does not tell its version", transient=True)


def test_a_lone_surrogate_in_a_title_is_no_fault(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "a\ud800b"), Page("2", "Deux"))
    assert set(scanned(source())[0]) == {"1", "2"}


def test_a_wiki_that_refuses_what_is_expanded_is_asked_for_less(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Libre"), Page("2", "Fermée", groups=("rh",)), Page("3", "Sous 2", parent="2"))
    wiki.fault(server_error(400), "restrictions.read", times=1_000)
    items, skips = scanned(source())
    assert (set(items), set(skips)) == ({"1"}, {"2", "3"})
    assert isinstance(read(source(), "1")["1"], Document)


def test_a_wiki_that_lists_by_search_only_is_listed_so(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(12), Page("99", "Ailleurs", space="AUTRE"))
    wiki.fault(server_error(410), LIST, times=1_000)
    assert set(scanned(source(window=5))[0]) == {str(n) for n in range(1, 13)}


def test_a_page_in_doubt_after_two_walks_is_looked_at(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(12))
    wiki.before("start=0", lambda: wiki.remove("2"), nth=2)
    wiki.before("start=0", lambda: wiki.edit("3", status="trashed"), nth=2)
    assert set(scanned(source(window=5))[0]) == {str(n) for n in range(1, 13)} - {"2", "3"}


def test_a_full_window_without_next_is_not_believed_to_be_the_last(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(12))
    wiki.fault(rewritten(_next(None)), LIST, times=1_000)
    assert set(scanned(source(window=5))[0]) == {str(n) for n in range(1, 13)}


@pytest.mark.parametrize(
    "fault", [too_many_requests(), server_error(500), truncated_json(), cut_connection(), dropped_connection()]
)
def test_bursts_of_faults_lose_nothing(wiki: FakeConfluence, source: Make, fault: Change) -> None:
    wiki.put(*pages(30))
    for skip in (0, 9, 18, 40):
        wiki.fault(fault, times=4, skip=skip)
    items, skips = scanned(source(window=5))
    assert (len(items), skips) == (30, {})
    assert all(isinstance(one, Document) for one in read(source(), *items).values())


def test_a_login_page_with_status_200_is_refused_at_once(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(3))
    wiki.fault(login_page(), times=100)
    reader = source()
    for _ in range(2):
        with pytest.raises(SourceRefused, match="login"):
            scanned(reader)
    assert len(wiki.requests) == 1


# ------------------------------------------------------------------ restrictions


def test_own_and_inherited_restrictions_keep_pages_out(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Libre"))
    wiki.put(Page("2", "Par groupe", groups=("rh",)))
    wiki.put(Page("3", "Sous 2", parent="2"))
    wiki.put(Page("4", "Sous 3", parent="3"))
    wiki.put(Page("5", "Par personne", parent="1", users=("chef",)))
    items, skips = scanned(source())
    assert set(items) == {"1"}
    assert skips == dict.fromkeys("2345", "restricted")
    got = read(source(), "1", "2", "3", "4", "5")
    assert {key for key, one in got.items() if isinstance(one, Document)} == {"1"}
    assert all(one == Skip(key, "restricted") for key, one in got.items() if key != "1")


def test_a_restriction_added_later_is_seen_though_no_version_changes(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Racine"))
    wiki.put(Page("2", "Feuille", parent="1"))
    assert set(scanned(source())[0]) == {"1", "2"}
    wiki.edit("1", groups=("rh",))
    assert scanned(source()) == ({}, {"1": "restricted", "2": "restricted"})
    wiki.edit("1", users=(), groups=())
    assert set(scanned(source())[0]) == {"1", "2"}


@pytest.mark.parametrize("fields", [{"space": "AUTRE"}, {"status": "draft"}, {"space": "AUTRE", "visible": False}])
def test_an_ancestor_outside_the_listing_is_asked_for(
    wiki: FakeConfluence, source: Make, fields: dict[str, object]
) -> None:
    wiki.put(Page(**({"id": "1", "space": "IV2", "title": "Racine", "users": ("chef",)} | fields)))  # type: ignore[arg-type]
    wiki.put(Page("2", "Feuille", parent="1"))
    wiki.put(Page("3", "Autre feuille", parent="1"))
    assert scanned(source()) == ({}, {"2": "restricted", "3": "restricted"})
    asked = [request.target for request in wiki.requests if "/restriction/" in request.target]
    assert len(asked) == len(set(asked))
    wiki.edit("1", users=(), groups=())
    unreadable = fields.get("visible") is False
    assert set(scanned(source())[0]) == (set() if unreadable else {"2", "3"})


def _without(*names: str) -> Callable[[bytes], bytes]:
    def change(body: bytes) -> bytes:
        answer = json.loads(body)
        for page in answer.get("results", [answer]):
            for name in names:
                page.pop(name, None)
                page["_expandable"][name] = ""
        return json.dumps(answer).encode()

    return change


def _pages_tell_none(wiki: FakeConfluence) -> None:
    for match in (ONE, "?expand=restrictions.read"):
        wiki.fault(rewritten(_without("restrictions")), match, times=1_000)


def test_restrictions_left_out_of_the_listing_are_read_page_by_page(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Libre"))
    wiki.put(Page("2", "Fermée", groups=("rh",)))
    wiki.put(Page("3", "Sous 2", parent="2"))
    wiki.fault(rewritten(_without("restrictions", "ancestors")), LIST)
    items, skips = scanned(source())
    assert (set(items), set(skips)) == ({"1"}, {"2", "3"})


@pytest.mark.parametrize(
    "spoil", [server_error(500), server_error(403), server_error(404), answer(b"{}"), truncated_json()]
)
def test_restrictions_of_one_page_that_cannot_be_read_leave_the_others(
    wiki: FakeConfluence, source: Make, spoil: Change
) -> None:
    wiki.put(*pages(12))
    wiki.fault(rewritten(_without("restrictions")), LIST, times=100)
    _pages_tell_none(wiki)
    wiki.fault(spoil, "/content/3/restriction/", times=100)
    items, skips = scanned(source())
    assert set(items) == {str(n) for n in range(1, 13)} - {"3"}
    assert skips["3"].startswith("restricted")


def test_an_endpoint_that_never_works_keeps_everything_out_and_is_given_up(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(60))
    wiki.fault(rewritten(_without("restrictions")), LIST, times=100)
    _pages_tell_none(wiki)
    wiki.fault(server_error(500), "/restriction/", times=10_000)
    items, skips = scanned(source())
    assert items == {}
    assert {reason.partition(":")[0] for reason in skips.values()} == {"restricted"}
    assert "500" in skips["60"]
    assert sum("/restriction/" in request.target for request in wiki.requests) < 200


def test_a_wiki_that_goes_down_while_restrictions_are_read_removes_nothing(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(60))
    wiki.fault(rewritten(_without("restrictions")), LIST, times=100)
    wiki.fault(dropped_connection(), "", times=10_000, skip=4)
    found: list[Item | Skip] = []
    with pytest.raises(SourceUnreachable):
        found.extend(source().scan())
    assert found == []


@pytest.mark.parametrize("silent", [["/restriction/"], ["/restriction/byOperation/read"], [ONE], []])
def test_any_way_of_telling_restrictions_is_enough(wiki: FakeConfluence, source: Make, silent: list[str]) -> None:
    wiki.put(Page("1", "Libre"), Page("2", "Fermée", groups=("rh",)), Page("3", "Sous 2", parent="2"))
    wiki.put(Page("4", "Libre aussi", parent="1"))
    wiki.fault(rewritten(_without("restrictions")), LIST, times=100)
    for match in silent:
        if match == ONE:
            _pages_tell_none(wiki)
        else:
            wiki.fault(server_error(404), match, times=1_000)
    items, skips = scanned(source())
    assert (set(items), skips) == ({"1", "4"}, {"2": "restricted", "3": "restricted"})
    got = read(source(), "1", "2", "3", "4")
    assert {key for key, one in got.items() if isinstance(one, Document)} == {"1", "4"}


def test_a_listing_that_alone_tells_restrictions_and_ancestors_is_enough(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Libre"), Page("2", "Fermée", groups=("rh",)), Page("3", "Sous 2", parent="2"))
    wiki.fault(rewritten(_without("ancestors")), ONE, times=1_000)
    _pages_tell_none(wiki)
    wiki.fault(server_error(404), "/restriction/", times=1_000)
    assert set(scanned(source())[0]) == {"1"}
    got = read(source(), "1", "2", "3")
    assert isinstance(got["1"], Document)
    assert [got["2"], got["3"]] == [Skip("2", "restricted"), Skip("3", "restricted")]


def test_ancestors_that_nobody_tells_mean_restricted(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(*pages(2))
    for match in (LIST, ONE):
        wiki.fault(rewritten(_without("ancestors")), match, times=1_000)
    items, skips = scanned(source())
    assert items == {}
    assert all("does not tell what it stands under" in reason for reason in skips.values())
    assert all(isinstance(one, Skip) for one in read(source(), "1", "2").values())


def test_ancestors_given_one_step_at_a_time_are_followed(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Fermée", users=("chef",)), Page("2", "Sous 1", parent="1"), Page("3", "Sous 2", parent="2"))

    def parent_alone(body: bytes) -> bytes:
        found = json.loads(body)
        for page in found["results"]:
            page["ancestors"] = page["ancestors"][-1:]
        return json.dumps(found).encode()

    wiki.fault(rewritten(parent_alone), LIST, times=100)
    assert scanned(source()) == ({}, dict.fromkeys("123", "restricted"))


def test_a_restriction_put_between_two_bodies_is_seen_in_the_same_sync(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Racine"), *[Page(str(n), f"Sous {n}", parent="1") for n in range(2, 30)])
    items, skips = scanned(source())
    assert skips == {}
    wiki.before(READ, lambda: wiki.edit("1", groups=("rh",)), nth=15)
    got = list(source().read(Item(key, version) for key, version in items.items()))
    assert [one for one in got if isinstance(one, Document)] == []
    assert {one.reason for one in got if isinstance(one, Skip)} == {"restricted"}


def test_a_page_moved_under_a_restricted_one_meanwhile_stays_out(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(Page("1", "Fermée", users=("chef",)), Page("2", "Libre"))
    items, _ = scanned(source())
    wiki.edit("2", parent="1")
    assert list(source().read([Item("2", items["2"])])) == [Skip("2", "restricted")]


@pytest.mark.parametrize(
    "lists",
    [
        {"user": {"results": [], "size": 3}, "group": {"results": [], "size": 0}},
        {"user": {"results": [], "size": 0, "_links": {"next": "/x"}}, "group": {"results": [], "size": 0}},
        {"group": {"results": [{"name": "rh"}]}},
    ],
)
def test_a_paged_or_partial_restriction_list_still_restricts(
    wiki: FakeConfluence, source: Make, lists: dict[str, object]
) -> None:
    wiki.put(Page("1", "P"))

    def change(body: bytes) -> bytes:
        answer = json.loads(body)
        answer["results"][0]["restrictions"]["read"]["restrictions"] = lists
        return json.dumps(answer).encode()

    wiki.fault(rewritten(change), LIST)
    assert scanned(source()) == ({}, {"1": "restricted"})


# ------------------------------------------------------------------ between listing and reading


def test_what_changes_between_listing_and_reading_is_told_apart(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(6):
        wiki.put(page)
    wiki.put(Page("7", "Sous 6", parent="6"))
    reader = source()
    items, _ = scanned(reader)
    wiki.remove("1")
    wiki.edit("2", status="trashed")
    wiki.edit("3", users=("chef",))
    wiki.edit("4", body="<p>nouveau</p>")
    wiki.edit("5", space="AUTRE")
    wiki.edit("6", groups=("rh",))
    got = {one.native_id: one for one in reader.read(Item(key, version) for key, version in items.items())}
    assert isinstance(got["1"], Skip)
    assert isinstance(got["2"], Skip)
    assert not got["1"].transient
    assert not got["2"].transient
    assert got["3"] == Skip("3", "restricted")
    edited = got["4"]
    assert isinstance(edited, Document)
    assert (edited.text, edited.version) == ("nouveau", scanned(reader)[0]["4"])
    assert got["5"] == Skip("5", "moved to space AUTRE")
    assert got["6"] == Skip("6", "restricted")
    assert got["7"] == Skip("7", "restricted")


def test_a_body_of_another_status_is_never_indexed(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(pages(1)[0])
    for change in ({"status": "trashed"}, {"status": "historical"}, {"type": "blogpost"}):
        wiki.fault(rewritten(_change(**change)), READ)
        got = read(source(), "1")["1"]
        assert isinstance(got, Skip)
        assert not got.transient


def test_one_page_that_cannot_be_read_leaves_the_others(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(30):
        wiki.put(page)
    wiki.fault(server_error(500), "/content/7?", times=100)
    got = read(source(), *map(str, range(1, 31)))
    failed = got.pop("7")
    assert isinstance(failed, Skip)
    assert failed.transient
    assert "500" in failed.reason
    assert all(isinstance(one, Document) for one in got.values())


def test_a_source_that_goes_down_while_reading_is_an_error(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(40):
        wiki.put(page)
    wiki.fault(dropped_connection(), "body.", times=10_000, skip=3)
    got: list[Document | Skip] = []
    with pytest.raises(SourceUnreachable, match="stopped answering"):
        got.extend(source().read(Item(str(n), "old") for n in range(1, 41)))
    assert len({request.target for request in wiki.requests if "body." in request.target}) < 40


def test_credentials_refused_while_reading_cost_one_failed_login() -> None:
    with FakeConfluence(pages(20), token="good") as wiki:
        client = ConfluenceClient(wiki.url, token="bad")
        with pytest.raises(SourceRefused, match="CONFLUENCE_TOKEN"):
            list(ConfluenceSource(client, "IV2").read(Item(str(n), "old") for n in range(1, 21)))
        assert wiki.failed_logins == 1


def test_reading_holds_few_pages_and_can_be_left(wiki: FakeConfluence, source: Make) -> None:
    for page in pages(200):
        wiki.put(page)
    asked = 0

    def items() -> Iterator[Item]:
        nonlocal asked
        for n in range(1, 201):
            asked += 1
            yield Item(str(n), "old")

    reading = source().read(items())
    for _ in range(10):
        next(reading)
    assert asked <= 10 + 8 + GROUP
    reading.close()


def test_a_page_without_body_or_of_another_id_keeps_what_was_stored(wiki: FakeConfluence, source: Make) -> None:
    wiki.put(pages(1)[0])
    for fields in ({"body": {}}, {"body": {"storage": {"value": None}}}, {"version": None}, {"id": "2"}):
        wiki.fault(rewritten(_change(**fields)), "body.", times=2)
        got = read(source(), "1")["1"]
        assert isinstance(got, Skip)
        assert got.transient


# ------------------------------------------------------------------ a wiki from a folder


def test_a_folder_of_storage_files_is_served(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_bytes("<h1>Été</h1>\r\n".encode())
    (tmp_path / "b.xml").write_text("<p>b</p>")
    index = [
        {"id": 1, "title": "A", "parent": None, "file": "a.xml", "version": 3, "labels": ["x"]},
        {"id": 2, "title": "B", "parent": 1, "file": "b.xml", "version": 1, "restricted": {"users": ["chef"]}},
    ]
    (tmp_path / "index.json").write_text(json.dumps(index))
    with FakeConfluence(load_wiki(tmp_path, "IV2"), username=None) as wiki:
        client = ConfluenceClient(wiki.url)
        items, skips = scanned(ConfluenceSource(client, "IV2"))
        assert (set(items), skips) == ({"1"}, {"2": "restricted"})
        document = read(ConfluenceSource(client, "IV2"), "1")["1"]
        assert isinstance(document, Document)
        assert document.text == "# Été"
    (tmp_path / "index.json").write_text(
        json.dumps([{"id": 1, "title": "A", "parent": None, "file": "../x", "version": 1}])
    )
    with pytest.raises(ValueError, match="page 1: no file"):
        load_wiki(tmp_path, "IV2")
