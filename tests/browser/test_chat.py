"""Asking in the browser: rows, charts, citations, choices, keys."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import Window

Open = Callable[..., Window]
LAST = "vg-turn:last-of-type"
FAILED = "Quels flux ont échoué cette nuit ?"


def test_rows_sort_filter_export_and_open_the_records_behind_them(
    open_window: Open, server: str, tmp_path: Path
) -> None:
    window = open_window(server)
    window.ask(FAILED)
    page = window.page
    answer = page.locator(LAST)
    rows = answer.locator("tbody tr")
    before = rows.count()
    assert before > 3
    number = answer.get_by_role("columnheader", name="nombre")
    number.get_by_role("button").click()
    expect(number).to_have_attribute("aria-sort", "ascending")
    counts = [int(text) for text in answer.locator("tbody td.numeric").all_inner_texts()]
    assert counts == sorted(counts)
    number.get_by_role("button").click()
    expect(number).to_have_attribute("aria-sort", "descending")
    assert [int(text) for text in answer.locator("tbody td.numeric").all_inner_texts()] == sorted(counts, reverse=True)
    answer.get_by_role("searchbox").fill("sepa")
    expect(rows.first).to_contain_text("SEPA")
    expect(answer.get_by_role("status")).not_to_have_text(f"{before} lignes")
    assert 0 < rows.count() < before
    with page.expect_download() as saved:
        answer.get_by_role("button", name="CSV").click()
    lines = Path(saved.value.path()).read_text("utf-8-sig").splitlines()
    assert lines[0] == "flow,count"
    assert len(lines) == 1 + rows.count()
    assert all("SEPA" in line for line in lines[1:])
    name = rows.first.locator("td").first.inner_text()
    rows.first.get_by_role("button").click()
    panel = page.get_by_role("complementary", name="Sources")
    expect(panel.locator("article").first).to_contain_text(name)
    expect(panel.locator("article").first).to_contain_text("KO")


def test_a_trend_is_a_line_and_groups_can_be_bars(open_window: Open, server: str) -> None:
    window = open_window(server)
    window.ask("Évolution des échecs par jour ces 2 dernières semaines")
    chart = window.page.locator(f"{LAST} canvas")
    expect(chart).to_be_visible()
    expect(chart).to_have_css("display", "block")  # drawn
    window.page.locator(LAST).get_by_role("button", name="Tableau").click()
    expect(window.page.locator(f"{LAST} tbody tr").nth(10)).to_be_visible()
    window.ask("Taux d'échec par environnement la semaine dernière")
    expect(window.page.locator(f"{LAST} table")).to_contain_text("%")
    window.page.locator(LAST).get_by_role("button", name="Graphique").click()
    expect(window.page.locator(f"{LAST} canvas")).to_have_attribute("aria-label", re.compile("PROD"))


def test_a_number_is_told_with_how_it_was_computed(open_window: Open, server: str) -> None:
    window = open_window(server)
    window.ask("Combien de runs KO hier ?")
    answer = window.page.locator(LAST)
    assert answer.locator("table").count() == 0
    answer.get_by_text("Comment c’est calculé").click()
    expect(answer.get_by_text("Requête exécutée")).to_be_visible()
    expect(answer).to_contain_text("vanish_flows")
    expect(answer).to_contain_text("SELECT")


def test_a_citation_opens_its_passage_with_the_words_marked_and_gives_the_focus_back(
    open_window: Open, server: str
) -> None:
    window = open_window(server)
    window.ask("Que faire quand un flux tombe en AUTH-401 ?")
    page = window.page
    number = page.locator(f"{LAST} vg-markdown button.cite").first
    number.hover()
    expect(page.get_by_role("tooltip")).to_contain_text("renouveler le jeton")
    number.click()
    expect(page.get_by_role("tooltip")).to_have_count(0)
    panel = page.get_by_role("complementary", name="Sources")
    expect(panel.locator("mark").first).to_be_visible()
    expect(panel).to_contain_text("renouveler le jeton")
    panel.get_by_role("button", name="Voir le document entier").click()
    expect(panel).to_contain_text("prévenir l'astreinte")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(number).to_be_focused()


def test_what_is_unclear_is_asked_back_and_a_choice_answers(open_window: Open, server: str) -> None:
    window = open_window(server)
    window.ask("combien de runs récemment ?")
    window.page.get_by_role("group", name="Précisez").get_by_role("button").first.click()
    expect(window.page.locator("vg-turn")).to_have_count(2)
    window.answered()
    expect(window.page.locator(LAST)).to_contain_text("calcul exact")


def test_a_follow_up_rests_on_the_question_before(open_window: Open, server: str) -> None:
    window = open_window(server)
    window.ask("Combien de runs KO hier ?")
    window.ask("et la semaine dernière ?")
    expect(window.page.locator(LAST).get_by_role("list", name="Comment la question est comprise")).to_contain_text("KO")


def test_a_chip_opens_the_question_with_its_words_selected(open_window: Open, server: str) -> None:
    window = open_window(server)
    window.ask(FAILED)
    page = window.page
    page.locator(LAST).get_by_role("button", name="cette nuit").click()
    page.get_by_role("dialog", name="À la place").get_by_role("button", name="Écrire autre chose").click()
    expect(page.get_by_role("textbox", name="Votre question")).to_be_focused()
    expect(page.get_by_role("textbox", name="Votre question")).to_have_value(FAILED)
    page.keyboard.type("hier")
    expect(page.get_by_role("textbox", name="Votre question")).to_have_value("Quels flux ont échoué hier ?")


def test_a_chip_offers_the_other_values_of_its_field_and_other_windows(open_window: Open, server: str) -> None:
    window = open_window(server)
    window.ask(FAILED)
    page = window.page
    menu = page.locator(".menu:popover-open")
    chips = page.locator(LAST).get_by_role("list", name="Comment la question est comprise")
    chips.get_by_role("button", name="status KO").click()
    expect(menu.get_by_role("button", name="Écrire autre chose")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu).to_have_count(0)
    chips.get_by_role("button", name="status KO").click()
    menu.get_by_role("button", name="OK", exact=True).click()
    expect(page.locator("vg-turn")).to_have_count(2)
    window.answered()
    expect(chips).to_contain_text("status OK")
    expect(chips).to_contain_text("cette nuit")
    chips.get_by_role("button", name="cette nuit").click()
    menu.get_by_role("button", name="hier", exact=True).click()
    expect(page.locator("vg-turn")).to_have_count(3)
    window.answered()
    expect(chips).to_contain_text("hier 19/11 00:00 → 20/11 00:00")
    chips.get_by_role("button", name="calcul exact").click()
    menu.get_by_role("button", name="Wiki").click()
    expect(page.locator("vg-turn")).to_have_count(4)
    window.answered()
    expect(chips).to_contain_text("dans les documents")


def test_everything_is_within_reach_of_the_keyboard(open_window: Open, server: str) -> None:
    page = open_window(server).page
    box = page.get_by_role("textbox", name="Votre question")
    page.get_by_role("heading", level=1).wait_for()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("Combien de runs")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("KO hier ?")
    expect(box).to_have_value("Combien de runs\nKO hier ?")
    page.keyboard.press("Enter")
    page.locator(f"{LAST} article[aria-busy=false]").wait_for()
    expect(box).to_have_value("")
    page.keyboard.press("ArrowUp")
    expect(box).to_have_value("Combien de runs\nKO hier ?")
    page.keyboard.press("ArrowDown")
    expect(box).to_have_value("")


def test_samples_speak_the_language_of_the_app(open_window: Open, server: str) -> None:
    page = open_window(server, locale="en-GB").page
    samples = page.get_by_role("list", name="Sample questions")
    expect(samples.get_by_role("button", name="Which flows failed last night?")).to_be_visible()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_role("button", name="Quels flux ont échoué cette nuit ?")).to_be_visible()


def test_sample_questions_are_asked_at_a_click(open_window: Open, server: str) -> None:
    window = open_window(server)
    sample = window.page.get_by_role("list", name="Exemples de questions").get_by_role("button").first
    question = sample.inner_text().strip()
    sample.click()
    window.answered()
    expect(window.page.locator(".question")).to_have_text(question)


@pytest.mark.parametrize("width", [320, 768, 1920])
def test_nothing_is_wider_than_the_window_or_jumps(open_window: Open, server: str, width: int) -> None:
    window = open_window(server, width=width)
    window.page.get_by_role("list", name="Exemples de questions").wait_for()
    window.page.wait_for_timeout(300)
    assert float(window.seen("shift")) < 0.05  # type: ignore[arg-type]
    window.ask("Liste des 5 derniers runs en échec")
    window.ask("Que faire quand un flux tombe en AUTH-401 ?")
    assert window.page.evaluate("document.documentElement.scrollWidth") <= width
    assert window.page.evaluate("document.querySelector('.scroller').scrollWidth") <= width
