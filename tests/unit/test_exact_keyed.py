"""Objects whose keys are data: the counts of each policy, of each queue, under its name."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]
POLICIES = ["ORA_DAILY", "FS_NIGHT", "VM_WEEKLY", "GED_DOCS"]


def sessions() -> list[Doc]:
    found = []
    for n in range(160):
        start = NOW - timedelta(hours=3 * n + 1)
        own = [POLICIES[n % 4]] + ([POLICIES[(n + 1) % 4]] if n % 3 == 0 else [])
        found.append(
            {
                "_id": n,
                "client": f"sv-{['ora', 'fic', 'web'][n % 3]}-{n % 5 + 1:02d}",
                "result": ["complete", "complete", "aborted"][n % 3],
                "timing": {"begin": start, "finish": start + timedelta(minutes=9)},
                "policies": {name: {"files": 100 + 7 * n + len(name), "skipped": n % 5} for name in own},
            }
        )
    return found


def transfers() -> list[Doc]:
    return [
        {
            "_id": n,
            "IDT": f"{n:08d}",
            "PART": ["STET", "BDF", "EUROCLR"][n % 3],
            "PROTO": ["SFTP", "PESIT", "HTTPS"][n % 3],
            "ETA": ["TERM", "TERM", "ERR", "SUSP"][n % 4],
            "DDEB": int((NOW - timedelta(hours=2 * n + 1)).timestamp()),
            "VOLO": 1000 * n + 17,
            "requestedBy": ["squad-paiements", "squad-data", "squad-titres"][n % 3],
        }
        for n in range(150)
    ]


S, T = sessions(), transfers()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("keyed")
    return answers(folder, {"backup_sessions": S, "xfb_moni": T})


def summed(leaf: str) -> dict[str, int]:
    each: defaultdict[str, int] = defaultdict(int)
    for doc in S:
        for name, told in doc["policies"].items():
            each[name] += told[leaf]
    return dict(each)


def test_what_is_under_a_key_is_summed_up(made: ExactAnswers) -> None:
    files = summed("files")["ORA_DAILY"]
    assert rows(made, "Combien de fichiers sauvegardés par la policy ORA_DAILY ?") == [[files]]
    assert rows(made, "How many files for policy ORA_DAILY?") == [[files]]


def test_records_that_have_a_key_are_counted(made: ExactAnswers) -> None:
    having = sum("GED_DOCS" in doc["policies"] for doc in S)
    assert rows(made, "combien de sauvegardes avec la policy GED_DOCS ?") == [[having]]


def test_a_number_for_each_key_in_order(made: ExactAnswers) -> None:
    files = sorted(summed("files").items(), key=lambda pair: -pair[1])
    assert rows(made, "combien de fichiers par policy ?") == [list(pair) for pair in files]
    assert rows(made, "top 3 des policies par fichiers") == [list(pair) for pair in files[:3]]


def test_keys_that_no_record_has_then_are_left_out(made: ExactAnswers) -> None:
    since = NOW - timedelta(hours=8)
    there = {name for doc in S if doc["timing"]["begin"] >= since for name in doc["policies"]}
    assert 0 < len(there) < len(POLICIES)
    found = rows(made, "combien de fichiers par policy ces 8 dernières heures ?")
    assert {row[0] for row in found} == there


def test_no_key_is_taken_for_another(made: ExactAnswers) -> None:
    for question in ("combien de fichiers sauvegardés ?", "policies avec plus de 3 skipped"):
        found = ask(made, question)
        assert found is None or found.exact is None, question


def test_every_row_leads_to_the_records_that_have_the_key(made: ExactAnswers) -> None:
    found = exact(made, "combien de fichiers par policy ?")
    measures = found.plan["measures"] if isinstance(found.plan, dict) else found.plan.measures
    assert len(measures) == len(found.rows)


def test_records_of_a_tool_that_moves_files_are_transfers(made: ExactAnswers) -> None:
    failed = sum(doc["ETA"] == "ERR" for doc in T)
    assert rows(made, "combien de transferts en erreur ?") == [[failed]]
    total = sum(doc["VOLO"] for doc in T if doc["PART"] == "STET")
    assert rows(made, "volume total échangé avec STET") == [[total]]


def test_teams_and_servers_are_told_by_their_values(made: ExactAnswers) -> None:
    each: defaultdict[str, int] = defaultdict(int)
    for doc in T:
        each[str(doc["requestedBy"])] += doc["ETA"] == "ERR"
    assert {row[0]: row[1] for row in rows(made, "transferts en erreur par équipe")} == dict(each)
    failed: defaultdict[str, int] = defaultdict(int)
    for doc in S:
        failed[doc["client"]] += doc["result"] == "aborted"
    expected = {name: n for name, n in failed.items() if n >= 3}
    assert {row[0]: row[1] for row in rows(made, "serveurs avec au moins 3 sauvegardes échouées")} == expected
