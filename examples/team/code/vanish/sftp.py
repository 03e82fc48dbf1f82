"""Dépôt et réception de fichiers chez les partenaires, par SFTP."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Protocol

from .errors import FichierAbsent, SftpDelaiDepasse

DELAI_S = 60
PAUSE_S = 30


class ClientSftp(Protocol):
    """What we need of an SFTP library."""

    def put(self, local: str, distant: str) -> None: ...
    def rename(self, ancien: str, nouveau: str) -> None: ...


def deposer(client: ClientSftp, local: Path, depot: str, serveur: str, delai: int = DELAI_S) -> str:
    """Put under a temporary name, then rename: the partner never picks up half a file.

    Un dépôt rejoué écrase le fichier précédent ; le partenaire dédoublonne sur le nom. Raises SftpDelaiDepasse.
    """
    cible = f"{depot}/{local.name}"
    try:
        client.put(str(local), f"{cible}.part")
        client.rename(f"{cible}.part", cible)
    except TimeoutError as erreur:
        raise SftpDelaiDepasse(f"SFTP: connection to {serveur}:22 timed out after {delai}s") from erreur
    return cible


def attendre_fichier(chemin: Path, minutes: int) -> Path:
    """Wait for the partner's file; two equal sizes in a row mean that it is whole. Raises FichierAbsent."""
    fin = time.monotonic() + minutes * 60
    taille = -1
    while time.monotonic() < fin:
        if chemin.exists():
            if chemin.stat().st_size == taille:
                return chemin
            taille = chemin.stat().st_size
        time.sleep(PAUSE_S)
    raise FichierAbsent(f"Fichier attendu absent : {chemin} (attente {minutes} min)")
