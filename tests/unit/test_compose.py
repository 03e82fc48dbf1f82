"""Answers made of passages: quoted, cited, counted by the ledger, inert."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from asking import CODE, FLOWS, WIKI, passage
from hypothesis import given
from hypothesis import strategies as st

from vigie.ask.cite import citations, used
from vigie.ask.compose import compose, not_found
from vigie.ask.evidence import Evidence
from vigie.ask.quotes import inert
from vigie.types import Chunk, Hit, Passage, SignatureStats, SourceRef

PARIS = ZoneInfo("Europe/Paris")


def evidence(n: int, text: str, ref: SourceRef = WIKI, score: float = 1.0, **more: object) -> Evidence:
    locator = str(more.pop("locator", "Jetons SEPA > Relance"))
    chunk = Chunk(f"doc{n}", text, 0, len(text), locator, symbol=more.pop("symbol", None))  # type: ignore[arg-type]
    return Evidence(n, passage(chunk, ref, str(more.pop("title", "Jetons SEPA")), **more), text, score)  # type: ignore[arg-type]


def told(question: str, *parts: Evidence, language: str = "fr") -> str:
    return "\n\n".join(compose(question, parts, language, PARIS))  # type: ignore[arg-type]


def test_the_lines_that_answer_are_quoted_with_their_citation() -> None:
    text = "L'équipe se réunit le mardi. Le jeton AUTH-401 expire après 24 heures. Le café est au fond."
    said = told("Quand expire le jeton AUTH-401 ?", evidence(1, text))
    assert said == "**Jetons SEPA › Relance** [1]\n\nLe jeton AUTH-401 expire après 24 heures. [1]"


def test_an_announced_list_comes_whole_and_in_order() -> None:
    text = "Procédure de relance :\n\n1. Ouvrir la console.\n2. Choisir le lot.\n3. Valider.\n\nFin de la page."
    said = told("procédure de relance", evidence(2, text))
    assert [line for line in said.splitlines() if line][1:] == [
        "Procédure de relance : [2]",
        "1. Ouvrir la console. [2]",
        "2. Choisir le lot. [2]",
        "3. Valider. [2]",
    ]


RELAUNCH = """1. Vérifiez que la cause est levée.
2. Connectez-vous au rebond :
   **Connexion**

```bash
ssh rebond
```

3. Simulez d'abord.
4. Relancez pour de bon :

"""
THEN = "```bash\n./relancer.sh\n```\n\n5. Attendez le code de retour.\n\nAprès la relance, prévenez le pilotage.\n"


def test_a_procedure_comes_whole_from_its_first_step_to_its_last() -> None:
    said = told("Comment simuler une relance ?", evidence(1, RELAUNCH))
    steps = [line for line in said.splitlines() if re.match(r"\d\.", line)]
    assert steps == [
        "1. Vérifiez que la cause est levée. [1]",
        "2. Connectez-vous au rebond : [1]",
        "3. Simulez d'abord. [1]",
        "4. Relancez pour de bon : [1]",
    ]
    assert "```bash\nssh rebond\n```" in said
    assert "Connexion" not in said  # what only names the block below it


def test_a_procedure_in_two_passages_is_told_as_one() -> None:
    parts = []
    for n, start, text in ((1, 0, RELAUNCH), (2, 50, "Le café est au fond du couloir, avec la relance."), (3, 0, THEN)):
        part = evidence(n, text, score=1 - n / 10, locator="Café" if n == 2 else "Relancer")
        begin = len(RELAUNCH) if n == 3 else start
        chunk = replace(part.passage.chunk, document_id="one", start=begin, end=begin + len(text))
        parts.append(replace(part, passage=replace(part.passage, chunk=chunk)))
    said = told("Comment relancer un flux ?", *parts)
    assert said.count("› Relancer**") == 1
    assert said.startswith("**Jetons SEPA › Relancer** [1] [3]\n")
    assert said.index("4. Relancez pour de bon : [1]") < said.index("./relancer.sh") < said.index("5. Attendez")
    assert said.index("5. Attendez le code de retour. [3]") < said.index("› Café**")


def test_steps_that_were_not_found_are_named() -> None:
    text = "3. Appeler l'astreinte.\n4. Relancer le flux.\n"
    lines = told("relancer le flux", evidence(1, text)).splitlines()
    assert lines[2:] == ["(Étapes 1–2 : voir la page.)", "", "3. Appeler l'astreinte. [1]", "4. Relancer le flux. [1]"]
    assert "(Step 1: see the page.)" in told("restart", evidence(1, "2. Restart.\n"), language="en")


def test_rows_of_a_table_keep_their_head() -> None:
    text = "| Flux | Heure |\n| --- | --- |\n| SEPA | 22:15 |\n| KYC | `a\\|b` |\n| SWIFT | 23:00 |\n"
    said = told("À quelle heure passe SWIFT ?", evidence(1, text))
    assert said.splitlines()[2:] == ["| Flux | Heure |", "| --- | --- |", "| SWIFT | 23:00 [1] |"]
    assert "| KYC | `a\\|b` [1] |" in told("KYC", evidence(1, text))


def test_tasks_stay_tasks_and_a_question_is_no_answer() -> None:
    text = "Quel contrôle du jeton ?\n- [ ] Contrôle du jeton.\n- [x] Contrôle fait.\n"
    said = told("contrôle du jeton", evidence(1, text))
    assert said.splitlines()[2:] == ["- [ ] Contrôle du jeton. [1]", "- [x] Contrôle fait. [1]"]


def test_a_passage_without_a_word_is_not_shown() -> None:
    said = told("jeton", evidence(1, ",\n", CODE, locator="a.json#L1"), evidence(2, "Le jeton expire."))
    assert "a.json" not in said


def test_a_short_block_of_code_comes_whole() -> None:
    text = "Commande de relance :\n\n```sh\n./relance.sh --lot SEPA\nexit 0\n```\nAutre chose."
    said = told("commande de relance", evidence(1, text))
    assert said.endswith("Commande de relance : [1]\n\n```sh\n./relance.sh --lot SEPA\nexit 0\n```")


def test_code_is_fenced_with_its_place() -> None:
    part = evidence(
        3, "def purge(days):\n    return 1\n", CODE, locator="src/purge.py#L10-L11", language="python", symbol="purge"
    )
    assert (
        told("purge", part) == "**src/purge.py#L10-L11** · purge [3]\n\n```python\ndef purge(days):\n    return 1\n```"
    )


def test_a_long_chunk_of_code_is_cut_around_what_answers_and_says_so() -> None:
    lines = [f"ligne_{n} = {n}" for n in range(60)]
    lines[45] = "solde = debit - credit"
    said = told("calcul du solde", evidence(1, "\n".join(lines), CODE, locator="a.py#L1-L60"))
    assert "solde = debit - credit" in said
    assert "(extrait)" in said
    assert said.count("ligne_") < 25


def test_a_fence_inside_code_does_not_end_the_block() -> None:
    said = told("x", evidence(1, 'doc = """\n```\n<script>\n"""', CODE, locator="a.py#L1-L4"))
    assert "````\n" in said
    assert said.endswith("````")


STATS = SignatureStats(
    12, 5400, datetime(2026, 10, 1, 22, 5, tzinfo=UTC), datetime(2026, 11, 20, 3, 4, tzinfo=UTC), ("r9", "r8")
)


def test_runs_are_shown_with_their_counts_and_local_times() -> None:
    part = evidence(
        1, "SEPA_OUT_CIB · KO\ntoken expired for <host>", FLOWS, title="SEPA_OUT_CIB · KO", stats=STATS, locator="x"
    )
    assert told("AUTH", part).splitlines()[0] == (
        "**SEPA_OUT_CIB · KO** : 12 exécutions sur 5\u202f400 (première 02/10/2026 00:05, dernière 20/11/2026 04:04), "
        "derniers identifiants r9, r8 [1]"
    )
    assert "token expired for &lt;host&gt; [1]" in told("AUTH", part)
    english = told("AUTH", part, language="en").splitlines()[0]
    assert "12 runs of 5,400 (first 2026-10-02 00:05, last 2026-11-20 04:04), latest ids r9, r8 [1]" in english


def test_runs_without_a_time_say_none() -> None:
    stats = SignatureStats(1, 3, None, None, ())
    said = told("x", evidence(1, "t", FLOWS, title="F", stats=stats))
    assert said.splitlines()[0] == "**F** : 1 exécution sur 3 [1]"


def test_only_the_best_passages_are_told() -> None:
    parts = [evidence(n, f"Le jeton {n} expire.", score=score) for n, score in ((1, 0.9), (2, 0.8), (3, 0.7), (4, 0.6))]
    assert [part.n for part in used(told("jeton", *parts), parts)] == [1, 2, 3]
    weak = [evidence(1, "Le jeton expire.", score=0.9), evidence(2, "Le café.", score=0.2)]
    assert [part.n for part in used(told("jeton", *weak), weak)] == [1]


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> jeton",
        "![jeton](https://evil.example/a.png)",
        "[jeton](javascript:alert(1))",
        "jeton <https://evil.example> et www.evil.example",
        "jeton [7] et [^1]",
        "**jeton** `code` # titre &lt;b&gt;",
    ],
)
def test_text_of_documents_is_inert(text: str) -> None:
    said = told("jeton", evidence(1, text, title="<img src=x> [9](http://x)"))
    assert not re.search(r"<[a-z/!]", said)
    assert not re.search(r"(?<!\\)\](?:\(|\[|:)", said)
    assert not re.search(r"https?:|javascript:|www\.", said)
    assert {int(n) for n in re.findall(r"(?<!\\)\[(\d+)\]", said)} == {1}


@given(st.text(max_size=80))
def test_no_text_makes_markup(text: str) -> None:
    said = inert(text)
    assert not re.search(
        r"(?<!\\)(?:\\\\)*[`*\[\]|~]|[<>]|\n|^#|(?<![\w\\])_",
        said.replace("&lt;", "").replace("&#58;", "").replace("&#46;", ""),
    )


def test_identifiers_stay_readable_and_entities_as_written() -> None:
    assert inert("R&D &lt;") == "R&amp;D &amp;lt;"
    assert inert("SEPA_OUT_CIB src/a.py#L1-L2 C# !") == "SEPA_OUT_CIB src/a.py#L1-L2 C# !"
    assert inert("__init__ _x_ a__b") == "\\_\\_init\\_\\_ \\_x\\_ a__b"


@given(st.text(max_size=300), st.text(max_size=40))
def test_any_passage_can_be_told_and_cites_only_itself(text: str, question: str) -> None:
    parts = [evidence(1, text)]
    assert used(told(question, *parts), parts) == parts


def test_brackets_in_code_cite_nothing() -> None:
    parts = [evidence(n, "x") for n in (1, 2, 3, 4)]
    text = "Vu [1].\n\n```python\nrows[2]\n```\n`a[3]` et \\[4\\]"
    assert [part.n for part in used(text, parts)] == [1]


def test_a_citation_quotes_the_line_that_answers_and_the_latest_run() -> None:
    part = evidence(1, "Rien.\nLe jeton expire.", FLOWS, stats=STATS)
    (cited,) = citations([part], "jeton")
    assert (cited.n, cited.quote, cited.locator) == (1, "Le jeton expire.", "vanish_flows/r9")


def nearest(title: str) -> Hit:
    found: Passage = evidence(1, "x", title=title).passage
    return Hit(1, 0.1, found, None, 0.1)


def test_nothing_found_says_where_it_looked_and_what_comes_nearest() -> None:
    said = not_found([WIKI, FLOWS, CODE], [nearest("Purge"), nearest("Purge"), nearest("Jetons")], "fr")
    assert "wiki IV2, collection vanish_flows, code batch." in said
    assert "Purge ; Jetons" in said
    assert "Searched in: wiki IV2." in not_found([WIKI], [], "en")
    flows = [SourceRef("records", name) for name in ("a", "b")]
    assert "Searched in: collections a, b, code." in not_found([SourceRef("code", "code"), *flows], [], "en")
    assert "ingestion" in not_found([], [], "fr")
    assert "et 4 autres" in not_found([SourceRef("records", f"c{n}") for n in range(12)], [], "fr")


def test_no_evidence_composes_nothing() -> None:
    assert compose("x", [], "fr", PARIS) == []
