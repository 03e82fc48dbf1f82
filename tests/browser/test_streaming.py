"""While an answer comes: its pieces, stopping, asking again, editing, a model that is down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from api_services import InlineServices, make_services, served
from playwright.sync_api import expect

from vigie.errors import ChatFailed
from vigie.sync.steps import SyncOptions
from vigie.testing.chat import ScriptedChat
from vigie.types import KINDS

from .conftest import WIKI, Window

Open = Callable[..., Window]
LAST = "vg-turn:last-of-type"
QUESTION = "Que faire quand un flux tombe en AUTH-401 ?"
BEGIN, END = "Il faut renouveler le jeton [1].\n\n", "Puis relancer le flux SEPA_OUT_CIB [1].\n"


@pytest.fixture
def chat(chromium: str) -> ScriptedChat:
    return ScriptedChat(BEGIN, 30.0, END)


@pytest.fixture
def services(chat: ScriptedChat, tmp_path: Path) -> Iterator[InlineServices]:
    made = make_services(tmp_path, chat)
    made.wiki.pages = dict(WIKI)
    made.syncer().run(KINDS, SyncOptions())
    yield made
    made.close()


@pytest.fixture
def server(services: InlineServices) -> Iterator[str]:
    with served(services) as url:
        yield url


def test_an_answer_is_read_while_it_comes_and_can_be_stopped_and_asked_again(
    server: str, open_window: Open, chat: ScriptedChat, services: InlineServices
) -> None:
    window = open_window(server)
    page = window.page
    box = page.get_by_role("textbox", name="Votre question")
    box.fill(QUESTION)
    box.press("Enter")
    turn = page.locator(LAST)
    expect(turn).to_contain_text("renouveler le jeton")
    expect(turn.locator("vg-markdown button.cite")).to_have_text("1")
    expect(turn.locator("article")).to_have_attribute("aria-busy", "true")
    page.keyboard.press("Escape")
    window.answered()
    expect(turn).to_contain_text("Arrêté")
    chat.pieces = (BEGIN, END)
    turn.get_by_role("button", name="Relancer").first.click()
    expect(turn).to_contain_text("Puis relancer")
    window.answered()
    expect(page.locator("vg-turn")).to_have_count(1)
    (session,) = services.sessions.list(None)
    assert [answer.state for answer in services.sessions.get(session.session_id).answers] == ["answered"]


def test_the_stop_button_stops_and_an_edited_question_takes_the_place_of_what_followed(
    server: str, open_window: Open, chat: ScriptedChat, services: InlineServices
) -> None:
    window = open_window(server)
    page = window.page
    chat.pieces = (BEGIN, END)
    window.ask(QUESTION)
    window.ask("Combien de runs KO ?")
    chat.pieces = (BEGIN, 30.0)
    page.get_by_role("textbox", name="Votre question").fill("Que faire de la purge mensuelle et du jeton ?")
    page.get_by_role("button", name="Envoyer").click()
    page.get_by_role("button", name="Arrêter").click()
    window.answered()
    chat.pieces = (BEGIN, END)
    page.locator("vg-turn").first.get_by_role("button", name="Modifier").first.click()
    box = page.get_by_role("textbox", name="Votre question")
    expect(box).to_have_value(QUESTION)
    expect(box).to_be_focused()
    box.fill("Comment renouveler le jeton AUTH-401 ?")
    box.press("Enter")
    expect(page.locator("vg-turn")).to_have_count(1)
    window.answered()
    (session,) = services.sessions.list(None)
    stored = services.sessions.get(session.session_id).answers
    assert [answer.question for answer in stored] == ["Comment renouveler le jeton AUTH-401 ?"]


def test_a_model_that_is_down_is_said_and_the_answer_comes_all_the_same(
    server: str, open_window: Open, chat: ScriptedChat
) -> None:
    chat.pieces = (ChatFailed("the model does not answer"),)
    window = open_window(server)
    window.ask(QUESTION)
    turn = window.page.locator(LAST)
    expect(turn).to_contain_text("vf-passerelle")
    expect(turn.locator(".notice")).to_be_visible()


def test_a_server_that_goes_away_and_comes_back_is_noticed(open_window: Open, services: InlineServices) -> None:
    with served(services) as url:
        window = open_window(url)
        window.page.get_by_role("list", name="Exemples de questions").wait_for()
    box = window.page.get_by_role("textbox", name="Votre question")
    box.fill(QUESTION)
    box.press("Enter")
    expect(window.page.get_by_text("Le serveur ne répond pas").first).to_be_visible()
    expect(window.page.locator(LAST).get_by_role("button", name="Réessayer")).to_be_visible()
    window.troubles.clear()  # the browser's own lines about a refused connection
