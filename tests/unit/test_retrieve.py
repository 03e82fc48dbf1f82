"""What a search shows: live passages, the best first, without repetition."""

from __future__ import annotations

from pathlib import Path

import pytest
from asking import CODE, ERRORS, FLOWS, WIKI, Base, sample
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.errors import InputError, NotFound
from vigie.types import EVERYTHING, Hit, Scope


@pytest.fixture
def base(tmp_path: Path):
    made = sample(tmp_path)
    yield made
    made.ledger.close()


def search(base: Base, query: str, scope: Scope | None = None, top_k: int = 5) -> list[Hit]:
    return base.retriever.search(query, scope or Scope(), top_k, EVERYTHING)


def test_the_passage_that_speaks_of_the_question_comes_first(base: Base) -> None:
    hits = search(base, "purge mensuelle des archives")
    assert hits[0].passage.title == "Purge des archives"
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert all(hits[i].score >= hits[i + 1].score for i in range(len(hits) - 1))
    assert hits[0].lexical is not None
    assert hits[0].dense is not None


def test_the_same_state_gives_the_same_list(base: Base) -> None:
    assert search(base, "jeton AUTH-401") == search(base, "jeton AUTH-401")


def test_words_alone_and_vectors_alone_find_too(base: Base) -> None:
    for collection in base.vectors.collections():
        base.vectors.drop(collection)
    assert search(base, "purge mensuelle")[0].passage.title == "Purge des archives"
    base.put(WIKI, "103", "Onduleurs", "Les onduleurs de la salle 3.")
    base.text.live.clear()
    hits = search(base, "onduleurs")
    assert hits[0].passage.title == "Onduleurs"
    assert hits[0].lexical is None


@pytest.mark.parametrize(
    ("scope", "collections"),
    [
        (Scope(frozenset({"confluence"})), {"confluence"}),
        (Scope(frozenset({"records"})), {"mongo_vanish_flows", "mongo_flow_errors"}),
        (Scope(collection="flow_errors"), {"mongo_flow_errors"}),
        (Scope(collection="mongo_vanish_flows"), {"mongo_vanish_flows"}),
    ],
)
def test_only_the_scope_is_searched(base: Base, scope: Scope, collections: set[str]) -> None:
    hits = search(base, "AUTH-401 ORA-00942 purge jeton table", scope, 50)
    assert {hit.passage.ref.collection for hit in hits} == collections


def test_an_unknown_collection_and_a_wrong_top_k_are_refused(base: Base) -> None:
    with pytest.raises(NotFound, match="flow_errors"):
        search(base, "x", Scope(collection="flow_error"))
    for top_k in (0, 51):
        with pytest.raises(InputError, match="top_k"):
            search(base, "x", top_k=top_k)


def test_what_the_ledger_does_not_hold_live_is_never_shown_and_is_replaced(tmp_path: Path) -> None:
    base = Base(tmp_path)
    gone = [base.put(WIKI, f"g{n}", f"Disparue {n}", f"rotation rotation rotation {n}") for n in range(130)]
    for n in range(6):
        base.put(WIKI, f"l{n}", f"Page {n}", f"La rotation des journaux du serveur {n} et bien d'autres choses encore.")
    for document in gone:
        base.forget(document)
    hits = search(base, "rotation")
    assert len(hits) == 5
    assert all(hit.passage.title.startswith("Page") for hit in hits)
    base.ledger.close()


def test_equal_texts_come_once(tmp_path: Path) -> None:
    base = Base(tmp_path)
    for n in range(4):
        base.put(WIKI, f"c{n}", f"Copie {n}", "La rotation   des journaux, chaque nuit.")
    base.put(WIKI, "other", "Autre", "Rien sur les disques mais la rotation des clés.")
    assert [hit.passage.title[:5] for hit in search(base, "rotation des journaux")] == ["Copie", "Autre"]
    base.ledger.close()


PROCEDURE = (
    "Pour relancer le flux, ouvrir la console, choisir le lot du jour, vérifier la file, purger les messages, "
    "prévenir l'équipe Paiements puis valider l'exécution sur le serveur {} avant midi"
)


def test_almost_equal_texts_come_once_unless_the_question_asks_for_the_difference(tmp_path: Path) -> None:
    base = Base(tmp_path)
    for place in ("alpha", "beta", "gamma"):
        base.put(WIKI, place, "Relance", PROCEDURE.format(place))
    assert len(search(base, "relancer le flux")) == 1
    texts = [hit.passage.chunk.text for hit in search(base, "relancer le flux alpha ou beta")]
    assert any("alpha" in text for text in texts)
    assert any("beta" in text for text in texts)
    base.ledger.close()


def test_one_long_page_does_not_crowd_out_the_others(tmp_path: Path) -> None:
    base = Base(tmp_path)
    parts = [f"rotation des journaux, partie {word} {word}" for word in ("une", "deux", "trois", "quatre", "cinq")]
    base.put(WIKI, "long", "Rotation des journaux", *parts)
    for n in range(3):
        base.put(WIKI, f"s{n}", f"Note {n}", f"note {n} qui cite une fois la rotation, et le matériel {n}")
    titles = [hit.passage.title for hit in search(base, "rotation des journaux")]
    assert titles.count("Rotation des journaux") == 2
    assert len(titles) == 5
    base.ledger.close()


def test_a_page_alone_may_fill_the_list(tmp_path: Path) -> None:
    base = Base(tmp_path)
    base.put(WIKI, "long", "Rotation", *[f"rotation des journaux, partie {word}" for word in "abcdef"])
    hits = search(base, "rotation")
    assert len(hits) == 5
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    base.ledger.close()


def test_signatures_of_one_flow_stay_apart(tmp_path: Path) -> None:
    base = Base(tmp_path)
    message = "the connection to the host was closed by the peer while reading the answer of the upstream queue manager"
    base.put_runs(FLOWS, {f"SEPA_OUT · KO · NET-{n}": (message, n) for n in (1, 2, 3)})
    assert len(search(base, "SEPA_OUT connection closed")) == 3
    base.ledger.close()


def test_the_page_that_explains_an_error_is_not_crowded_out_by_the_flows_it_befell(tmp_path: Path) -> None:
    base = Base(tmp_path)
    base.put_runs(
        FLOWS, {f"FLOW_{n} · KO · KAFKA-LAG": (f"kafka consumer lag checked on FLOW_{n}", n) for n in range(9)}
    )
    base.put(WIKI, "1109", "KAFKA-LAG", "The consumer of the kafka topic is late: restart it, then wait.")
    base.put(WIKI, "9", "Cantine", "Menu de la semaine.")
    kinds = [hit.passage.ref.kind for hit in search(base, "kafka consumer lag checked where FLOW_3 or others")]
    assert kinds.count("records") == 4
    assert kinds.count("confluence") == 1
    base.ledger.close()


@pytest.mark.parametrize("query", ["", "  ", "?!", "\x00", "-----"])
def test_any_string_is_a_query(base: Base, query: str) -> None:
    assert all(isinstance(hit, Hit) for hit in search(base, query))


def test_nothing_indexed_finds_nothing(tmp_path: Path) -> None:
    base = Base(tmp_path)
    assert search(base, "purge") == []
    assert {CODE, ERRORS} & set(base.ledger.sources()) == set()
    base.ledger.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_what_is_asked_for_by_its_exact_name_comes_first(base: Base, data: st.DataObject) -> None:
    others = [f"Rotation des journaux {word}" for word in ("SFTP", "MQ", "KAFKA", "ORA-00942")]
    for n, title in enumerate(others):
        base.put(WIKI, f"r{n}", title, "rotation des journaux " * 3 + " ".join(others))
    title = data.draw(st.sampled_from(others))
    asked = data.draw(st.sampled_from([title, title.upper(), title.lower(), f"  {title} ?"]))
    hits = search(base, asked)
    assert hits[0].passage.title == title
    assert hits[0].score == 1.0


def test_pages_made_from_one_form_with_other_numbers_do_not_crowd_out_the_others(tmp_path: Path) -> None:
    base = Base(tmp_path)
    for week in range(30, 38):
        duty = "De nuit, appeler le cadre au poste 4{}, noter l'heure, prévenir la supervision et attendre son retour"
        base.put(WIKI, str(week), f"Astreinte semaine {week}", duty.format(week))
    base.put(WIKI, "other", "Cadre de nuit", "Le standard joint le cadre de nuit.")
    found = search(base, "prévenir la supervision de nuit : appeler le cadre, noter l'heure")
    assert len(found) == 5
    assert "other" in [hit.passage.native_id for hit in found]
    assert search(base, "semaine 34")[0].passage.native_id == "34"
    base.ledger.close()
