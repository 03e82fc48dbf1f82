"""What has misled the planner in filings to authorities, in reconciliations, in price feeds and in alerts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def filings() -> list[Doc]:
    people = ["Arnaud", "Belin", "Costa", "Duval"]
    return [
        {
            "_id": n,
            "reference": f"FIL-{n:05d}",
            "regulateur": ["CSSF", "AFM", "FINMA"][n % 3],
            "etat": ["acceptée", "rejetée"][n % 5 == 1],
            "motif_rejet": "schéma refusé par le portail du régulateur" if n % 10 == 1 else None,
            "date_envoi": (NOW - timedelta(hours=6 * n + 1)).isoformat(),
            "nb_erreurs": (n * 13) % 101,
            "preparateur": people[n % 4],
            "valideur": people[n // 3 % 4],
            "renvoi": n % 7 == 0,
        }
        for n in range(160)
    ]


def recs() -> list[Doc]:
    return [
        {
            "_id": n,
            "recon": ["CASH_LU", "BONDS_LU", "FEES_LU", "REPO_LU"][n % 4],
            "state": "ABORTED" if n % 11 == 2 else ["MATCHED", "BREAK"][n % 3 == 1 and n % 4 != 3],
            "business_day": (NOW - timedelta(hours=5 * n + 20)).date().isoformat(),
            "started": (NOW - timedelta(hours=5 * n + 2)).isoformat(),
            "ended": (NOW - timedelta(hours=5 * n + 1)).isoformat(),
            "breaks": n % 9 if n % 3 == 1 else 0,
            "gap_amount": 100.5 * n if n % 3 == 1 else None,
        }
        for n in range(120)
    ]


def feeds() -> list[Doc]:
    return [
        {
            "_id": n,
            "session_no": f"{n:05d}",
            "fournisseur": ["Tullett", "Gfi", "Tradition"][n % 3],
            "statut": ["NOMINAL", "COUPÉ", "DÉGRADÉ", "NOMINAL"][n % 4] if n > 2 else "EN_LIGNE",
            "debut": (NOW - timedelta(hours=4 * n + 2)).isoformat(),
            "fin": (NOW - timedelta(hours=4 * n)).isoformat(),
            "site": {"code": ["AMS1", "AMS2"][n % 2]},
        }
        for n in range(110)
    ]


def alerts() -> list[Doc]:
    return [
        {
            "_id": n,
            "alrt": f"Q{n:05d}",
            "rule": ["swap_high", "lag_high", "cert_old"][n % 3],
            "lvl": ["critical", "minor"][n % 4 > 0],
            "team": ["cloud", "storage"][n % 2] if n % 6 else None,
            "acked_by": ["r.lopez", "m.klein"][n % 2] if n % 3 else None,
            "raised": (NOW - timedelta(hours=3 * n + 2)).isoformat(),
            "cleared": (NOW - timedelta(hours=3 * n + 1)).isoformat(),
        }
        for n in range(130)
    ]


def services() -> list[Doc]:
    return [
        {
            "_id": n,
            "service": ["quote-hub", "rate-calc", "tax-hub"][n % 3],
            "outcome": ["done", "failed", "done", "skipped"][n % 4],
            "origin": ["cron", "operator", "rerun"][n % 5 % 3],
            "launchedAt": (NOW - timedelta(hours=2 * n + 1)).isoformat(),
            "elapsedMs": 1000 * (n % 50),
        }
        for n in range(140)
    ]


F, R, S, A, X = filings(), recs(), feeds(), alerts(), services()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("regulator")
    named = {"declarations_prudentielles": F, "recon_results": R, "fluxMarche": S, "sup_alerts": A, "svcExecutions": X}
    return answers(folder, named)


def test_recon_is_short_for_reconciliation_in_both_languages(made: ExactAnswers) -> None:
    broken = [d for d in R if d["state"] == "BREAK"]
    assert rows(made, "Combien de rapprochements en écart ?") == [[len(broken)]]
    assert rows(made, "How many reconciliations were aborted?") == [[sum(d["state"] == "ABORTED" for d in R)]]
    found = exact(made, "taux de rapprochements en écart")
    assert found.rows[0][1:] == [len(broken), len(R)]


def test_most_breaks_are_added_up_of_each_reconciliation(made: ExactAnswers) -> None:
    total = {name: sum(d["breaks"] for d in R if d["recon"] == name) for name in {d["recon"] for d in R}}
    assert dict(rows(made, "nombre total d'écarts par rapprochement")) == total  # and no amounts


def test_what_broke_is_in_the_state_break(made: ExactAnswers) -> None:
    never = {d["recon"] for d in R} - {d["recon"] for d in R if d["state"] == "BREAK"}
    assert never
    assert {row[0] for row in rows(made, "Which reconciliations have never broken?")} == never


def test_the_day_of_the_books_is_the_business_day(made: ExactAnswers) -> None:
    booked = sum(d["business_day"] == "2026-11-10" for d in R)
    assert rows(made, "Combien de rapprochements de la journée comptable du 10 novembre ?") == [[booked]]


def test_outages_are_feeds_that_were_cut(made: ExactAnswers) -> None:
    cut = [d for d in S if d["statut"] == "COUPÉ"]
    assert rows(made, "Combien de coupures chez Tullett ?") == [[sum(d["fournisseur"] == "Tullett" for d in cut)]]
    assert rows(made, "How many sessions were cut off?") == [[len(cut)]]
    assert len(exact(made, "Which feeds are still online?").rows) == sum(d["statut"] == "EN_LIGNE" for d in S)


def test_market_data_says_of_what_the_providers_are(made: ExactAnswers) -> None:
    cut = {d["fournisseur"] for d in S if d["statut"] == "COUPÉ" and d["debut"][:10] == "2026-11-10"}
    every = {d["fournisseur"] for d in S}
    french = rows(made, "Quels fournisseurs de données de marché ont été coupés le 10 novembre ?")
    assert {row[0] for row in french} == cut
    lasting = rows(made, "Which market data providers were not cut off on November 10?")
    assert {row[0] for row in lasting} == every - cut


def test_a_level_is_short_of_its_vowels(made: ExactAnswers) -> None:
    critical = sum(d["lvl"] == "critical" for d in A)
    assert dict(rows(made, "Ventilation des alertes par niveau")) == {"critical": critical, "minor": len(A) - critical}


def test_what_nobody_did_is_told_by_who_did_it(made: ExactAnswers) -> None:
    left = sum(d["acked_by"] is None for d in A)
    assert rows(made, "combien d'alertes n'ont pas été acquittées ?") == [[left]]
    assert len(exact(made, "critical alerts nobody acknowledged since October").rows) == sum(
        d["acked_by"] is None and d["lvl"] == "critical" for d in A
    )
    assert rows(made, "How many unacknowledged alerts since October?") == [[left]]
    assert rows(made, "combien d'alertes acquittées depuis octobre ?") == [[len(A) - left]]


def test_how_long_an_act_took_is_not_how_long_the_record_did(made: ExactAnswers) -> None:
    found = ask(made, "temps moyen d'acquittement des alertes depuis octobre")
    assert found is None or found.exact is None


def test_given_to_no_team(made: ExactAnswers) -> None:
    without = sum(d["team"] is None for d in A)
    assert len(exact(made, "alertes affectées à aucune équipe depuis octobre").rows) == without


def test_done_is_a_state_beside_the_records(made: ExactAnswers) -> None:
    done = sum(d["outcome"] == "done" for d in X)
    assert len(exact(made, "list done runs since October").rows) == done
    assert len(exact(made, "exécutions done depuis octobre").rows) == done


def test_by_an_operator_in_the_other_language(made: ExactAnswers) -> None:
    assert rows(made, "combien d'exécutions lancées par un opérateur ?") == [
        [sum(d["origin"] == "operator" for d in X)]
    ]
    assert rows(made, "Combien de relances ?") == [[sum(d["origin"] == "rerun" for d in X)]]


def test_who_prepared_is_no_approver(made: ExactAnswers) -> None:
    own = sum(d["preparateur"] == "Costa" for d in F)
    assert len(exact(made, "déclarations préparées par Costa depuis septembre").rows) == own
    assert rows(made, "qui a préparé FIL-00005 ?")[0][0] == "Belin"
    found = ask(made, "combien de déclarations Costa ?")
    assert found is None or found.exact is None  # prepared or validated?


def test_reports_are_filings_and_came_back(made: ExactAnswers) -> None:
    assert rows(made, "How many reports were sent to AFM?") == [[sum(d["regulateur"] == "AFM" for d in F)]]
    rejected = [d for d in F if d["etat"] == "rejetée"]
    assert len(exact(made, "Quelles déclarations nous sont revenues rejetées depuis septembre ?").rows) == len(rejected)
    first = rows(made, "Which authority rejected the most reports?")[0]
    assert first[1] == max(sum(d["regulateur"] == one for d in rejected) for one in ("CSSF", "AFM", "FINMA"))


def test_resent_is_the_flag_of_it(made: ExactAnswers) -> None:
    again = sum(d["renvoi"] for d in F)
    assert rows(made, "Combien de déclarations renvoyées ?") == [[again]]
    assert rows(made, "How many filings were resent?") == [[again]]


def test_rejected_ones_without_a_reason_are_rejected(made: ExactAnswers) -> None:
    bare = [d for d in F if d["etat"] == "rejetée" and d["motif_rejet"] is None]
    assert len(exact(made, "déclarations sans motif de rejet rejetées depuis septembre").rows) == len(bare)
