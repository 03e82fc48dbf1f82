"""The shipped fake has the shapes of the recorded answers and the limits that are documented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from vigie.testing.confluence import FakeConfluence, Page


@pytest.fixture
def wiki() -> Iterator[FakeConfluence]:
    pages = [Page(str(n), f"P {n}", "<p>x</p>", parent="1" if n > 1 else None) for n in range(1, 61)]
    with FakeConfluence(pages, username=None) as fake:
        yield fake


def get(wiki: FakeConfluence, path: str) -> Any:
    response = httpx.get(wiki.url + path)
    assert response.status_code == 200, response.text
    return response.json()


def test_it_has_the_shape_of_the_recorded_listing(wiki: FakeConfluence, shared_data: Callable[[str], Path]) -> None:
    shapes = json.loads((shared_data("confluence_rest") / "rest_shapes.json").read_text())
    recorded = shapes["dc_content_list"]["body"]
    listing = get(wiki, "/rest/api/content?type=page&spaceKey=IV2")
    assert set(recorded) <= set(listing)
    assert set(recorded["_links"]) <= set(listing["_links"])
    entry, told = listing["results"][0], recorded["results"][0]
    assert set(told) <= set(entry)
    assert set(told["_links"]) <= set(entry["_links"])
    asked = shapes["cloud_v1_restriction_read"]["body"]
    restriction = get(
        wiki, "/rest/api/content/1/restriction/byOperation/read?expand=restrictions.user,restrictions.group"
    )
    assert set(asked) <= set(restriction)
    for kind in ("user", "group"):
        assert set(asked["restrictions"][kind]) == set(restriction["restrictions"][kind])


def test_next_is_relative_to_the_base_and_limits_are_cut_silently(wiki: FakeConfluence) -> None:
    first = get(wiki, "/rest/api/content?spaceKey=IV2&limit=1000&expand=body.storage")
    assert (first["limit"], first["size"]) == (50, 50)
    assert first["_links"]["next"].startswith("/rest/api/content?")
    assert first["_links"]["base"] == wiki.url
    second = get(wiki, first["_links"]["next"])
    assert second["size"] == 10
    assert "next" not in second["_links"]
    assert get(wiki, "/rest/api/content?spaceKey=IV2")["limit"] == 25


def test_only_what_is_asked_for_is_expanded(wiki: FakeConfluence) -> None:
    plain = get(wiki, "/rest/api/content/2")
    assert not {"body", "version", "ancestors", "restrictions", "space"} & set(plain)
    assert {"body", "version", "ancestors", "restrictions", "space"} <= set(plain["_expandable"])
    whole = get(wiki, "/rest/api/content/2?expand=body.storage,version,ancestors,space")
    assert whole["body"]["storage"]["value"] == "<p>x</p>"
    assert [above["id"] for above in whole["ancestors"]] == ["1"]


def test_restrictions_are_a_pages_own_only(wiki: FakeConfluence) -> None:
    wiki.edit("1", users=("chef",))
    path = "/rest/api/content/{}/restriction/byOperation/read?expand=restrictions.user,restrictions.group"
    assert get(wiki, path.format(1))["restrictions"]["user"]["size"] == 1
    assert get(wiki, path.format(2))["restrictions"]["user"]["size"] == 0


def test_what_is_not_there_or_not_allowed(wiki: FakeConfluence) -> None:
    wiki.edit("3", status="trashed")
    assert httpx.get(f"{wiki.url}/rest/api/content/3").status_code == 404
    assert get(wiki, "/rest/api/content/3?status=trashed")["status"] == "trashed"
    assert httpx.get(f"{wiki.url}/rest/api/content?spaceKey=NOPE").json()["statusCode"] == 404
    assert httpx.get(wiki.url.removesuffix("/confluence") + "/rest/api/content/1").status_code == 404
    assert httpx.post(f"{wiki.url}/rest/api/content", json={}).status_code == 405
    assert [space["key"] for space in get(wiki, "/rest/api/space")["results"]] == ["IV2"]


def test_restricted_pages_cannot_be_looked_at_without_login(wiki: FakeConfluence) -> None:
    address = f"{wiki.url}/pages/viewpage.action?pageId=2"
    assert httpx.get(address).status_code == 200
    wiki.edit("1", groups=("direction",))
    assert httpx.get(address).status_code == 404


def test_its_links_open_the_page_and_nothing_in_it_runs(wiki: FakeConfluence) -> None:
    wiki.put(Page("70", "L'été <i>", "<script>x()</script><p>corps <![CDATA[<b>]]></p>"))
    for page_id in ("1", "70"):
        shown = httpx.get(wiki.url + get(wiki, f"/rest/api/content/{page_id}")["_links"]["webui"])
        assert shown.status_code == 200
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    assert "L&#x27;été &lt;i&gt;" in shown.text
    assert "<pre>&lt;b&gt;</pre>" in shown.text
