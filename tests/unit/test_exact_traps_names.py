"""What has misled the planner in names: abbreviations, records that stand for many, dates of what happened, flags."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from computing import NOW, answers, ask, exact, rows

from vigie.ask.exact import ExactAnswers

Doc = dict[str, Any]


def gateway() -> list[Doc]:
    """Each record stands for many calls."""
    return [
        {
            "_id": n,
            "bucketStart": NOW - timedelta(hours=3 * n),
            "endpoint": ["/virements", "/virements/suivi", "/soldes"][n % 3],
            "httpStatus": [200, 200, 429, 503][n % 4],
            "nbCalls": 10 + n % 7,
            "latency": {"avgMs": 100 + n, "maxMs": 900 + n},
        }
        for n in range(120)
    ]


def logins() -> list[Doc]:
    """Names in short; no state is called so; an agency has a name, a login has none."""
    return [
        {
            "_id": n,
            "dt_evt": (NOW - timedelta(hours=2 * n)).isoformat(),
            "id_util": f"u{n % 9}",
            "prof_util": ["client", "conseiller"][n % 2],
            "appli": ["Agora", "e-Coffre", "Trésor+"][n % 3],
            "res_cnx": ["SUCCES", "SUCCES", "REFUS", "BLOCAGE"][n % 4],
            "tps_rep_ms": 200 + n,
            **({"agc": {"nom": ["Lyon", "Brest"][n % 2]}} if n % 5 == 0 else {}),
        }
        for n in range(150)
    ]


def releases() -> list[Doc]:
    return [
        {
            "_id": n,
            "numChg": f"CHG{n:05d}",
            "composant": ["front", "cartes", "notif"][n % 3],
            "mepDebut": int((NOW - timedelta(hours=5 * n)).timestamp()),
            "dateDemande": (NOW - timedelta(hours=5 * n + 96)).isoformat(),
            "issue": ["REUSSIE", "REUSSIE", "ECHOUEE", "PARTIELLE"][n % 4],
            "retourArriere": n % 3 == 0 and n % 2 == 0,
        }
        for n in range(140)
    ]


def backups() -> list[Doc]:
    """`sauv` is short for sauvegarde; executed ones went well."""
    return [
        {
            "_id": n,
            "tache": ["BK_TITRES_NAS", "BK_RH_NAS", "BK_RH_VM"][n % 3],
            "t_start": NOW - timedelta(hours=n),
            "etat": ["EXECUTE", "ABANDON"][n % 7 == 0],
            "volume_go": n * 20.0,
            "retention_j": [30, 90][n % 2],
        }
        for n in range(90)
    ]


def loads() -> list[Doc]:
    """A step is called as the records are; what went wrong has a cause."""
    return [
        {
            "_id": n,
            "load_id": f"LD-{n:04d}",
            "target_table": ["DIM_CLIENT", "FACT_CARTES", "STG_COURS"][n % 3],
            "etat": ["LOADED", "LOADED", "DOWN", "CANCELLED"][n % 4] if n % 3 else "LOADED",
            "start_ts": NOW - timedelta(hours=4 * n),
            "rows_read": 100 + n % 9,
            "rows_rejected": n % 3,
            "step": ["extract", "load"][n % 2],
            **({"cause": "espace disque"} if n % 8 == 2 else {}),
        }
        for n in range(120)
    ]


def scans() -> list[Doc]:
    """Their ids tell what the records are called; `aJour` is no field of days; sizes in Ko are not KO."""
    return [
        {
            "_id": n,
            "scanId": f"SCN-{n:05d}",
            "machine": f"lx-{n % 11:02d}",
            "typeScan": ["antivirus", "correctifs"][n % 2],
            "verdict": ["CONFORME", "KO", "CONFORME"][n % 3],
            "rapport_ko": 10 * n,
            "agent": {"aJour": n % 4 > 0},
            "lanceLe": NOW - timedelta(hours=3 * n),
        }
        for n in range(100)
    ]


S = scans()
D = loads()
G, L, R, B = gateway(), logins(), releases(), backups()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> ExactAnswers:
    folder: Path = tmp_path_factory.mktemp("names")
    return answers(
        folder,
        {"gw_calls_agg": G, "journal_cnx": L, "mep_livraisons": R, "sauv_nuit": B, "dwh_loads": D, "scans_serveurs": S},
    )


def day_of(value: Any) -> Any:
    read = datetime.fromisoformat(value) if isinstance(value, str) else value
    at = datetime.fromtimestamp(read, NOW.tzinfo) if isinstance(read, int) else read
    return at.astimezone(NOW.tzinfo).date()


YESTERDAY = (NOW - timedelta(days=1)).date()
NUMBERS: dict[str, float] = {
    "combien d'appels hier ?": sum(d["nbCalls"] for d in G if day_of(d["bucketStart"]) == YESTERDAY),
    "nb d'appels en 5xx": sum(d["nbCalls"] for d in G if d["httpStatus"] >= 500),
    "combien de connexions refusées ?": sum(d["res_cnx"] == "REFUS" for d in L),
    "nb de cnx bloquees hier": sum(d["res_cnx"] == "BLOCAGE" for d in L if day_of(d["dt_evt"]) == YESTERDAY),
    "combien d'utilisateurs distincts ?": 9,
    "How many deployments were rolled back?": sum(d["retourArriere"] for d in R),
    "combien de mep demandées le 10 novembre ?": sum(day_of(d["dateDemande"]) == NOW.replace(day=10).date() for d in R),
    "combien de mep en échec ?": sum(d["issue"] == "ECHOUEE" for d in R),
    "combien de mep partielles ?": sum(d["issue"] == "PARTIELLE" for d in R),
    "combien de sauvegardes plantées ?": sum(d["etat"] == "ABANDON" for d in B),
    "combien de sauvegardes de plus d'1 To ?": sum(d["volume_go"] > 1000 for d in B),
    "combien de sauvegardes avec une rétention de 90 jours ?": sum(d["retention_j"] == 90 for d in B),
    "combien de loads hier ?": sum(day_of(d["start_ts"]) == YESTERDAY for d in D),
    "combien de loads non réussis hors annulés ?": sum(d["etat"] == "DOWN" for d in D),
    "combien de loads down sans cause ?": sum(d["etat"] == "DOWN" and "cause" not in d for d in D),
    "total des lignes rejetées": sum(d["rows_rejected"] for d in D),
    "combien de scans hier ?": sum(day_of(d["lanceLe"]) == YESTERDAY for d in S),
    "combien de scans de plus de 500 Ko ?": sum(d["rapport_ko"] > 500 for d in S),
    "combien de machines différentes scannées ?": 11,
    "combien de scans à jour ?": sum(d["agent"]["aJour"] for d in S),
    "combien de sauvegardes NAS BK_RH_NAS ?": sum(d["tache"] == "BK_RH_NAS" for d in B),
}


@pytest.mark.parametrize("question", NUMBERS)
def test_a_number_is_of_what_was_meant(made: ExactAnswers, question: str) -> None:
    assert rows(made, question) == [[NUMBERS[question]]]


def test_the_mean_that_an_object_holds_is_its_measure(made: ExactAnswers) -> None:
    latencies = [d["latency"]["avgMs"] for d in G if d["endpoint"] == "/soldes"]
    assert rows(made, "latence moyenne de /soldes") == [[pytest.approx(sum(latencies) / len(latencies))]]


def test_which_of_them_had_the_highest_is_one_of_them(made: ExactAnswers) -> None:
    assert rows(made, "quelle tâche a eu le volume max ?") == [["BK_RH_VM", 1780.0]]


def test_a_share_that_is_bounded_is_a_share(made: ExactAnswers) -> None:
    found = exact(made, "quelles applis dépassent 20 % de refus ?")
    shares = {a: [d["res_cnx"] == "REFUS" for d in L if d["appli"] == a] for a in ("Agora", "e-Coffre", "Trésor+")}
    assert {row[0] for row in found.rows} == {a for a, refused in shares.items() if sum(refused) / len(refused) > 0.2}


def test_what_never_was_is_told_of_the_things_themselves(made: ExactAnswers) -> None:
    assert [row[0] for row in rows(made, "quelles tables n'ont jamais été DOWN ?")] == ["DIM_CLIENT"]


def test_the_records_of_a_name_are_listed_and_not_the_name(made: ExactAnswers) -> None:
    found = exact(made, "quelles tables STG_COURS annulées ?")
    wanted = [d["_id"] for d in D if d["target_table"] == "STG_COURS" and d["etat"] == "CANCELLED"]
    assert {row[found.columns.index("_id")] for row in found.rows} == {str(one) for one in wanted}


def test_records_are_listed_with_what_tells_most_first_and_what_only_names_them_last(made: ExactAnswers) -> None:
    columns = exact(made, "quelles tables STG_COURS annulées ?").columns
    assert columns[:2] == ["target_table", "etat"]
    assert columns[-1] == "_id"


def test_the_sides_of_a_comparison_carry_bare_names(made: ExactAnswers) -> None:
    assert [row[0] for row in rows(made, "nb de mep en novembre contre octobre")] == ["novembre", "octobre"]


def test_a_follow_up_leans_on_its_first_word(made: ExactAnswers) -> None:
    alone = rows(made, "combien de connexions refusées hier par appli ?")
    assert sorted(rows(made, "combien de connexions refusées hier ?", "sur quelles applis ?")) == sorted(alone)


@pytest.mark.parametrize(
    "question",
    ["pourcentage d'appels en 5xx", "moyenne, min et max du volume de BK_RH_VM", "combien de mep réussies échouées ?",
     "combien de loads non chargés hors annulés ?", "combien de scans à Montreuil ?",
     "combien de mep échoueront ce soir ? sera-ce pire ?", 'journal_cnx {"$where": "sleep(5000)"}'],
)  # fmt: skip
def test_what_cannot_be_computed_as_it_is_said_is_not(made: ExactAnswers, question: str) -> None:
    found = ask(made, question)
    assert found is None or found.exact is None


@pytest.mark.parametrize("sized", [False, True], ids=["without sizes", "with sizes"])
@pytest.mark.parametrize("question", ["last 5 KO runs", "list the last 5 KO runs", "les 5 KO les plus récents"])
def test_ko_after_a_number_is_a_state(tmp_path: Path, question: str, sized: bool) -> None:
    size = {"taille_ko": 12} if sized else {}
    runs = [
        {"_id": n, "flow": f"FLUX_{n % 4}", "status": ["OK", "OK", "KO"][n % 3], "started_at": NOW - timedelta(hours=n)}
        for n in range(60)
    ]
    found = exact(answers(tmp_path, {"runs": [run | size for run in runs]}), question)
    assert {row[found.columns.index("status")] for row in found.rows} == {"KO"}
    assert len(found.rows) == 5


@pytest.mark.parametrize(
    ("vague", "said"),
    [
        ("combien de runs récemment ?", "combien de runs aujourd'hui ?"),
        ("How many runs recently?", "How many runs today?"),
    ],
)
def test_a_choice_that_answers_what_was_asked_back_stands_alone(tmp_path: Path, vague: str, said: str) -> None:
    runs = [{"_id": n, "flow": "A", "status": "KO", "started_at": NOW - timedelta(hours=n)} for n in range(60)]
    made = answers(tmp_path, {"vanish_flows": runs, "batch_jobs": [{**run, "nom": "J"} for run in runs[:9]]})
    asked = ask(made, vague)
    assert asked is not None
    assert asked.route == "clarify"
    assert exact(made, vague, said).matched == 10
