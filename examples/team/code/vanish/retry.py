"""Politique de reprise automatique : combien de fois, après combien de minutes, selon le code d'erreur."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from .config import DOSSIER


@dataclass(frozen=True)
class Reprise:
    """`reprises` attempts after the first, `attente_min` minutes between the end of one and the start of the next."""

    reprises: int
    attente_min: int


AUCUNE = Reprise(0, 0)


def charger_politique(chemin: Path = DOSSIER / "retry.json") -> dict[str, Reprise]:
    return {code: Reprise(**brut) for code, brut in json.loads(chemin.read_text(encoding="utf-8")).items()}


def attente_avant_reprise(code: str, tentative: int, politique: dict[str, Reprise]) -> int | None:
    """Minutes à attendre avant de reprendre, None s'il faut quelqu'un.

    `tentative` is 0 for the first run. Un code inconnu n'est jamais repris : mieux vaut réveiller l'astreinte que
    rejouer un virement.
    """
    reprise = politique.get(code, AUCUNE)
    return reprise.attente_min if tentative < reprise.reprises else None
