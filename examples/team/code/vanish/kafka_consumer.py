"""Consommation des micro-ondes : de petits paquets de messages, relevés toutes les heures la nuit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from .errors import RetardKafka

RETARD_MAX = 50_000
PAQUET = 500


class Consommateur(Protocol):
    """What we need of a Kafka client."""

    def poll(self, maximum: int) -> list[bytes]: ...
    def commit(self) -> None: ...
    def retards(self) -> Mapping[int, int]: ...


def verifier_retard(consommateur: Consommateur, groupe: str) -> int:
    """The worst lag over all partitions; raises RetardKafka (KAFKA-LAG) above RETARD_MAX."""
    retards = consommateur.retards()
    partition, pire = max(retards.items(), key=lambda paire: paire[1], default=(0, 0))
    if pire > RETARD_MAX:
        raise RetardKafka(f"Consumer group {groupe} lag={pire} on partition {partition} exceeds limit {RETARD_MAX}")
    return pire


def relever(consommateur: Consommateur, groupe: str) -> Iterator[list[bytes]]:
    """Une micro-onde : des paquets jusqu'à ce que le topic soit vide.

    On valide après chaque paquet traité : la vague suivante reprend au premier message non validé, c'est pourquoi on ne
    relance pas une micro-onde horaire tombée une seule fois.
    """
    verifier_retard(consommateur, groupe)
    while paquet := consommateur.poll(PAQUET):
        yield paquet
        consommateur.commit()
