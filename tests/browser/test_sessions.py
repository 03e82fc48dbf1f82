"""Conversations in the browser: their addresses, their list, what is kept, languages and the token."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from api_services import make_services, served
from playwright.sync_api import expect

from vigie.sync.steps import SyncOptions
from vigie.types import KINDS

from .conftest import Window

Open = Callable[..., Window]


def test_a_session_has_an_address_that_survives_a_reload_and_a_restart(
    chromium: str, open_window: Open, tmp_path: Path
) -> None:
    services = make_services(tmp_path)
    services.syncer().run(KINDS, SyncOptions())
    with served(services) as url:
        window = open_window(url)
        window.ask("Combien de runs KO ?")
        path = window.page.evaluate("location.pathname")
        assert path.startswith("/s/")
        window.page.reload()
        expect(window.page.locator(".question")).to_have_text("Combien de runs KO ?")
        window.close()
    services.close()
    again = make_services(tmp_path)
    with served(again) as url:
        window = open_window(url, path)
        expect(window.page.locator(".question")).to_have_text("Combien de runs KO ?")
        expect(window.page.locator("vg-turn")).to_contain_text("2")
        window.close()
    again.close()


def test_sessions_are_found_renamed_deleted_and_taken_back(open_window: Open, server: str) -> None:
    window = open_window(server)
    page = window.page
    window.ask("Durée moyenne par flux la semaine dernière")
    address = page.url
    side = page.get_by_role("navigation", name="Sessions")
    page.get_by_role("button", name="Nouvelle session").click()
    expect(page.locator("vg-empty-state")).to_be_visible()
    window.ask("Combien de flux en échec en 2026 ?")
    expect(side.get_by_role("link", name="Combien de flux en échec en 2026 ?")).to_have_count(1)
    page.get_by_role("searchbox", name="Chercher une session").fill("durée moyenne")
    expect(side.get_by_role("link")).to_have_count(1)
    side.get_by_role("link").click()
    expect(page).to_have_url(address)
    expect(page.locator(".question")).to_have_text("Durée moyenne par flux la semaine dernière")
    side.get_by_role("button", name="Renommer").click()
    page.get_by_role("textbox", name="Nouveau titre").fill("Durées du matin")
    page.keyboard.press("Enter")
    expect(side.get_by_role("link")).to_have_text("Durées du matin")
    side.get_by_role("button", name="Supprimer").click()
    expect(side.get_by_role("link")).to_have_count(0)
    expect(page.locator("vg-empty-state")).to_be_visible()
    page.get_by_role("status").get_by_role("button", name="Annuler").click()
    expect(side.get_by_role("link")).to_have_count(1)
    expect(page).to_have_url(address)
    expect(page.locator(".question")).to_have_text("Durée moyenne par flux la semaine dernière")


def test_a_session_that_is_gone_is_said(open_window: Open, server: str) -> None:
    window = open_window(server, "/s/nothing")
    expect(window.page.get_by_text("Cette session n’existe pas")).to_be_visible()
    window.troubles.clear()  # the browser's own line about the 404


def test_the_language_follows_the_browser_and_can_be_switched(open_window: Open, server: str) -> None:
    page = open_window(server, locale="en-US").page
    expect(page.get_by_role("heading", level=1)).to_have_text("What would you like to know?")
    assert page.evaluate("document.documentElement.lang") == "en"
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Que voulez-vous savoir ?")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Que voulez-vous savoir ?")
    assert page.evaluate("document.documentElement.lang") == "fr"
    german = open_window(server, locale="de-DE").page
    expect(german.get_by_role("heading", level=1)).to_have_text("Que voulez-vous savoir ?")


def test_the_theme_can_be_chosen_and_is_kept(open_window: Open, server: str) -> None:
    page = open_window(server, scheme="light").page
    background = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    light = background()
    page.get_by_role("button", name="Thème du système").click()
    page.get_by_role("button", name="Thème clair").click()
    expect(page.get_by_role("button", name="Thème sombre")).to_be_visible()
    assert background() != light
    page.reload()
    assert background() != light


def test_a_server_with_a_token_asks_for_it_once(chromium: str, open_window: Open, tmp_path: Path) -> None:
    services = make_services(tmp_path, VIGIE_TOKEN="matin-calme-été")
    services.syncer().run(KINDS, SyncOptions())
    with served(services) as url:
        window = open_window(url)
        page = window.page
        token = page.get_by_label("Jeton d’accès")
        token.fill("faux")
        page.get_by_role("button", name="Entrer").click()
        expect(page.get_by_role("alert")).to_contain_text("n’est pas accepté")
        token.fill("matin-calme-été")
        page.get_by_role("button", name="Entrer").click()
        expect(page.get_by_role("dialog", name="Accès protégé")).to_have_count(0)
        window.ask("Combien de runs KO ?")
        page.reload()
        expect(page.locator(".question")).to_have_text("Combien de runs KO ?")
        window.troubles.clear()  # the browser's own lines about the 401s
        window.close()
    services.close()
