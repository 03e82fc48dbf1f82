"""Source files are cut along their definitions, into exact slices that fit."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from chunk_checks import document, growing, hold, letters, minilm, pairs, words
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.chunk.code import chunk_code
from vigie.chunk.document import chunk_document
from vigie.chunk.languages import GRAMMARS

PYTHON = '''\
"""Réémission — 😀 des flux."""
import os

LIMITE = 3


# Envoie tout.
# Deux lignes.
@retry(
    times=3,
)
async def envoyer(flux):
    """Doc."""
    return flux


class Client(Base):
    """Un client."""

    délai = 5

    def send(self, request):
        def inner():
            return 1
        return inner()

    @property
    def url(self):
        return self._url


if os.name == "nt":
    def seulement_ici():
        return None

main()
'''


def code(text, language, path="src/http/client.py"):
    return document(text, "code", title=path, language=language)


def cut(text, language, max_tokens=30, overlap=0):
    of = code(text, language)
    chunks = chunk_code(of, words, max_tokens, overlap)
    hold(of, chunks, words, max_tokens)
    return chunks


def by_symbol(chunks):
    return {c.symbol: c for c in chunks}


# ------------------------------------------------------------------ any text

_lines = st.sampled_from(
    [
        "def f(a):\n",
        "    return 'é😀'\n",
        "class A:\n",
        "class B {\r\n",
        "\tvoid m() { x = 1; }\r\n",
        "}\n",
        "function g() {\n",
        "const h = () => {\n",
        "};\n",
        "func (c *C) S() {\n",
        "CREATE TABLE t (id int);\n",
        "create or replace procedure p as\nbegin\n",
        "end;\n/\n",
        "$$",
        "# commentaire\n",
        "// note\n",
        "/* ",
        " */\n",
        '"""',
        "@dec\n",
        "\n",
        "x" * 60,
        "\0",
        "\udcff",
        "((([{",
        "\x0c\u2028",
        "struct S { int a; };\n",
        "template<class T>\n",
        "export ",
        "  y = 2;",
    ]
)


@settings(deadline=None)
@given(
    text=st.one_of(st.text(max_size=120), st.lists(_lines, max_size=40).map("".join)),
    language=st.sampled_from([*GRAMMARS, "yaml", "markdown", None]),
    measure=st.sampled_from([words, letters, pairs, growing]),
    max_tokens=st.integers(1, 70),
    overlap=st.integers(0, 80),
)
def test_any_file_is_covered_by_exact_slices_that_fit(text, language, measure, max_tokens, overlap):
    of = code(text, language)
    chunks = chunk_document(of, measure, max_tokens, overlap)
    hold(of, chunks, measure, max_tokens)
    assert chunks == chunk_document(of, measure, max_tokens, overlap)
    for chunk in chunks:
        assert chunk.start_line == text.count("\n", 0, chunk.start) + 1
        assert chunk.end_line == text.count("\n", 0, chunk.end - 1) + 1
        assert chunk.locator == f"{of.native_id}#L{chunk.start_line}-L{chunk.end_line}"


# ------------------------------------------------------------------ definitions


def test_python_definitions_come_with_their_decorators_and_comments():
    chunks = by_symbol(cut(PYTHON, "python", max_tokens=42))
    assert set(chunks) == {None, "envoyer", "Client", "Client.send", "Client.url", "seulement_ici"}
    assert chunks["envoyer"].text.startswith("# Envoie tout.\n# Deux lignes.\n@retry(\n")
    assert chunks["envoyer"].locator == "src/http/client.py#L7-L14"
    assert chunks["Client"].text.startswith("class Client(Base):")
    assert "délai = 5" in chunks["Client"].text
    assert chunks["Client.url"].text.strip().startswith("@property")
    assert chunks["Client.send"].context == "src/http/client.py class Client"


def test_a_class_that_fits_is_one_chunk():
    chunks = by_symbol(cut(PYTHON, "python", max_tokens=80))
    assert "Client.send" not in chunks
    assert chunks["Client"].text.startswith("class Client(Base):")
    assert chunks["Client"].text.rstrip().endswith("return self._url")


def test_imports_and_constants_stand_together():
    first = cut(PYTHON, "python")[0]
    assert (first.symbol, first.start_line, first.end_line) == (None, 1, 4)


def test_a_long_function_is_cut_between_statements_and_says_what_it_is_part_of():
    body = "".join(f"    if a > {n}:\n        a = calcule(\n            a,\n        )\n" for n in range(20))
    chunks = cut(f"def longue(a):\n{body}    return a\n", "python", max_tokens=50)
    assert len(chunks) > 3
    assert {c.symbol for c in chunks} == {"longue"}
    assert all(c.text.startswith("    if a") for c in chunks[1:-1])
    assert all(c.context.endswith("def longue") for c in chunks)


def test_functions_inside_a_function_too_long_are_found():
    inner = "".join(f"    def f{n}():\n        return [{n}, {n}, {n}, {n}]\n\n" for n in range(5))
    symbols = [c.symbol for c in cut(f"def usine():\n    x = 1\n{inner}    return x + 1\n", "python", max_tokens=30)]
    assert [s for s in symbols if s != "usine"] == [f"usine.f{n}" for n in range(5)]


CASES = {
    "javascript": (
        "// Envoie.\nexport async function envoyer(a) {\n  return a;\n}\n\nconst ok = (x) => {\n  return x;\n};\n"
        "module.exports.relance = function () {\n  return 1;\n};\nclass A {\n  m() {\n    return 2;\n  }\n}\n",
        ["envoyer", "ok", "module.exports.relance", "A"],
    ),
    "typescript": (
        "@Component({\n  selector: 'a',\n})\nexport class Page {\n  n = 1;\n}\n"
        "export interface Flux {\n  id: string;\n}\nenum E {\n  A,\n}\n"
        "namespace N {\n  export function f(): void {\n  }\n}\n",
        ["Page", "Flux", "E", "N"],
    ),
    "tsx": ("export const Vue = (p: P) => {\n  return <b>{p.x}</b>;\n};\n", ["Vue"]),
    "java": (
        "package a;\n\n/** Doc. */\n@Service\npublic class Envoi {\n  int x;\n}\n\n"
        "record R(int a) {\n}\ninterface I {\n}\n",
        [None, "Envoi", "R", "I"],
    ),
    "c": (
        "#include <a.h>\n\n/* doc */\nstatic char *lire(int n)\n{\n  return 0;\n}\n\nstruct s {\n  int a;\n};\n",
        [None, "lire", "s"],
    ),
    "cpp": (
        "template <class T>\nT Pile<T>::haut() {\n  return t;\n}\n\nclass Pile {\n  int n;\n};\n"
        "namespace a {\nvoid f() {\n}\n}\n",
        ["Pile<T>::haut", "Pile", "a"],
    ),
    "go": (
        "package a\n\n// Send envoie.\nfunc (c *Client) Send() {\n}\n\ntype Client struct {\n\tn int\n}\n",
        [None, "Client.Send", "Client"],
    ),
    "bash": (
        "#!/bin/bash\nset -e\n\n# relance\nrelancer() {\n  echo 1\n}\n\nfunction arreter {\n  echo 2\n}\n",
        [None, "relancer", "arreter"],
    ),
    "sql": (
        "-- Les flux.\nCREATE TABLE flux (id INT PRIMARY KEY);\n\nCREATE VIEW v AS SELECT * FROM flux;\n\n"
        "CREATE FUNCTION f(a integer) RETURNS bigint LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND;\n$$;\n",
        ["flux", "v", "f"],
    ),
}


@pytest.mark.parametrize("language", CASES)
def test_each_language_gives_a_chunk_per_definition(language):
    text, symbols = CASES[language]
    assert [c.symbol for c in cut(text, language, max_tokens=40)] == symbols


@pytest.mark.parametrize("language", CASES)
def test_windows_line_ends_change_nothing(language):
    text, symbols = CASES[language]
    chunks = cut(text.replace("\n", "\r\n"), language, max_tokens=40)
    assert [c.symbol for c in chunks] == symbols
    assert [c.locator for c in chunks] == [c.locator for c in cut(text, language, max_tokens=40)]


def test_methods_of_a_long_java_class_have_its_name():
    methods = "".join(f"  /** m{n} */\n  public int m{n}() {{\n    return {n} + {n} + {n};\n  }}\n\n" for n in range(6))
    chunks = cut(f"public class Envoi {{\n  private int x;\n\n{methods}}}\n", "java", max_tokens=50)
    assert [c.symbol for c in chunks] == ["Envoi", *(f"Envoi.m{n}" for n in range(6))]
    assert chunks[1].text.lstrip().startswith("/** m0 */")
    assert chunks[-1].text.endswith("}\n\n}\n")
    assert chunks[3].context == "src/http/client.py public class Envoi"


def test_accents_and_emoji_before_a_definition_do_not_move_it():
    chunks = by_symbol(cut("s = 'éà😀漢字' * 3  # çà\n\n\ndef après():\n    return 'é😀'\n", "python", max_tokens=40))
    assert chunks["après"].text == "def après():\n    return 'é😀'\n"


def test_a_syntax_error_loses_nothing_and_keeps_the_other_definitions():
    chunks = cut("def bon():\n    return 1\n\ndef cassé(:\n    ((((\n\ndef autre():\n    return 2\n", "python")
    assert "bon" in by_symbol(chunks)


def test_sql_of_another_dialect_is_cut_by_its_statements():
    text = (
        "SET SERVEROUTPUT ON\n\n-- Purge les runs.\nCREATE OR REPLACE PROCEDURE ops.purge_runs (p_jours IN NUMBER) IS\n"
        "  v NUMBER;\nBEGIN\n  DELETE FROM runs WHERE jour < SYSDATE - p_jours;\n  COMMIT;\nEND purge_runs;\n/\n\n"
        'CREATE TABLE "RUNS" (\n  id NUMBER, -- la clé\n  -- l\'état\n  etat VARCHAR2(10)\n) TABLESPACE x;\n'
        "CREATE PACKAGE BODY pk IS\n  PROCEDURE a IS BEGIN NULL; END;\nEND pk;\n/\nGRANT ALL ON runs TO ops;\n"
    )
    chunks = by_symbol(cut(text, "sql", max_tokens=70))
    assert {"ops.purge_runs", "RUNS", "pk"} <= set(chunks)
    assert chunks["ops.purge_runs"].text.startswith("-- Purge les runs.\n")
    assert chunks["ops.purge_runs"].text.endswith("END purge_runs;\n/\n")
    assert chunks["RUNS"].text.endswith("TABLESPACE x;\n")


def test_files_without_a_grammar_are_cut_by_lines_with_an_overlap():
    text = "".join(f"cle_{n}: valeur\n" for n in range(60))
    chunks = cut(text, "yaml", max_tokens=40, overlap=8)
    shared = [text[b.start : a.end] for a, b in pairwise(chunks)]
    assert len(chunks) > 4
    assert all(0 < size <= 8 for size in words(shared))
    assert all(c.text.endswith("\n") and c.symbol is None for c in chunks)


def test_a_minified_file_is_cut_after_statements():
    of = code("function a(b){return b+1};" * 8_000, "javascript")
    chunks = chunk_code(of, words, 60, 0)
    hold(of, chunks, words, 60)
    assert sum(c.text.endswith((";", "}")) for c in chunks) >= len(chunks) - 1
    assert {(c.start_line, c.end_line) for c in chunks} == {(1, 1)}


def test_a_very_long_path_leaves_room_for_the_code_and_keeps_its_end():
    of = document(PYTHON, "code", title="dossier/" * 60 + "fin.py", language="python")
    chunks = chunk_code(of, words, 60, 0)
    hold(of, chunks, words, 60)
    assert all(c.context.startswith("…") and "fin.py" in c.context for c in chunks)


def test_a_changed_function_changes_its_own_chunk_only():
    text = "".join(f"def f{n}(a):\n    return [a, {n}, {n}, {n}]\n\n\n" for n in range(10))
    before = {c.id for c in cut(text, "python")}
    after = {c.id for c in cut(text.replace("return [a, 4,", "x = 1\n    return [a, 4,"), "python")}
    assert len(before - after) == 1


def test_definitions_thousands_deep_are_no_problem():
    cut("".join(f"{' ' * n}def f{n}():\n" for n in range(700)), "python")
    cut("class A {\n" * 3_000, "java")


def test_real_files_fit_the_default_model_and_mostly_begin_at_a_definition(shared_data):
    measure = minilm()
    begins = of_python = 0
    with open(shared_data("code_localisation") / "httpx" / "corpus.jsonl", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["path"].endswith(".py")][:25]
    for row in rows:
        of = document(row["text"], "code", title=row["path"], language="python")
        chunks = chunk_code(of, measure, 254, 0)
        hold(of, chunks, measure, 254)
        of_python += len(chunks)
        begins += sum(c.text.lstrip().startswith(("def ", "async def ", "class ", "@", "#")) for c in chunks)
    assert begins / of_python > 0.6
