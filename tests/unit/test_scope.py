"""Only explicit words limit where a question looks."""

from __future__ import annotations

import pytest

from vigie.ask.scope import nearest, own_name, read_scope, resolve
from vigie.errors import InputError, NotFound
from vigie.types import Kind, Scope, SourceRef

COLLECTIONS = ["vanish_flows", "flow_errors", "batch_jobs", "jobs"]
REFS = [
    SourceRef("records", "vanish_flows"),
    SourceRef("records", "flow_errors"),
    SourceRef("confluence", "IV2"),
    SourceRef("code", "batch"),
]


EVERYWHERE = Scope()


def read(text: str, given: Scope = EVERYWHERE) -> tuple[str, Scope]:
    scoped = read_scope(text, given, COLLECTIONS)
    return scoped.text, scoped.scope


def kinds(*names: Kind) -> Scope:
    return Scope(kinds=frozenset(names))


@pytest.mark.parametrize(
    ("text", "left", "scope"),
    [
        ("Comment relancer SEPA_OUT dans le wiki ?", "Comment relancer SEPA_OUT ?", kinds("confluence")),
        ("Dans le wiki, comment relancer SEPA_OUT ?", "comment relancer SEPA_OUT ?", kinds("confluence")),
        ("wiki : comment relancer ?", "comment relancer ?", kinds("confluence")),
        ("Cherche uniquement dans Confluence : la purge", "la purge", kinds("confluence")),
        ("la purge, uniquement dans la documentation", "la purge", kinds("confluence")),
        ("Où est calculé le solde ? Seulement dans le code", "Où est calculé le solde ?", kinds("code")),
        ("Where is the balance computed? in the code only", "Where is the balance computed?", kinds("code")),
        ("search only in the source code: balance", "balance", kinds("code")),
        ("dans le wiki et dans le code, la purge", "la purge", kinds("confluence", "code")),
        ("dans le wiki ou le code, la purge", "la purge", kinds("confluence", "code")),
        ("AUTH-401 dans mongodb", "AUTH-401", kinds("records")),
        ("les runs uniquement : AUTH-401", "AUTH-401", kinds("records")),
    ],
)
def test_a_source_named_in_words_limits_the_search(text: str, left: str, scope: Scope) -> None:
    assert read(text) == (left, scope)


@pytest.mark.parametrize(
    ("text", "left", "name"),
    [
        ("analyse la collection flow_errors uniquement : quels codes ?", "quels codes ?", "flow_errors"),
        ("Analyse la collection flow_errors uniquement", "", "flow_errors"),
        ("collection vanish_flows : combien de KO ?", "combien de KO ?", "vanish_flows"),
        ("Combien de KO dans la collection `mongo_vanish_flows` ?", "Combien de KO ?", "vanish_flows"),
        ("Dans flow_errors, quels codes reviennent ?", "quels codes reviennent ?", "flow_errors"),
        ("in the flow_errors collection, which codes?", "which codes?", "flow_errors"),
        ("uniquement batch_jobs : les échecs", "les échecs", "batch_jobs"),
        ("VANISH_FLOWS only: failures", "failures", "vanish_flows"),
        ("vanish_flows: failures", "failures", "vanish_flows"),
        ("collection jobs : les échecs", "les échecs", "jobs"),
    ],
)
def test_a_collection_named_in_words_limits_the_search(text: str, left: str, name: str) -> None:
    assert read(text) == (left, Scope(collection=name))


@pytest.mark.parametrize(
    "text",
    [
        "Que veut dire le code ORA-00942 ?",
        "dans le code ORA-00942, que manque-t-il ?",
        "Quel code d'erreur revient dans le code d’erreur du flux ?",
        "what is in the code path of AUTH-401?",
        "code retour 12 uniquement la nuit",
        "Combien dans le code 401 ?",
        "code : ORA-00942",
        "Pourquoi jobs tombe dans jobs ?",
        "Cherche partout, pas dans le wiki",
        "Qui documente le wiki ?",
        "L'exécution du flux n'est pas dans le wiki",
        "la collection de timbres est-elle lue ?",
        "le wiktionnaire",
    ],
)
def test_words_that_only_look_like_a_limit_limit_nothing(text: str) -> None:
    scoped = read_scope(text, Scope(), COLLECTIONS)
    assert (scoped.text, scoped.scope, scoped.unknown) == (text, Scope(), None)


def test_parameters_win_over_words() -> None:
    given = Scope(collection="vanish_flows")
    assert read("dans le wiki, la purge", given) == ("dans le wiki, la purge", given)
    assert read("collection vanish_flows : la purge", given) == ("la purge", given)
    assert read("collection flow_errors : la purge", kinds("code"))[1] == kinds("code")


@pytest.mark.parametrize("text", ["collection flow_errrs : quels codes ?", "Analyse la collection flow_errrs"])
def test_a_collection_that_does_not_exist_is_noticed(text: str) -> None:
    assert read_scope(text, Scope(), COLLECTIONS).unknown == "flow_errrs"
    assert nearest("flow_errrs", COLLECTIONS)[0] == "flow_errors"


def test_names_are_taken_with_or_without_prefix() -> None:
    assert own_name("mongo_jobs", COLLECTIONS) == "jobs"
    assert own_name("mongo_x", ["mongo_x", "x"]) == "mongo_x"
    assert own_name("Jobs", COLLECTIONS) == "jobs"
    assert own_name("job", COLLECTIONS) is None


def test_a_scope_stands_for_sources() -> None:
    flows = SourceRef("records", "vanish_flows")
    assert resolve(Scope(), REFS) == sorted(REFS, key=lambda ref: (ref.kind, ref.name))
    assert resolve(kinds("code"), REFS) == [SourceRef("code", "batch")]
    assert resolve(Scope(collection="mongo_vanish_flows"), REFS) == [flows]
    assert resolve(Scope(frozenset({"confluence", "records"}), "vanish_flows"), REFS) == [REFS[2], flows]
    assert resolve(Scope(collection="confluence"), REFS) == [REFS[2]]
    with pytest.raises(InputError, match="excluded"):
        resolve(Scope(frozenset({"code"}), "vanish_flows"), REFS)


def test_an_unknown_collection_is_refused_with_the_nearest() -> None:
    with pytest.raises(NotFound, match="flow_errors"):
        resolve(Scope(collection="flow_eror"), REFS)
    with pytest.raises(NotFound, match="vanish_flows"):
        resolve(Scope(collection="zzzz"), REFS)
    with pytest.raises(NotFound, match="ingested"):
        resolve(Scope(collection="zzzz"), [])
