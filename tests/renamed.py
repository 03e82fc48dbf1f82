"""The development set under other names: nothing the planner knows may hang on what a collection's things are called."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

COLLECTIONS = {"vanish_flows": "executions_chaines", "flow_errors": "anomalies", "batch_jobs": "scheduled_tasks"}
FIELDS: dict[str, dict[str, str]] = {
    "vanish_flows": {
        "run_id": "id_execution", "flow": "chaine", "type": "categorie", "status": "etat", "env": "plateforme", "entity": "filiale",
        "host": "machine", "started_at": "heure_debut", "ended_at": "heure_fin", "duration_ms": "duree_ms", "records": "nb_lignes",
        "error": "anomalie", "message": "libelle", "retry": "tentatives", "triggered_by": "declencheur", "tags": "etiquettes",
    },
    "flow_errors": {
        "code": "code_anomalie", "severity": "gravite", "message": "texte", "flow": "chaine", "run_id": "id_execution",
        "occurred_at": "date_survenue", "resolved": "resolu", "owner_team": "equipe_responsable",
    },
    "batch_jobs": {
        "nom": "task_name", "statut": "state", "environnement": "stage", "debut": "begin_ts", "fin": "finish_ts", "duree_s": "elapsed_s",
        "serveur": "node", "message": "msg",
    },
}  # fmt: skip
FAMILIES = {
    "SEPA": "VIRO", "MICRO_ONDE": "GRAND_LAC", "SWIFT": "KORRI", "KYC": "IDEN", "RISK": "ALEA", "EMIR": "TREP", "CLIENT": "TIERCE",
    "NAV": "VLQ", "FX": "DEVI", "TRADE": "OPER",
}  # fmt: skip
ENTITIES = {"CIB": "GBM", "RETAIL": "DETAIL", "AM": "IM"}
TEAMS = {
    "marches": "salle",
    "paiements": "monetique",
    "risques": "surete",
    "titres": "depot",
    "compta-reporting": "grand-livre",
    "referentiel": "socle",
}
_PARTS = {**FAMILIES, **ENTITIES}
_WORD = re.compile(r"(?<![^\W_])(?:" + "|".join(sorted(_PARTS, key=len, reverse=True)) + r")(?![^\W_])")
_HOST = re.compile(r"srv-vf-([pud])(\d\d)")


def text(value: str) -> str:
    """A text of the data or a question with its names replaced; words in lower case are left."""
    value = _WORD.sub(lambda m: _PARTS[m.group()], value)
    value = _HOST.sub(lambda m: f"nx{m[2]}-{m[1]}z", value)
    for old, new in TEAMS.items():
        value = re.sub(rf"(?<![\w-]){old}(?![\w-])", new, value)
    return value


def _value(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return [_value(v) for v in value]
    return value


def _document(body: Any, names: dict[str, str]) -> Any:
    if isinstance(body, dict):
        return {names.get(k, k) if not k.startswith("$") else k: _document(v, names) for k, v in body.items()}
    if isinstance(body, list):
        return [_document(v, names) for v in body]
    return _value(body)


def rename_data(source: Path, target: Path) -> None:
    """The generator's exports, under other names."""
    target.mkdir(parents=True, exist_ok=True)
    for old, new in COLLECTIONS.items():
        lines = (source / f"{old}.ndjson").read_text(encoding="utf-8").splitlines()
        renamed = (json.dumps(_document(json.loads(line), FIELDS[old]), ensure_ascii=False) for line in lines if line)
        (target / f"{new}.ndjson").write_text("\n".join(renamed) + "\n", encoding="utf-8")


def rename_question(item: dict[str, Any]) -> dict[str, Any]:
    """A question with its gold."""
    item = json.loads(json.dumps(item))
    for name in ("text", "turns"):
        if name in item:
            item[name] = _value(item[name])
    gold = item["gold"]
    for part in (gold, *gold.get("accept", [])):
        if part.get("collection"):
            part["collection"] = COLLECTIONS.get(part["collection"], part["collection"])
    for accept in gold.get("accept", []):
        for name in ("rows", "tie_rows", "labels"):
            if name in accept:
                accept[name] = _value(accept[name])
    return item
