"""What the text index promises: any string is a question, both languages, identifiers, durable and exchanged whole."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from asking import WordIndex
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from killing import left_by_kills
from meanwhile import always

from vigie.errors import StoreBusy, StoreCorrupt, StoreError, StoreFull
from vigie.index.fields import MANY
from vigie.index.text import TantivyText, _store_error
from vigie.protocols import TextIndex
from vigie.types import Chunk, Kind, Passage, SourceRef


def passage(
    id_: str,
    text: str,
    title: str = "",
    *,
    context: str = "",
    kind: Kind = "confluence",
    name: str = "IV2",
    native_id: str = "",
    locator: str = "",
    symbol: str | None = None,
) -> Passage:
    chunk = Chunk("d" + id_, text, 0, len(text), locator, context=context or title, symbol=symbol)
    return Passage(id_, chunk, SourceRef(kind, name), native_id, title, None, None, None)


@pytest.fixture
def index(tmp_path: Path) -> Iterator[TextIndex]:
    made = TantivyText(tmp_path / "text")
    yield made
    made.close()


def found(index: TextIndex, query: str, k: int = 10, collections: list[str] | None = None) -> list[str]:
    return [id_ for id_, _ in index.search(query, k, collections)]


WIKI = [
    passage("auth", "Le flux tombe en AUTH-401 quand le jeton a expiré. Régénérer le jeton.", "Runbook SEPA"),
    passage("echec", "Les virements échoués cette nuit sont relancés à six heures.", "Relance des virements"),
    passage("alim", "L'échéancier alimente l'entrepôt d'données chaque matin.", "Alimentation"),
    passage("mail", "The mailbox is purged when the retention policies are applied.", "Retention"),
    passage("sepa", "SEPA_OUT_CIB lit /opt/vigie/bin/envoi.sh puis ORA-00942 apparaît.", "Incidents"),
    passage("near", "SEPA OUT CIB : envoi, vigie, opt, bin, ORA, 00942, 00943. SEPA, SEPA, OUT, CIB.", "Voisins"),
    passage("flow", "Voir com.bank.Flow et MyFlowRunner2 sur srv-app-01.bank.fr:8080.", "Classes"),
    passage("weather", "Il pleut sur la ville.", "Météo"),
]


class TextIndexContract:
    """What tests that need no more than words may take any of them for. Inherit it and give a fixture `index`."""

    @pytest.fixture(autouse=True)
    def filled(self, index: TextIndex) -> None:
        index.write(WIKI, [])

    def test_words_are_found_inflected_and_without_accents(self, index: TextIndex) -> None:
        for query, first in (("virements échoués", "echec"), ("retention policy", "mail"), ("jetons", "auth")):
            assert found(index, query)[0] == first

    def test_the_best_come_first_and_never_more_than_asked_for(self, index: TextIndex) -> None:
        scored = index.search("SEPA OUT CIB envoi jeton", 10)
        assert [score for _, score in scored] == sorted((score for _, score in scored), reverse=True)
        assert len(scored) > 2
        assert index.search("SEPA OUT CIB envoi jeton", 2) == scored[:2]
        assert index.search("kubernetes", 10) == []

    def test_equals_are_in_the_order_of_their_ids(self, index: TextIndex) -> None:
        index.write([passage(id_, "Cumulonimbus.") for id_ in ("c", "a", "b")], [])
        assert found(index, "cumulonimbus") == ["a", "b", "c"]

    def test_only_the_collections_asked_for_are_searched(self, index: TextIndex) -> None:
        index.write([passage("run", "Le jeton.", kind="records", name="runs")], [])
        assert found(index, "jeton", collections=["mongo_runs"]) == ["run"]
        assert "run" not in found(index, "jeton", collections=["confluence"])
        assert found(index, "jeton", collections=[]) == []

    def test_what_is_put_replaces_and_what_is_deleted_is_gone(self, index: TextIndex) -> None:
        before = index.count()
        index.write([passage("weather", "Il neige.")], ["mail", "unknown"])
        assert index.count() == before - 1
        assert (found(index, "neige"), found(index, "pleut"), found(index, "mailbox")) == (["weather"], [], [])
        index.rebuild([passage("only", "Le brouillard.")])
        assert (index.count(), found(index, "brouillard"), found(index, "neige")) == (1, ["only"], [])

    def test_words_are_counted_in_any_of_their_forms(self, index: TextIndex) -> None:
        assert index.frequencies(["virement", "virements", "kubernetes"]) == [1, 1, 0]

    @pytest.mark.parametrize("query", ["", " ", '"', "a AND (", "title:x", "*", "\0", "\ud83d", "x" * 9_000])
    def test_any_string_is_a_question(self, index: TextIndex, query: str) -> None:
        assert isinstance(index.search(query, 3), list)


class TestTantivyText(TextIndexContract):
    pass


class TestWordIndex(TextIndexContract):
    @pytest.fixture
    def index(self) -> TextIndex:
        return WordIndex()


class TestWords:
    @pytest.fixture(autouse=True)
    def filled(self, index: TextIndex) -> None:
        index.write(WIKI, [])

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("virement échoué", "echec"),
            ("VIREMENTS ECHOUES", "echec"),
            ("virements e\u0301choue\u0301s", "echec"),
            ("echeancier", "alim"),
            ("d'échéancier", "alim"),
            ("jeton qu’expire", "auth"),
            ("mailboxes purging policy", "mail"),
            ("the applied retention", "mail"),
            ("régénération du jeton", "auth"),
        ],
    )
    def test_french_and_english_words_are_found_inflected_and_without_accents(
        self, index: TextIndex, query: str, first: str
    ) -> None:
        assert found(index, query)[0] == first

    @pytest.mark.parametrize(
        ("query", "first"),
        [
            ("SEPA_OUT_CIB", "sepa"),
            ("sepa_out_cib", "sepa"),
            ("pourquoi SEPA_OUT_CIB ?", "sepa"),
            ("ORA-00942", "sepa"),
            ("/opt/vigie/bin/envoi.sh", "sepa"),
            ("envoi.sh", "sepa"),
            ("AUTH-401", "auth"),
            ("com.bank.Flow", "flow"),
            ("srv-app-01.bank.fr", "flow"),
            ("srv-app-01.bank.fr:8080", "flow"),
            ("MyFlowRunner2", "flow"),
        ],
    )
    def test_an_identifier_typed_whole_comes_first(self, index: TextIndex, query: str, first: str) -> None:
        assert found(index, query)[0] == first

    @pytest.mark.parametrize(
        ("query", "among"),
        [("CIB", "sepa"), ("00942", "sepa"), ("401", "auth"), ("envoi", "sepa"), ("Flow", "flow"), ("runner", "flow")],
    )
    def test_a_part_of_an_identifier_finds_it(self, index: TextIndex, query: str, among: str) -> None:
        assert among in found(index, query)

    def test_words_that_are_nowhere_find_nothing(self, index: TextIndex) -> None:
        assert index.search("kubernetes", 10) == []

    def test_stop_words_do_not_outweigh_the_word_that_tells(self, index: TextIndex) -> None:
        assert found(index, "est-ce que la météo est pour les ?") == ["weather"]

    def test_stop_words_alone_are_still_searched(self, index: TextIndex) -> None:
        assert "weather" in found(index, "il sur la")


def test_an_exact_title_heading_symbol_id_or_file_name_comes_first(index: TextIndex) -> None:
    crowd = [passage(f"x{n}", "Relance des flux. " * 9 + "relance flux pool.c 1234567", "Autre") for n in range(30)]
    index.write(
        [
            *crowd,
            passage("title", "Rien de tel ici.", "Relance des flux"),
            passage("head", "Rien.", "Page", context="Page > Plan de reprise", locator="Page > Plan de reprise"),
            passage("page", "Rien.", "Numéro", native_id="1234567"),
            passage("code", "return 0", "pool.c", kind="code", native_id="src/db/pool.c", symbol="Pool.release"),
        ],
        [],
    )
    for query, first in [
        ("Relance des flux", "title"),
        ("relance des FLUX ?", "title"),
        ("plan de reprise", "head"),
        ("1234567", "page"),
        ("pool.c", "code"),
        ("src/db/pool.c", "code"),
        ("Pool.release", "code"),
    ]:
        assert found(index, query)[0] == first, query


def test_a_word_in_the_headings_weighs_more_than_one_in_the_text(index: TextIndex) -> None:
    body = "Texte de même longueur sur la purge du serveur."
    index.write([passage("a", body + " Archivage.", "Serveurs"), passage("b", body + " Serveurs.", "Archivage")], [])
    assert found(index, "archivage") == ["b", "a"]
    found_title = index.search("la purge archivage", 2)
    assert found_title[0][0] == "b"


def test_a_word_alike_in_both_languages_counts_once(index: TextIndex) -> None:
    """`service` reads the same in every view, `relancées` in none: neither may weigh three times."""
    index.write([passage("same", "service inconnu"), passage("stem", "relancées inconnu")], [])
    scores = dict(index.search("service relance", 2))
    assert scores["same"] == pytest.approx(scores["stem"], rel=0.35)


def test_among_many_chunks_what_most_of_them_hold_counts_only_alone(index: TextIndex) -> None:
    many = [passage(f"{n:05d}", "flux" if n % 4 else f"batch {n % 7}") for n in range(MANY)]
    index.write([*many, passage("a", "purge ailleurs"), passage("b", "purge flux")], [])
    assert index.search("purge flux", 2) == index.search("purge", 2)
    assert found(index, "purge flux", 2) == ["a", "b"]
    assert len(found(index, "flux", 5)) == 5
    index.write([], [one.chunk_id for one in many[MANY // 2 :]])
    assert found(index, "purge flux", 2) == ["b", "a"]  # among fewer it tells them apart


def test_a_search_stays_in_its_collections(index: TextIndex) -> None:
    index.write(
        [
            passage("w", "purge", "un"),
            passage("c", "purge", "deux", kind="code"),
            passage("r", "purge", "trois", kind="records", name="système$2026.x"),
        ],
        [],
    )
    assert sorted(found(index, "purge")) == ["c", "r", "w"]
    assert found(index, "purge", collections=["mongo_système$2026.x"]) == ["r"]
    assert sorted(found(index, "purge", collections=["code", "confluence", "mongo_never"])) == ["c", "w"]
    assert found(index, "purge", collections=[]) == []
    whole = dict(index.search("purge", 3))
    assert dict(index.search("purge", 3, ["code"])) == {"c": whole["c"]}


def test_a_write_replaces_by_id_deletes_and_counts_the_live(index: TextIndex) -> None:
    index.write([passage("a", "premier"), passage("b", "second"), passage("a", "dernier")], [])
    assert index.count() == 2
    assert (found(index, "premier"), found(index, "dernier")) == ([], ["a"])
    index.write([passage("b", "remplacement")], ["a", "never"])
    assert index.count() == 1
    assert (found(index, "dernier"), found(index, "second"), found(index, "remplacement")) == ([], [], ["b"])
    index.write([passage("b", "encore")], ["b"])
    assert found(index, "encore") == ["b"]


def test_a_write_that_fails_keeps_nothing_of_it(index: TextIndex) -> None:
    index.write([passage("a", "avant")], [])

    def broken() -> Iterator[Passage]:
        yield passage("b", "pendant")
        raise RuntimeError("the ledger stopped")

    with pytest.raises(RuntimeError, match="the ledger stopped"):
        index.write(broken(), ["a"])
    index.write([passage("c", "après")], [])
    assert (found(index, "avant"), found(index, "pendant"), found(index, "après")) == (["a"], [], ["c"])


def test_equal_scores_are_ordered_by_id_even_at_the_edge(index: TextIndex) -> None:
    for start in (0, 7, 14):  # three segments
        index.write([passage(f"t{(n * 11) % 60:02d}", "purge des traces") for n in range(start, 60, 21)], [])
        index.write([passage(f"t{(n * 11) % 60:02d}", "purge des traces") for n in range(start + 1, 60, 3)], [])
    every = found(index, "purge", 60)
    assert every == sorted(every)
    assert len(every) > 30
    assert found(index, "purge", 4) == every[:4]
    assert index.search("purge", 9) == index.search("purge", 9)


def test_the_order_is_the_same_after_reopening_and_after_a_rebuild(tmp_path: Path) -> None:
    one = TantivyText(tmp_path / "one")
    for item in WIKI:
        one.write([item], [])
    queries = ["flux SEPA_OUT_CIB", "jeton expiré", "bank", "les virements de la nuit"]
    before = [one.search(query, 10) for query in queries]
    one.close()
    again = TantivyText(tmp_path / "one")
    assert [again.search(query, 10) for query in queries] == before
    again.rebuild(WIKI)
    after = [again.search(query, 10) for query in queries]
    again.rebuild(WIKI)
    assert [again.search(query, 10) for query in queries] == after
    assert [[id_ for id_, _ in hits] for hits in after] == [[id_ for id_, _ in hits] for hits in before]
    again.close()


HOSTILE = [
    *("", " ", "AND OR NOT", '"', '"flux', "title:flux", "flux^9", "*", "?", "(((", "[a TO b]", "\\", "+-!", "~", "{}"),
    *(
        "\0",
        "flux\0nuit",
        "\ud800",
        "flux \udfff",
        "😀",
        "👩‍💻 flux",
        "\u202eflux",
        "İ",
        "ﬁchier",
        "ｆｌｕｘ",
        "١٢٣",
        "中文",
        "a" * 5_000,
    ),
    *(
        "flux " * 20_000,
        "".join(f"mot{n} " for n in range(20_000)),
        "/" * 100_000,
        "a-" * 50_000,
        "é" * 100_000,
        "aB1" * 30_000,
    ),
]


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_any_string_is_a_question(query: str, index: TextIndex) -> None:
    index.write(WIKI, [])
    hits = index.search(query, 5)
    assert len(hits) <= 5
    assert all(score > 0 for _, score in hits)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TextIndex]:
    made = TantivyText(tmp_path_factory.mktemp("filled"))
    made.write(WIKI, [])
    yield made
    made.close()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(st.text(alphabet=st.characters(), max_size=60), st.integers(-1, 12))
def test_whatever_is_asked_gives_at_most_k_hits_in_order(filled: TextIndex, query: str, k: int) -> None:
    hits = filled.search(query + " flux SEPA", k)
    assert len(hits) <= max(k, 0)
    assert hits == sorted(hits, key=lambda hit: (-hit[1], hit[0]))


def test_any_text_can_be_stored(index: TextIndex) -> None:
    index.write([passage(f"h{n}", text, text[:50]) for n, text in enumerate(HOSTILE)], [])
    index.write([passage("s", "caf\ud800é", name="sp\udc00ace", kind="records", native_id="\udcff")], [])
    assert index.count() == len(HOSTILE) + 1
    assert found(index, "fichier") == [f"h{HOSTILE.index('ﬁchier')}"]


def test_what_counts_in_a_long_question_is_its_beginning(index: TextIndex) -> None:
    index.write(WIKI, [])
    hits = found(index, "jeton expiré " + " ".join(f"mot{n}" for n in range(9_000)) + " météo")
    assert hits[0] == "auth"
    assert "weather" not in hits


def test_many_may_search_while_one_writes(index: TextIndex) -> None:
    index.write(WIKI, [])

    def check() -> None:
        assert found(index, "jeton expiré", 1) == ["auth"]

    with always(check):
        for turn in range(6):
            index.write([passage(f"n{turn}-{n}", f"tour {turn} ligne {n}") for n in range(50)], [])
            index.write([], [f"n{turn}-{n}" for n in range(50)])
            index.rebuild(WIKI)
    assert index.count() == len(WIKI)


# ---------------------------------------------------------------------- on disk


def test_the_old_state_is_seen_until_a_rebuild_is_whole(index: TextIndex) -> None:
    index.write([passage("old", "ancien")], [])

    def passages() -> Iterator[Passage]:
        yield passage("new", "nouveau")
        assert (found(index, "ancien"), found(index, "nouveau"), index.count()) == (["old"], [], 1)

    index.rebuild(passages())
    assert (found(index, "ancien"), found(index, "nouveau"), index.count()) == ([], ["new"], 1)
    index.write([passage("more", "nouveau")], ["new"])
    assert found(index, "nouveau") == ["more"]


def test_a_rebuild_that_fails_leaves_the_old_state_and_no_files(tmp_path: Path) -> None:
    index = TantivyText(tmp_path)
    index.write([passage("old", "ancien")], [])

    def broken() -> Iterator[Passage]:
        yield passage("new", "nouveau")
        raise RuntimeError("the ledger stopped")

    with pytest.raises(RuntimeError, match="the ledger stopped"):
        index.rebuild(broken())
    assert (found(index, "ancien"), found(index, "nouveau")) == (["old"], [])
    index.rebuild([passage("new", "nouveau")])
    assert len(list(tmp_path.iterdir())) == 1
    index.close()


def test_another_format_counts_as_empty_and_is_removed(tmp_path: Path) -> None:
    index = TantivyText(tmp_path)
    index.write([passage("old", "ancien")], [])
    index.close()
    (live,) = tmp_path.iterdir()
    live.rename(tmp_path / "v0-000007")
    index = TantivyText(tmp_path)
    assert index.count() == 0
    assert "v0-000007" not in [path.name for path in tmp_path.iterdir()]
    index.close()


KILLED = {
    "after writing": "index.write([p('a', 'ancien'), p('b', 'parti')], []); index.write([], ['b']); die()",
    "before committing": """
index.write([p('a', 'ancien')], [])
def passages():
    yield p('b', 'parti')
    die()
index.write(passages(), ['a'])
""",
    "while rebuilding": """
index.write([p('a', 'ancien')], [])
def passages():
    for n in range(300):
        yield p(f'n{n}', 'nouveau')
    die()
index.rebuild(passages())
""",
    "before the exchange": "index.write([p('a', 'ancien')], []); Path.rename = die; index.rebuild([p('n', 'nouveau')])",
    "after the exchange": "index.write([p('x', 'parti')], []); index._clean = die; index.rebuild([p('a', 'ancien')])",
}
PREPARE = """
from vigie.index.fields import MANY
from vigie.index.text import TantivyText
from vigie.types import *
def p(id_, text):
    return Passage(id_, Chunk("d", text, 0, len(text), ""), SourceRef("code", "x"), "", "", None, None, None)
"""


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    base = tmp_path_factory.mktemp("killed")
    return left_by_kills(base, KILLED, prepare=PREPARE, begin="index = TantivyText(folder)")


@pytest.mark.parametrize("moment", KILLED)
def test_a_kill_leaves_the_last_whole_state_and_no_lock(moment: str, killed: dict[str, Path]) -> None:
    index = TantivyText(killed[moment])
    assert (index.count(), found(index, "ancien"), found(index, "nouveau")) == (1, ["a"], [])
    index.write([passage("after", "nouveau")], [])
    assert found(index, "nouveau") == ["after"]
    assert len(list(killed[moment].iterdir())) == 1
    index.close()


def test_a_damaged_folder_is_said_at_opening_and_a_new_one_takes_its_place(tmp_path: Path) -> None:
    for number, name in enumerate(["meta.json", "*.idx", "*.fast", "*.store", "*.term"]):
        folder = tmp_path / str(number)
        index = TantivyText(folder)
        index.write(WIKI, [])
        index.close()
        for path in folder.glob(f"*/{name}"):
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(StoreCorrupt, match="vigie check --repair"):
            TantivyText(folder)
        folder.rename(tmp_path / f"aside-{number}")
        index = TantivyText(folder)
        assert index.count() == 0
        index.close()


def test_a_folder_that_lost_its_index_is_damaged(tmp_path: Path) -> None:
    index = TantivyText(tmp_path)
    index.write(WIKI, [])
    index.close()
    (live,) = tmp_path.iterdir()
    shutil.rmtree(live)
    live.mkdir()
    with pytest.raises(StoreCorrupt, match="vigie check --repair"):
        TantivyText(tmp_path)


def test_a_second_writer_is_told_so_and_may_write_once_the_first_has_closed(tmp_path: Path) -> None:
    first, second = TantivyText(tmp_path), TantivyText(tmp_path)
    first.write([passage("a", "un")], [])
    with pytest.raises(StoreBusy):
        second.write([passage("b", "deux")], [])
    first.close()
    second.write([passage("b", "deux")], [])
    assert second.count() == 2
    second.close()


def test_a_closed_index_says_so(tmp_path: Path) -> None:
    index = TantivyText(tmp_path)
    index.close()
    index.close()
    with pytest.raises(StoreError, match="is closed"):
        index.search("flux", 1)
    with pytest.raises(StoreError, match="is closed"):
        index.write([], [])


def test_a_full_disk_is_told_from_damage() -> None:
    said = ValueError("An IO error occurred: 'No space left on device (os error 28)'")
    assert isinstance(_store_error(said, Path("d")), StoreFull)
    assert isinstance(_store_error(OSError(28, "No space left on device"), Path("d")), StoreFull)


def test_frequencies_count_the_chunks_that_hold_a_word_in_any_form(index: TextIndex) -> None:
    said = {"a": "Les flux, les purges.", "b": "un flux en échec", "c": "restarted"}
    index.write([passage(id_, text) for id_, text in said.items()], [])
    assert index.frequencies(["Flux", "purge", "restart", "zzyzx", ""]) == [2, 1, 1, 0, 0]
    assert index.frequencies([]) == []
