"""What has misled the planner in exchanges with others, in calls that fail and in probes: which way records went, what
they were counted by, and which collection a state belongs to."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
PARTNERS = ["CITADELLE", "NORDIA", "HELVETA"]


def parcels() -> list[Doc]:
    """HELVETA has sent nothing of late, and DORMANT none at all is known of."""
    return [
        {
            "_id": n,
            "ref_pli": f"PLI-{n:05d}",
            "partenaire": PARTNERS[n % 3],
            "sens": "sortant" if n % 5 < 3 or (n % 3 == 2 and n < 90) else "entrant",
            "type_pli": ["XF101", "XF202"][n % 2],
            "statut": "ENVOYE" if n in (1, 2) else ["ACQUITTE", "REJETE"][n % 7 == 3],
            "emis_le": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
        }
        for n in range(240)
    ]


def requests() -> list[Doc]:
    found = []
    for n in range(300):
        kind = "serverFault" if n % 11 == 3 else "serverError" if n % 9 == 4 else "clientError" if n % 7 == 2 else "ok"
        doc = {
            "_id": n,
            "requestKey": f"{n * 7919:08x}",
            "endpoint": ["quotes", "orders", "positions"][n % 3],
            "verb": ["GET", "POST"][n % 2],
            "outcome": kind.replace("serverFault", "timeout"),
            "httpStatus": {"ok": 200, "clientError": 404, "serverError": 500, "serverFault": 504}[kind],
            "askedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        if kind != "ok" and n % 10:
            doc["errorMessage"] = f"{kind} while answering ({1000 + n * 7})"
        found.append(doc)
    return found


def probes() -> list[Doc]:
    found = []
    for n in range(200):
        doc: Doc = {
            "_id": n,
            "id_sonde": f"S{n:05d}",
            "lib_sonde": ["DISQUE", "LATENCE", "QUORUM"][n % 3],
            "res": ["OK", "OK", "NOK", "WARN"][n % 4],
            "srv": ["zeus", "hera", "ares"][n % 7 % 3],
            "dt_sonde": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        if doc["res"] != "OK":
            doc |= {"grv": ["CRI", "MAJ", "MIN"][n % 5 % 3], "acq": n % 3 == 0}
        found.append(doc)
    return found


def chores() -> list[Doc]:
    return [
        {
            "_id": n,
            "id_passage": f"P{n:05d}",
            "tache": ["EXPORT_PAIE", "IMPORT_RH", "ARCHIVE_GED"][n % 3],
            "etat": ["TERMINE", "PLANTE"][n % 4 == 1],
            "machine": {"nom": ["ulysse", "circe"][n % 2], "site": "Brest"},
            "lance_le": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            **({"garde": {"prevenue": n % 8 == 1, "nom": ["anouk", "basile"][n % 3 % 2]}} if n % 4 == 1 else {}),
        }
        for n in range(160)
    ]


X, C, S, T = parcels(), requests(), probes(), chores()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("exchanges")
    return answers(folder, {"echanges_plis": X, "gatewayCalls": C, "sondes_techniques": S, "passages_taches": T})


def test_sent_to_somebody_is_a_way_and_not_the_first_state(made: ExactAnswers) -> None:
    gone = sum(d["partenaire"] == "NORDIA" and d["sens"] == "sortant" and d["type_pli"] == "XF202" for d in X)
    assert gone
    assert rows(made, "combien de XF202 envoyés à NORDIA ?") == [[gone]]
    assert rows(made, "how many XF202 were sent to NORDIA?") == [[gone]]


def test_the_first_state_is_meant_where_it_is_called_a_state(made: ExactAnswers) -> None:
    assert rows(made, "combien d'échanges au statut envoyé ?") == [[2]]
    assert rows(made, "combien d'échanges sont encore envoyés ?") == [[2]]


def test_what_partners_send_is_received(made: ExactAnswers) -> None:
    came = sum(d["partenaire"] == "NORDIA" and d["sens"] == "entrant" for d in X)
    assert rows(made, "combien d'échanges envoyés par NORDIA ?") == [[came]]
    assert rows(made, "NORDIA a envoyé combien de plis ?") == [[came]]
    ours = sum(d["partenaire"] == "NORDIA" and d["sens"] == "sortant" for d in X)
    assert rows(made, "combien de plis que nous avons envoyés à NORDIA ?") == [[ours]]


def test_partners_that_sent_nothing_are_those_of_whom_nothing_was_received(made: ExactAnswers) -> None:
    late = {d["partenaire"] for d in X if d["sens"] == "entrant" and d["emis_le"] >= "2026-11-10"}
    silent = {name for name in PARTNERS if name not in late}
    assert silent == {"HELVETA"}
    assert {row[0] for row in rows(made, "Which partners have sent nothing since November 10?")} == silent
    assert {row[0] for row in rows(made, "quels partenaires n'ont rien envoyé depuis le 10 novembre ?")} == silent


def test_which_partners_send_and_receive(made: ExactAnswers) -> None:
    came = Counter(d["partenaire"] for d in X if d["sens"] == "entrant" and d["type_pli"] == "XF101")
    assert {row[0]: row[1] for row in rows(made, "quels partenaires envoient des XF101 ?")} == came
    gone = Counter(d["partenaire"] for d in X if d["sens"] == "sortant")
    assert rows(made, "quel partenaire reçoit le plus de plis ?")[0] == list(gone.most_common(1)[0])


def test_towards_an_hour_is_no_way(made: ExactAnswers) -> None:
    found = exact(made, "vers quelle heure y a-t-il le plus d'échanges rejetés ?")
    assert sum(row[1] for row in found.rows) <= sum(d["statut"] == "REJETE" for d in X)
    assert {c["path"] for c in found.plan["where"]} == {"statut"}


def test_sent_somewhere_goes_without_saying_where_no_field_tells_the_way(tmp_path: Path) -> None:
    told = [
        {"_id": n, "ref": f"N{n}", "statut": "ENVOYEE" if n < 3 else ["LIVREE", "REJETEE"][n % 6 == 0],
         "agence": ["Brest", "Nantes"][n % 3 == 0], "creee_le": (NOW - timedelta(hours=n + 1)).isoformat()}
        for n in range(90)
    ]  # fmt: skip
    made = answers(tmp_path, {"notifications": told})
    assert rows(made, "combien de notifications envoyées à Nantes ?") == [[30]]
    assert rows(made, "combien de notifications envoyées ?") == [[3]]


def test_how_often_counts_every_time(made: ExactAnswers) -> None:
    called = sum(d.get("garde", {}).get("prevenue", False) for d in T)
    assert called > 2
    assert rows(made, "combien de fois la garde a été prévenue ?") == [[called]]


def test_without_what_a_flag_tells_is_one_condition(made: ExactAnswers) -> None:
    left = Counter(d["tache"] for d in T if d["etat"] == "PLANTE" and not d["garde"]["prevenue"])
    found = {row[0]: row[1] for row in rows(made, "tâches plantées sans garde prévenue")}
    assert found == left


def test_a_kind_of_error_in_two_words_is_the_records_own_before_it_is_a_code(made: ExactAnswers) -> None:
    own = Counter(d["endpoint"] for d in C if d["outcome"] == "serverError")
    assert {row[0]: row[1] for row in rows(made, "Which endpoints had server errors?")} == own
    assert rows(made, "combien d'erreurs serveur ?") == [[sum(own.values())]]
    weeks = exact(made, "server errors per week since October 20")
    assert weeks.collection == "gatewayCalls"


def test_errors_are_counted_and_not_the_messages_they_have(made: ExactAnswers) -> None:
    bad = Counter(d["verb"] for d in C if d["outcome"] != "ok")
    assert {row[0]: row[1] for row in rows(made, "number of errors per verb on the gateway")} == bad
    share = {row[0]: row[2] for row in rows(made, "error rate per endpoint")}
    assert share == Counter(d["endpoint"] for d in C if d["outcome"] != "ok")
    messages = {d["errorMessage"] for d in C if d["endpoint"] == "quotes" and "errorMessage" in d}
    assert {row[0] for row in rows(made, "which errors occurred on quotes?")} == messages


def test_a_state_in_its_own_letters_chooses_its_collection(made: ExactAnswers) -> None:
    bad = [d for d in S if d["res"] == "NOK"]
    assert rows(made, "combien de NOK ?") == [[len(bad)]]
    by = Counter(d["srv"] for d in bad)
    assert {row[0]: row[1] for row in rows(made, "serveurs avec plus de 5 NOK au total")} == {
        name: n for name, n in by.items() if n > 5
    }
    assert exact(made, "NOK d'hier vs avant-hier").collection == "sondes_techniques"
    assert rows(made, "combien de NOK non acquittés ?") == [[sum(not d["acq"] for d in bad)]]


def test_a_state_that_several_collections_tell_is_asked_back(made: ExactAnswers) -> None:
    found = ask(made, "combien d'échecs hier ?")
    assert found is not None
    assert found.exact is None


def test_severities_are_told_by_their_beginnings(made: ExactAnswers) -> None:
    for said, level in (("critiques", "CRI"), ("majeures", "MAJ"), ("mineures", "MIN")):
        wanted = sum(d["res"] == "NOK" and d["grv"] == level for d in S)
        assert rows(made, f"combien de sondes NOK {said} ?") == [[wanted]]


def test_on_alert_is_a_state_that_warns(made: ExactAnswers) -> None:
    assert rows(made, "combien de sondes DISQUE en alerte ?") == [
        [sum(d["res"] == "WARN" and d["lib_sonde"] == "DISQUE" for d in S)]
    ]
