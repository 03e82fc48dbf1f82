"""Chargement dans Oracle : connexion, lots, traduction des erreurs ORA-."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any, Protocol

from .errors import ErreurFlux, Interblocage, ListenerAbsent, TableAbsente

TAILLE_LOT = 5000
DOMAINE = "meridiane.example"


class Connexion(Protocol):
    """DB-API connection, as the Oracle driver gives it."""

    def cursor(self) -> Any: ...
    def commit(self) -> None: ...
    def rollback(self) -> None: ...


def ouvrir_connexion(connecter: Callable[[str], Connexion], base: str, port: int = 1521) -> Connexion:
    """Open a session on `base`; raises ListenerAbsent (ORA-12541) when nobody listens on the port."""
    hote = f"{base}.{DOMAINE}"
    try:
        return connecter(f"{hote}:{port}/VANISH")
    except ConnectionRefusedError as erreur:
        raise ListenerAbsent(f"ORA-12541: TNS:no listener (host={hote}, port={port})") from erreur


def executer_lot(connexion: Connexion, ordre: str, lignes: Sequence[tuple[Any, ...]], numero: int) -> None:
    """Un lot, une transaction. Raises Interblocage (ORA-00060) or TableAbsente (ORA-00942)."""
    try:
        connexion.cursor().executemany(ordre, lignes)
        connexion.commit()
    except Exception as erreur:
        connexion.rollback()
        raise traduire(str(erreur), numero) from erreur


def traduire(texte: str, numero: int) -> ErreurFlux:
    """The driver's text as one of our errors."""
    if "ORA-00060" in texte:
        return Interblocage(texte)
    if "ORA-00942" in texte:
        return TableAbsente(f"{texte} (lot {numero})")
    return ErreurFlux(texte)


def charger(connexion: Connexion, ordre: str, lignes: Iterable[tuple[Any, ...]]) -> int:
    """Charge par lots de TAILLE_LOT lignes ; rend le nombre de lignes. Un lot déjà validé n'est pas rejoué."""
    total, source = 0, iter(lignes)
    numero = 0
    while lot := list(islice(source, TAILLE_LOT)):
        numero += 1
        executer_lot(connexion, ordre, lot, numero)
        total += len(lot)
    return total
