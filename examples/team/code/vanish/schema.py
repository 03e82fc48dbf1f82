"""Contrats d'interface : les colonnes attendues d'un fichier, dans l'ordre."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from .errors import SchemaInattendu

CONTRATS: dict[str, tuple[str, ...]] = {
    "SEPA_OUT_CIB": ("reference", "iban_debiteur", "iban_crediteur", "montant", "devise", "date_execution"),
    "SEPA_IN_CIB": ("reference", "iban_debiteur", "iban_crediteur", "montant", "devise", "date_reglement"),
    "CLIENT_IN_RETAIL": ("id_tiers", "nom", "pays", "segment", "date_maj"),
    "KYC_IN_RETAIL": ("id_tiers", "niveau", "date_revue"),
    "COLLATERAL_IN_CIB": ("contrepartie", "contrat", "montant", "devise"),
    "EMIR_OUT_CIB": ("uti", "contrepartie", "notionnel", "devise", "date_operation"),
    "MICRO_ONDE_OUT_CIB": ("id_operation", "sens", "montant", "devise"),
    "MICRO_ONDE_OUT_AM": ("id_ordre", "isin", "quantite", "sens"),
}


def lire_entete(fichier: Path) -> list[str]:
    """Première ligne du fichier CSV, séparateur point-virgule."""
    with fichier.open(encoding="utf-8", newline="") as flux:
        return next(csv.reader(flux, delimiter=";"), [])


def controler_colonnes(flux: str, entete: Sequence[str], fichier: str) -> None:
    """Raises SchemaInattendu (SCHEMA-MISMATCH) at the first column that the contract does not name there."""
    attendues = CONTRATS.get(flux, tuple(entete))
    for position, colonne in enumerate(entete, start=1):
        if position > len(attendues) or colonne != attendues[position - 1]:
            raise SchemaInattendu(f'Colonne inattendue "{colonne}" en position {position} dans {fichier}')
    if len(entete) < len(attendues):
        raise SchemaInattendu(f'Colonne absente "{attendues[len(entete)]}" dans {fichier}')
