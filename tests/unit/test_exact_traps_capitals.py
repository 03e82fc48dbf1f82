"""What has misled the planner where values in capitals are words of the language, or of the other language."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, PARIS, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def links() -> list[Doc]:
    return [
        {
            "_id": n,
            "linkId": f"L{n:05d}",
            "protocol": ["FIX", "FIN", "HOST"][n % 3],
            "peer": ["FIX_TOKYO", "FIN_OSLO", "HOST_BERNE"][n % 3],
            "linkState": ["CLOSED", "CLOSED", "DROPPED", "ESTABLISHED"][n % 7 % 4],
            "openedAt": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
            "msgIn": 10 + n % 19,
        }
        for n in range(260)
    ]


def batches() -> list[Doc]:
    return [
        {
            "_id": n,
            "refLot": f"R{n:05d}",
            "nature": ["rapprochement titres", "rapprochement especes", "denouement"][n % 3],
            "place": ["GENEVE", "LONDRES", "PARIS"][n % 5 % 3],
            "statut": "OUVERT" if n < 4 else ["SOLDE", "SOLDE", "SUSPENDU", "REJETE"][n % 11 % 4],
            "debut": (NOW - timedelta(hours=4 * n + 1)).isoformat(),
        }
        for n in range(240)
    ]


def probes() -> list[Doc]:
    return [
        {
            "_id": n,
            "no": n,
            "op": ["VACUUM", "VACUUM_FULL", "REINDEX"][n % 3],
            "cmp": ["BRK-1", "BRK-2", "LDAP-1"][n % 3],
            "state": "DOWN" if n % 3 < 2 and n % 8 == 0 else "UP",
            "ts": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
        }
        for n in range(220)
    ]


L, B, P = links(), batches(), probes()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("capitals")
    return answers(folder, {"peerLinks": L, "lots_reglement": B, "mw_probes": P})


def test_a_value_in_capitals_is_no_verb(made: ExactAnswers) -> None:
    dropped = [d for d in L if d["linkState"] == "DROPPED"]
    assert rows(made, "combien de links FIX sont tombés ?") == [[sum(d["protocol"] == "FIX" for d in dropped)]]
    found = exact(made, "dropped FIX links by week since October 1")
    assert found.rows
    assert rows(made, "Combien de messages reçus par FIX_TOKYO ?") == [
        [sum(d["msgIn"] for d in L if d["peer"] == "FIX_TOKYO")]
    ]
    assert ask(made, "How to fix a dropped link?") is None
    assert ask(made, "POURQUOI LES LINKS FIX TOMBENT ?") is None


def test_a_rate_of_drops_is_no_order_to_drop(made: ExactAnswers) -> None:
    assert exact(made, "drop rate of the links by protocol").plan["keys"][0]["path"] == "protocol"
    refused = ask(made, "drop the links of FIX_TOKYO")
    assert refused is not None
    assert refused.exact is None


def test_components_are_called_by_three_letters(made: ExactAnswers) -> None:
    down = Counter(d["cmp"] for d in P if d["state"] == "DOWN")
    assert {row[0]: row[1] for row in rows(made, "Quels composants ont été DOWN au moins 3 fois ?")} == {
        name: n for name, n in down.items() if n >= 3
    }
    assert [row[0] for row in rows(made, "Which components were never down?")] == ["LDAP-1"]


def test_places_and_kinds_are_called_in_the_other_language(made: ExactAnswers) -> None:
    assert rows(made, "how many batches in Geneva") == [[sum(d["place"] == "GENEVE" for d in B)]]
    told = sum(d["nature"].startswith("rapprochement") for d in B)
    assert rows(made, "how many reconciliation batches") == [[told]]


def test_a_kind_that_is_part_of_another_is_itself(made: ExactAnswers) -> None:
    assert rows(made, "combien de VACUUM ?") == [[sum(d["op"] == "VACUUM" for d in P)]]


def test_still_open_is_a_state_that_is_called_so(made: ExactAnswers) -> None:
    assert len(rows(made, "Quels lots sont encore ouverts ?")) == 4


def test_noon_may_begin_what_lies_between(made: ExactAnswers) -> None:
    found = exact(made, "links dropped between noon and 6pm yesterday")
    assert found.plan["span"]["start"].astimezone(PARIS).hour == 12
