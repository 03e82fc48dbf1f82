"""Espace disque sous /data/vf, vérifié avant d'écrire le premier octet."""

from __future__ import annotations

import shutil
from pathlib import Path

from .errors import DisquePlein

SEUIL_ALERTE = 85  # percent, orange on the dashboard
SEUIL_ARRET = 97  # percent, the run stops


def taux_occupation(chemin: Path) -> int:
    """Occupation du système de fichiers, en pourcentage entier."""
    usage = shutil.disk_usage(chemin)
    return round(100 * usage.used / usage.total)


def verifier_espace(chemin: Path) -> int:
    """The occupation in percent; raises DisquePlein (DISK-FULL) from SEUIL_ARRET on."""
    taux = taux_occupation(chemin)
    if taux >= SEUIL_ARRET:
        total = shutil.disk_usage(chemin).total // 2**30
        raise DisquePlein(f"No space left on device: {chemin} ({taux}% of {total} GB used)")
    return taux
