"""The sources page and the chat's own menu: what is indexed, syncing it, watching it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_services import InlineServices, make_services, served
from playwright.sync_api import expect

from .conftest import WIKI, Window

Open = Callable[..., Window]


@pytest.fixture
def services(chromium: str, tmp_path: Path) -> Iterator[InlineServices]:
    made = make_services(tmp_path, CONFLUENCE_URL="https://wiki.meridiane.example/confluence")
    made.wiki.pages = dict(WIKI) | {"3": "x"}
    made.wiki.excluded = {"3": "restricted"}
    yield made
    made.gate.set()
    made.close()


@pytest.fixture
def server(services: InlineServices) -> Iterator[str]:
    with served(services) as url:
        yield url


def test_from_nothing_to_an_indexed_wiki_with_what_was_left_out(
    server: str, open_window: Open, services: InlineServices
) -> None:
    window = open_window(server)
    page = window.page
    expect(page.get_by_text("Rien n’est encore indexé")).to_be_visible()
    page.get_by_role("link", name="Voir toutes les sources").first.click()
    services.gate.clear()
    page.get_by_role("button", name="Synchroniser : Wiki Confluence").click()
    expect(page.get_by_text("Synchronisation en cours")).to_be_visible()
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    services.gate.set()
    card = page.locator("vg-source-card", has_text="IV2")
    expect(card).to_contain_text("2 documents")
    expect(card).to_contain_text("incomplète")
    card.get_by_text("1 laissé de côté").click()
    expect(card).to_contain_text("3 : accès restreint")
    expect(page.get_by_text("Synchronisation en cours")).to_have_count(0)
    expect(page.get_by_role("listitem").filter(has_text="terminée")).to_have_count(1)


def test_collections_are_chosen_and_sampled(server: str, open_window: Open, services: InlineServices) -> None:
    exports = services.settings.records_dir
    assert exports is not None
    (exports / "other.ndjson").write_text('{"_id": "o1", "statut": "OK"}\n')
    page = open_window(server, "/sources").page
    page.get_by_text("Choisir les collections").click()
    page.get_by_label("Collections à laisser").fill("other, nothing")
    page.get_by_label("Échantillon").fill("2")
    page.get_by_role("button", name="Synchroniser : Collections").click()
    expect(page.locator("vg-source-card", has_text="vanish_flows")).to_contain_text("3 enregistrements")
    expect(page.locator("vg-source-card", has_text="other")).to_have_count(0)
    (exports / "vanish_flows.ndjson").write_text('{"_id": "r0", "status": "OK"}\n{"_id": "r1", "status": "OK"}\n')
    page.get_by_role("button", name="Synchroniser : vanish_flows").click()
    expect(page.locator("vg-source-card", has_text="vanish_flows")).to_contain_text("2 enregistrements")
    expect(page.locator("vg-source-card", has_text="other")).to_have_count(0)
    page.get_by_role("button", name="Vérifier et réparer").click()
    expect(page.get_by_text("Les index et le registre disent la même chose.")).to_be_visible()


def test_the_chat_syncs_a_source_and_offers_its_collections(server: str, open_window: Open) -> None:
    window = open_window(server)
    page = window.page
    where = page.get_by_role("combobox", name="Où chercher")
    expect(where.get_by_role("option")).to_have_count(1)
    page.get_by_role("button", name="Sources", exact=True).click()
    menu = page.get_by_role("dialog", name="Sources indexées")
    menu.get_by_role("button", name="Synchroniser : Exécutions").click()
    expect(where.get_by_role("option")).to_have_count(3)
    menu.get_by_role("button", name="Synchroniser : Code").click()
    expect(menu.get_by_role("alert")).to_contain_text("CODE_ROOTS")
    page.keyboard.press("Escape")
    where.select_option("collection:vanish_flows")
    box = page.get_by_role("textbox", name="Votre question")
    box.fill("Combien de runs KO ?")
    box.press("Enter")
    expect(page.locator("vg-turn:last-of-type vg-plan-chips")).to_contain_text("vanish_flows")
    window.troubles.clear()  # the browser's own line about the 409
