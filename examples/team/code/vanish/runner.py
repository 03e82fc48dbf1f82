"""L'exécuteur : contrôles, étapes, reprise, enregistrement du run dans VF_RUNS.

python -m vanish.runner SEPA_OUT_CIB --env UAT
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .config import ENVIRONNEMENTS, Flux, trouver_flux
from .disk import verifier_espace
from .errors import ErreurFlux
from .retry import Reprise, attente_avant_reprise, charger_politique

ETAPES = ("controle", "extraction", "chargement", "depot")
Etape = Callable[[Flux], int]


@dataclass(frozen=True)
class Run:
    """Un passage du flux, tel qu'il est écrit dans VF_RUNS puis exporté vers vanish_flows."""

    flux: str
    statut: str
    debut: datetime
    fin: datetime
    lignes: int
    tentative: int
    code: str | None = None
    message: str | None = None


def executer(flux: Flux, etapes: dict[str, Etape], depuis: str = "controle", tentative: int = 0) -> Run:
    """Run the steps in order from `depuis`. Any ErreurFlux ends the run as KO, with its code; nothing is hidden."""
    debut, lignes = datetime.now(UTC), 0
    try:
        for nom in ETAPES[ETAPES.index(depuis) :]:
            if nom in etapes:
                lignes = max(lignes, etapes[nom](flux))
    except ErreurFlux as erreur:
        return Run(flux.nom, "KO", debut, datetime.now(UTC), 0, tentative, erreur.code, str(erreur))
    return Run(flux.nom, "OK", debut, datetime.now(UTC), lignes, tentative)


def executer_avec_reprise(
    flux: Flux,
    etapes: dict[str, Etape],
    politique: dict[str, Reprise],
    dormir: Callable[[float], None] = time.sleep,
) -> list[Run]:
    """Every attempt, the last one first failing for good or OK. Chaque tentative est un run à part entière."""
    runs = [executer(flux, etapes)]
    while runs[-1].statut == "KO":
        attente = attente_avant_reprise(runs[-1].code or "", runs[-1].tentative, politique)
        if attente is None:
            break
        dormir(attente * 60)
        runs.append(executer(flux, etapes, tentative=runs[-1].tentative + 1))
    return runs


def controle_espace(flux: Flux) -> int:
    """Étape « controle », commune à tous les flux."""
    verifier_espace(Path("/data/vf") / flux.nom.lower())
    return 0


def main(arguments: list[str] | None = None) -> int:
    analyseur = argparse.ArgumentParser(prog="vanish.runner")
    analyseur.add_argument("flux")
    analyseur.add_argument("--env", choices=ENVIRONNEMENTS, required=True)
    analyseur.add_argument("--depuis-etape", choices=ETAPES, default="controle")
    choix = analyseur.parse_args(arguments)
    try:
        flux = trouver_flux(choix.flux)
    except KeyError as erreur:
        print(erreur.args[0], file=sys.stderr)
        return 2
    runs = executer_avec_reprise(flux, {"controle": controle_espace}, charger_politique())
    print(f"{flux.nom} : {runs[-1].statut} {runs[-1].code or ''}".rstrip())
    return 0 if runs[-1].statut == "OK" else 1


if __name__ == "__main__":
    sys.exit(main())
