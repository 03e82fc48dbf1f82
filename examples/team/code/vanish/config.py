"""Lecture de config/flows.json : un flux, ses horaires, ses serveurs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

DOSSIER = Path(__file__).resolve().parent.parent / "config"
ENVIRONNEMENTS = ("PROD", "UAT", "DEV")


@dataclass(frozen=True)
class Flux:
    """One flow as it is scheduled. `heures` are Paris wall clock, `jours` three-letter French day names."""

    nom: str
    libelle: str
    type: str
    entite: str
    equipe: str
    heures: tuple[str, ...]
    jours: tuple[str, ...]
    hotes: tuple[str, ...]
    base: str
    partenaire: str
    jeton: str | None
    duree_mediane_s: int


def charger_flux(chemin: Path = DOSSIER / "flows.json") -> dict[str, Flux]:
    """Tous les flux par nom. Un nom en double est refusé : deux horaires pour un même flux, personne ne sait lequel."""
    flux: dict[str, Flux] = {}
    for brut in json.loads(chemin.read_text(encoding="utf-8"))["flux"]:
        if brut["nom"] in flux:
            raise ValueError(f"{chemin.name} : le flux {brut['nom']} est décrit deux fois")
        listes = {cle: tuple(brut[cle]) for cle in ("heures", "jours", "hotes")}
        flux[brut["nom"]] = Flux(**{**brut, **listes})
    return flux


def trouver_flux(nom: str) -> Flux:
    """The flow of that name, with a message that lists close names when it does not exist."""
    connus = charger_flux()
    if nom not in connus:
        proches = [autre for autre in connus if autre.split("_")[0] == nom.split("_")[0]]
        raise KeyError(f"flux inconnu : {nom}. De la même famille : {', '.join(proches) or 'aucun'}")
    return connus[nom]
