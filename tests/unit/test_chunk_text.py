"""Pages are cut into exact slices that fit the model and say where they stand."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from chunk_checks import document, growing, hold, letters, minilm, pairs, words
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.chunk.document import chunk_document
from vigie.chunk.text import chunk_text

SENTENCES = [f"La phrase numéro {n} parle du flux SEPA_OUT_{n} et de son relevé." for n in range(400)]

_blocks = st.sampled_from(
    [
        "# Titre\n",
        "## Étape **2** ##\n",
        "### A\n",
        "#\n",
        "```\n",
        "````sql\n",
        "| a | b |\n",
        "|---|---|\n",
        "- un point\n",
        "  1. un sous-point\n",
        "\n",
        "\r\n",
        "   \n",
        "Une phrase. Une autre ! « Oui ? » Non.\n",
        "texte sans fin ",
        "é😀\u2028",
        "x" * 40,
        "\0",
        "\ud800",
        "# comment\n",
    ]
)
_pages = st.one_of(st.text(max_size=200), st.lists(_blocks, max_size=40).map("".join))


@settings(deadline=None)
@given(
    text=_pages,
    title=st.sampled_from(["", "Titre", "Un titre de page qui est vraiment très long " * 9]),
    measure=st.sampled_from([words, letters, pairs, growing]),
    max_tokens=st.integers(1, 70),
    overlap=st.integers(0, 80),
)
def test_any_page_is_covered_by_exact_slices_that_fit(text, title, measure, max_tokens, overlap):
    page = document(text, title=title)
    chunks = chunk_text(page, measure, max_tokens, overlap)
    hold(page, chunks, measure, max_tokens)
    assert chunks == chunk_text(page, measure, max_tokens, overlap)


@settings(deadline=None)
@given(text=_pages, max_tokens=st.integers(1, 70))
def test_any_signature_is_kept_whole_or_in_slices_that_fit(text, max_tokens):
    record = document(text, "records")
    chunks = chunk_document(record, words, max_tokens, 10)
    hold(record, chunks, words, max_tokens)
    if len(chunks) > 1:
        assert words([f"Titre\n{text}".encode(errors="replace").decode()])[0] > max_tokens


def test_a_signature_is_one_chunk_under_its_title_without_locator():
    (chunk,) = chunk_document(document("# not a heading\nKO\n\n```", "records"), words, 50, 10)
    assert (chunk.text, chunk.locator, chunk.context) == ("# not a heading\nKO\n\n```", "", "Titre")


def test_a_section_says_its_heading_path_and_its_page():
    long = " ".join(SENTENCES[:4])
    page = document(
        f"{long}\n\n# Reprise\n\n{long}\n\n## Après `arrêt` [du flux](http://x) ##\n\n{long}\n", title="SEPA"
    )
    chunks = chunk_text(page, words, 90, 0)
    assert [(c.locator, c.context) for c in chunks] == [
        ("SEPA", "SEPA"),
        ("Reprise", "SEPA > Reprise"),
        ("Reprise > Après arrêt du flux", "SEPA > Reprise > Après arrêt du flux"),
    ]
    assert chunks[1].text.startswith("# Reprise\n")


def test_the_title_is_not_said_twice_when_the_page_begins_with_it():
    (chunk,) = chunk_text(document("# SEPA\n\nTexte.\n", title="SEPA"), words, 90, 0)
    assert (chunk.context, chunk.locator) == ("SEPA", "SEPA")


def test_small_sections_join_under_their_parent_and_name_every_heading():
    long = " ".join(SENTENCES[:3])
    page = document(f"# A\n\n{long}\n\n## Un\n\nCourt.\n\n## Deux\n\nBref.\n\n## Trois\n\nPeu.\n\n# B\n\n{long}\n")
    chunks = chunk_text(page, words, 44, 0)
    assert [c.locator for c in chunks] == ["A", "A > Un · Deux · Trois", "B"]
    assert chunks[1].context == "Titre > A"


def test_pages_of_a_file_are_told_apart_however_short():
    page = document("# p. 1\n\nCourt.\n\n# p. 2\n\nBref.\n\n# p. 12\n\nPeu.\n")
    assert [c.locator for c in chunk_text(page, words, 100, 0)] == ["p. 1", "p. 2", "p. 12"]


def test_large_sections_keep_a_chunk_of_their_own():
    page = document("".join(f"## {name}\n\n{' '.join(SENTENCES[:3])}\n\n" for name in ("Un", "Deux")))
    assert [c.locator for c in chunk_text(page, words, 120, 0)] == ["Un", "Deux"]


@pytest.mark.parametrize("ticks", ["```", "`````"])
def test_a_fence_that_fits_is_whole_and_what_it_holds_is_no_heading(ticks):
    fence = f"{ticks}sql\n# pas un titre\n\n  SELECT 1;\t\r\n{ticks[:-1]}\n\n\n-- fin\n{ticks}\n"
    page = document(f"# Requête\n\n{' '.join(SENTENCES[:5])}\n\n{fence}\n{' '.join(SENTENCES[5:12])}\n")
    chunks = chunk_text(page, words, 70, 20)
    assert [fence in c.text for c in chunks].count(True) == 1
    assert {c.locator for c in chunks} == {"Requête"}


def test_an_unclosed_fence_goes_to_the_end_of_the_page():
    page = document("```\n# pas un titre\nencore\n")
    assert [c.locator for c in chunk_text(page, words, 100, 0)] == ["Titre"]


def test_a_long_fence_is_cut_between_lines_and_nothing_of_it_is_repeated():
    lines = [f"valeur_{n} = calcule({n})\n" for n in range(60)]
    page = document("```python\n" + "".join(lines) + "```\n")
    chunks = chunk_text(page, words, 40, 20)
    assert len(chunks) > 5
    assert "".join(c.text for c in chunks) == page.text
    assert all(c.text.endswith("\n") for c in chunks)


def test_a_table_is_cut_between_rows():
    page = document("| flux | état |\n|---|---|\n" + "".join(f"| FLUX_{n} | KO |\n" for n in range(50)))
    chunks = chunk_text(page, words, 60, 10)
    assert len(chunks) > 3
    assert "".join(c.text for c in chunks) == page.text
    assert all(c.text.startswith("|") and c.text.endswith("|\n") for c in chunks)


def test_a_list_is_cut_between_items():
    items = [f"- point {n} du contrôle, qui tient\n  sur deux lignes\n" for n in range(40)]
    chunks = chunk_text(document("".join(items)), words, 60, 0)
    assert len(chunks) > 3
    assert all(c.text.startswith("- ") for c in chunks)


def test_prose_is_cut_between_sentences_and_repeats_at_most_the_overlap():
    page = document(" ".join(SENTENCES[:60]))
    chunks = chunk_text(page, words, 80, 25)
    shared = [page.text[b.start : a.end] for a, b in pairwise(chunks)]
    assert all(c.text.startswith("La phrase") for c in chunks)
    assert all(0 < size <= 25 for size in words(shared))
    without = chunk_text(page, words, 80, 0)
    assert "".join(c.text for c in without) == page.text


def test_text_that_repeats_itself_gives_no_chunk_inside_another():
    chunks = chunk_text(document("Une phrase assez longue pour remplir. " * 60), words, 60, 20)
    ends = [c.end for c in chunks]
    assert ends == sorted(set(ends))
    of = document("0" * 73 + "1")
    hold(of, chunk_text(of, words, 2, 1), words, 2)


def test_a_word_longer_than_the_model_is_cut_by_characters():
    page = document("avant " + "QUJD" * 900 + " après")
    chunks = chunk_text(page, letters, 100, 0)
    hold(page, chunks, letters, 100)
    assert len(chunks) < 60


def test_a_word_the_tokenizer_takes_for_one_token_is_cut_all_the_same():
    assert max(len(c.text) for c in chunk_text(document("a" * 50_000), words, 64, 0)) <= 64 * 17


def test_a_very_long_title_leaves_room_for_the_text():
    page = document(" ".join(SENTENCES[:10]), title="mot " * 300)
    chunks = chunk_text(page, words, 60, 0)
    hold(page, chunks, words, 60)
    assert len(chunks) < 6 * len(chunk_text(document(page.text, title=""), words, 60, 0))


def test_equal_sections_are_numbered():
    section = f"## Étape\n\n{' '.join(SENTENCES[:6])}\n\n"
    chunks = chunk_text(document(section * 3), words, 90, 0)
    assert [c.occurrence for c in chunks] == [0, 1, 2]


def test_an_inserted_section_leaves_the_other_chunks_as_they_were():
    parts = [f"## Étape {n}\n\n{SENTENCES[n] * 5}\n\n" for n in range(12)]
    before = {c.id for c in chunk_text(document("".join(parts)), words, 80, 20)}
    parts.insert(5, f"## Nouvelle\n\n{SENTENCES[99] * 5}\n\n")
    after = {c.id for c in chunk_text(document("".join(parts)), words, 80, 20)}
    assert len(before) >= 12
    assert before < after


@pytest.mark.parametrize("text", ["", " \n\t\r\n"])
def test_a_blank_page_has_no_chunk(text):
    assert chunk_text(document(text), words, 60, 10) == []


def test_a_megabyte_is_measured_a_few_times_in_large_calls():
    calls = []

    def counting(texts):
        calls.append(sum(map(len, texts)))
        return words(texts)

    text = "\n\n".join(f"## Section {n}\n\n{' '.join(SENTENCES)}" for n in range(40))
    chunk_text(document(text), counting, 254, 30)
    assert len(text) > 1_000_000
    assert sum(calls) < 6 * len(text)
    assert len(calls) < 600  # one is one split of one section; word by word it would be 200,000


def test_french_passages_fit_the_default_model(shared_data):
    measure = minilm()
    with open(shared_data("fr_piaf") / "corpus.jsonl", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file][:60]
    page = document("\n\n".join(f"## {row['title']}\n\n{row['text']}" for row in rows), title="Wikipédia")
    chunks = chunk_text(page, measure, 254, 30)
    hold(page, chunks, measure, 254)
    sizes = measure([c.embedded_text for c in chunks])
    assert sum(sizes) / len(sizes) > 120
