"""Le rapport de nuit (job RAPPORT_NUIT, 06:05) : une page HTML par nuit, de 20:00 à 06:00."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from .runner import Run

MODELE = Path(__file__).resolve().parent.parent / "web" / "rapport.html"


def flux_encore_ko(runs: Sequence[Run]) -> list[Run]:
    """Le dernier run de chaque flux, quand il est KO : ce qu'il reste à traiter au matin."""
    derniers: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: run.debut):
        derniers[run.flux] = run
    return [run for run in derniers.values() if run.statut == "KO"]


def rapport_nuit(runs: Sequence[Run], nuit: str) -> str:
    """The report as HTML. Counts are of runs, attempts included; a relaunch that ends well hides no failure."""
    statuts = Counter(run.statut for run in runs)
    codes = Counter(run.code for run in runs if run.code)
    lignes = "\n".join(
        f"<tr><td>{escape(run.flux)}</td><td>{escape(run.code or '')}</td><td>{escape(run.message or '')}</td></tr>"
        for run in flux_encore_ko(runs)
    )
    return Template(MODELE.read_text(encoding="utf-8")).substitute(
        nuit=escape(nuit),
        total=len(runs),
        ko=statuts["KO"],
        codes=escape(", ".join(f"{code} : {nombre}" for code, nombre in codes.most_common())),
        lignes=lignes,
    )
