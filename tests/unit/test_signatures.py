"""Signatures: a million runs, a few thousand meanings; what varies is masked, what names the failure stays."""

from __future__ import annotations

import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from math import comb
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bson import Int64, ObjectId
from bson.datetime_ms import DatetimeMS

from vigie.chunk.record import SignatureFields, learn, mask, record_time, signature, time_path

PARIS = ZoneInfo("Europe/Paris")


def runs(count: int = 400, seed: int = 1) -> list[dict[str, Any]]:
    """Runs of a made-up collection whose names are nobody's convention."""
    rnd = random.Random(seed)
    flows = [f"{a}_{b}" for a in ("PAIE", "STOCK", "CRM", "EDI") for b in ("NORD", "SUD", "EST")]
    found = []
    for n in range(count):
        flow = flows[n % len(flows)]
        failed = rnd.random() < 0.4
        body: dict[str, Any] = {
            "_id": ObjectId(f"{n:024x}"),
            "runRef": f"R-{rnd.getrandbits(40):010x}",
            "fluxName": flow,
            "kind": {"PAIE": "mensuel", "STOCK": "continu", "CRM": "continu", "EDI": "fichier"}[flow.split("_")[0]],
            "hostName": f"srv-{n % 7:02d}",
            "etat": "ECHEC" if failed else "OK",
            "priorite": rnd.choice(["haute", "basse", "moyenne"]),
            "dateDebut": datetime(2026, 9, 1 + n % 28, tzinfo=UTC),
            "dateFin": datetime(2026, 9, 2 + n % 28, tzinfo=UTC),
            "nbLignes": rnd.randrange(10**6),
        }
        if failed:
            code, text = rnd.choice(
                [
                    ("ORA-00942", f"ORA-00942: table absente, session {rnd.randrange(1000)}"),
                    ("NET-7", f"Connexion refusée par db-{rnd.randrange(20):02d}.interne:1521"),
                    ("NET-7", f"Délai de {rnd.randrange(100)} s dépassé sur /data/{rnd.randrange(99)}/in.csv"),
                ]
            )
            body["erreur"] = {"codeErreur": code, "libelle": text}
        if n % 50 == 0:
            del body["kind"]
        found.append(body)
    return found


def roles(fields: SignatureFields) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for f in fields.fields:
        found[f.role].append(f.path)
    return dict(found)


EXPECTED = {
    "name": ["fluxName"],
    "category": ["kind"],
    "status": ["etat"],
    "code": ["erreur.codeErreur"],
    "message": ["erreur.libelle"],
}


# ------------------------------------------------------------------ learning


def test_the_fields_are_learned_from_names_and_values() -> None:
    assert roles(learn(runs())) == EXPECTED


@pytest.mark.parametrize("seed", range(5))
def test_another_sample_or_another_order_learns_the_same(seed: int) -> None:
    sample = runs(600)
    random.Random(seed).shuffle(sample)
    assert learn(sample) == learn(runs(600))
    assert roles(learn(sample[:300])) == EXPECTED


def test_unknown_names_are_told_by_their_values() -> None:
    sample = [
        {"c1": f"JOB_{n % 9}X", "c2": ["KO", "OK"][n % 2], "c3": f"{n:032x}", "c4": f"le fichier {n} n'est pas arrivé"}
        for n in range(300)
    ]
    assert roles(learn(sample)) == {"name": ["c1"], "status": ["c2"], "message": ["c4"]}


def test_a_few_records_are_enough_for_the_names() -> None:
    found = roles(learn(runs(3)))
    assert found["name"] == ["fluxName"]
    assert found["status"] == ["etat"]


@pytest.mark.parametrize("path", ["codePays", "clientCode", "hostName", "user_name", "jobId"])
def test_codes_of_other_things_and_identifiers_are_no_part_of_it(path: str) -> None:
    sample = [{**body, path: f"V{n}"} for n, body in enumerate(runs())]
    assert roles(learn(sample)) == EXPECTED


def test_nothing_learned_from_nothing() -> None:
    assert learn([]).fields == ()
    assert learn([{"_id": 1}, {"n": 3, "x": None, "l": []}]).fields == ()


def test_what_was_learned_survives_being_stored() -> None:
    fields = learn(runs())
    assert SignatureFields.from_json(fields.to_json()) == fields
    body = runs()[7]
    assert signature(body, SignatureFields.from_json(fields.to_json())) == signature(body, fields)


# ------------------------------------------------------------------ signatures


def failed_run() -> dict[str, Any]:
    return next(r for r in runs() if r.get("erreur", {}).get("codeErreur") == "ORA-00942" and "kind" in r)


def test_a_signature_reads_like_the_failure() -> None:
    signed = signature(failed_run(), learn(runs()))
    flow = failed_run()["fluxName"]
    assert signed.title == f"{flow} · ECHEC · ORA-00942"
    assert signed.text.splitlines() == [
        f"fluxName: {flow}",
        f"kind: {failed_run()['kind']}",
        "etat: ECHEC",
        "erreur.codeErreur: ORA-00942",
        "erreur.libelle: ORA-00942: table absente, session <n>",
    ]


def test_identifiers_dates_and_measures_do_not_change_it() -> None:
    fields = learn(runs())
    first = failed_run()
    other = {
        **first,
        "_id": ObjectId(),
        "runRef": "R-1",
        "hostName": "srv-99",
        "dateDebut": datetime(2020, 1, 1),
        "nbLignes": Int64(0),
        "priorite": None,
        "erreur": {**first["erreur"], "libelle": "ORA-00942: table absente, session 31337"},
    }
    assert signature(other, fields) == signature(first, fields)


@pytest.mark.parametrize(
    "change",
    [
        {"fluxName": "EDI_NORD2"},
        {"etat": "OK"},
        {"erreur": {"codeErreur": "ORA-00943", "libelle": "ORA-00942: table absente, session 3"}},
        {"erreur": {"codeErreur": "ORA-00942", "libelle": "ORA-00942: vue absente, session 3"}},
        {"erreur": None},
    ],
)
def test_flow_status_code_and_message_change_it(change: dict[str, Any]) -> None:
    fields = learn(runs())
    first, other = signature(failed_run(), fields), signature({**failed_run(), **change}, fields)
    assert first.key != other.key
    assert first.text != other.text


def test_a_record_that_lacks_its_category_is_of_the_same_meaning() -> None:
    fields = learn(runs())
    body = failed_run()
    without = {k: v for k, v in body.items() if k != "kind"}
    assert signature(without, fields) == signature({**body, "kind": None}, fields) == signature(body, fields)


def test_a_record_without_any_of_the_fields_still_has_one() -> None:
    fields = learn(runs())
    assert signature({"x": 1}, fields) == signature({}, learn([])) == signature({"etat": {"a": 1}}, fields)
    assert signature({}, fields).title == "no detail"


def test_many_runs_have_few_signatures() -> None:
    sample = runs(5000)
    fields = learn(sample[:500])
    assert len({signature(body, fields).key for body in sample}) == 12 * 4


def test_a_long_message_is_cut_and_says_so() -> None:
    fields = learn(runs())
    text = signature({**failed_run(), "erreur": {"libelle": "bla " * 500}}, fields).text
    assert len(text) < 640
    assert text.endswith("…")


def test_values_of_odd_types_are_read_as_text() -> None:
    fields = SignatureFields(learn(runs()).fields)
    signed = signature({"fluxName": ["A", "B", 3], "etat": True, "erreur": {"codeErreur": 12}}, fields)
    assert signed.title == "A B · true · 12"
    assert signature({"erreur.codeErreur": "X-1"}, fields).text == "erreur.codeErreur: X-1"


# ------------------------------------------------------------------ masks


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("session 123, object 45678", "session <n>, object <n>"),
        ("ORA-00942: table or view does not exist", "ORA-00942: table or view does not exist"),
        ("HTTP 503 from https://api-3.interne/v2/x after 3 attempts", "HTTP 503 from <url> after <n> attempts"),
        ("503 Service Unavailable, 503 rows", "503 Service Unavailable, <n> rows"),
        ("Code retour 137 du script /opt/batch/x.sh", "Code retour 137 du script <path>"),
        ("exit code 12, rc=8, errno 13", "exit code 12, rc=8, errno 13"),
        ("AUTH-401 SQL0911N S0C7 KB-12", "AUTH-401 SQL0911N S0C7 KB-12"),
        ("SEPA_OUT_CIB vers VANISH.FX_HIST", "SEPA_OUT_CIB vers VANISH.FX_HIST"),
        ("RUN-20260901-0000046", "RUN-<n>-<n>"),
        ("no listener (host=db-vf-03.interne, port=1521)", "no listener (host=<host>, port=<n>)"),
        ("vers db-vf-03.interne:1521 : perdu", "vers <host> : perdu"),
        ("10.251.73.220:50010 is added", "<host> is added"),
        ("de jean.dupont@banque.fr à 14:03:22,123", "de <email> à <time>"),
        ("le 2026-09-01T12:33:01.5+02:00", "le <time>"),
        ("le 25/12/2026 14:03 puis", "le <time> puis"),
        ("id 123e4567-e89b-12d3-a456-426614174000", "id <id>"),
        ("correlation a88ea924281a, key id beef, 0x7ffe", "correlation <n>, key id <n>, <n>"),
        (r"ligne 12 de C:\flux\sepa\pacs_1000.xml", "ligne <n> de <path>"),
        ("Étape 3/5 : 97 % utilisés, -12.5 Mo", "Étape <n>/<n> : <n> utilisés, <n> Mo"),
        ("l'étape d'entrée", "l'étape d'entrée"),
        ("colonne \"date_valeur\" et 'amount'", "colonne <v> et <v>"),
        ("table 'SEPA_OUT' read/write", "table 'SEPA_OUT' read/write"),
        ("org.apache.kafka.errors.TimeoutException: 30000 ms", "org.apache.kafka.errors.TimeoutException: <n> ms"),
        ("a.B: boom\n\tat a.C.d(C.java:12)\n\t... 3 more\nCaused by: x.YException: 3", "a.B: boom | x.YException"),
        (
            'Traceback (most recent call last):\n  File "a.py", line 3, in f\n    g(1)\nValueError: bad 12',
            "ValueError: bad <n>",
        ),
        ("un\n\ndeux  3\r\ntrois\nquatre", "un deux <n> trois"),
        ("", ""),
        (" \n ", ""),
    ],
)
def test_what_varies_is_masked_and_what_names_the_failure_stays(text: str, masked: str) -> None:
    assert mask(text) == masked


# Shares of pairs of lines of one template that get one mask, as measured; what they lose to is user names and
# words that vary, which nothing tells from the message's own.
LOGHUB = {"Apache": 1.0, "BGL": 0.99, "HDFS": 0.99, "HPC": 0.99, "HealthApp": 0.99, "Spark": 0.97, "Windows": 0.95}


@pytest.mark.parametrize("system", LOGHUB)
def test_real_log_lines_of_one_template_get_one_mask(system: str, shared_data: Callable[[str], Path]) -> None:
    path = shared_data("logs_loghub") / f"{system}.jsonl"
    by_template: dict[str, Counter[str]] = defaultdict(Counter)
    by_mask: dict[str, Counter[str]] = defaultdict(Counter)
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        masked = mask(row["message"])
        by_template[row["event_id"]][masked] += 1
        by_mask[masked][row["event_id"]] += 1
    together = sum(comb(n, 2) for c in by_template.values() for n in c.values())
    assert together >= LOGHUB[system] * sum(comb(c.total(), 2) for c in by_template.values())
    # and lines of different templates stay apart
    assert together >= 0.98 * sum(comb(c.total(), 2) for c in by_mask.values())


# ------------------------------------------------------------------ times


def test_the_start_is_found_among_the_times() -> None:
    assert time_path(runs()) == "dateDebut"
    assert time_path([{"debut": 1788213965524, "fin": 1788214999924, "duree_s": 1034.4}] * 3) == "debut"
    assert time_path([{"occurred_at": "2026-09-01T00:27:44+02:00", "code": "A"}]) == "occurred_at"
    assert time_path([{"meta": {"ts": 1788213965}, "size": 1788213965}]) == "meta.ts"
    assert time_path([{"x7": datetime(2026, 1, 1), "end": datetime(2026, 1, 2)}]) in ("x7", "end")
    assert time_path([{"size": 1788213965, "due_date": "2026-01-01"}]) is None
    assert time_path([]) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 9, 1, 12, tzinfo=PARIS), "2026-09-01T10:00:00+00:00"),
        (datetime(2026, 9, 1, 12), "2026-09-01T12:00:00+00:00"),
        ("2026-09-01T12:00:00+02:00", "2026-09-01T10:00:00+00:00"),
        ("2026-09-01 12:00:00", "2026-09-01T10:00:00+00:00"),
        ("2026-12-01 12:00:00,5", "2026-12-01T11:00:00.500000+00:00"),
        ("01/09/2026 12:00", "2026-09-01T10:00:00+00:00"),
        ("2026-09-01", "2026-08-31T22:00:00+00:00"),
        (1788256800, "2026-09-01T10:00:00+00:00"),
        (Int64(1788256800000), "2026-09-01T10:00:00+00:00"),
        (1788256800.5, "2026-09-01T10:00:00.500000+00:00"),
        (DatetimeMS(2**62), None),
        (10**40, None),
        (float("nan"), None),
        (float("inf"), None),
        (True, None),
        ("hier", None),
        ("2026-13-45T00:00:00", None),
        ("0001-01-01T00:00:00", None),
        (None, None),
        ([1], None),
    ],
)
def test_times_of_every_kind_become_utc(value: object, expected: str | None) -> None:
    found = record_time({"a": {"t": value}}, "a.t", PARIS)
    assert (found.isoformat() if found else None) == expected


def test_without_a_time_field_there_is_no_time() -> None:
    assert record_time({"t": 1788256800}, None, PARIS) is None
    assert record_time({}, "a.b", PARIS) is None
