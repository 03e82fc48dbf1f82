"""Tests de la politique de reprise."""

from __future__ import annotations

from vanish.retry import attente_avant_reprise, charger_politique


def test_auth_401_n_est_repris_qu_une_fois() -> None:
    politique = charger_politique()
    assert attente_avant_reprise("AUTH-401", 0, politique) == 5
    assert attente_avant_reprise("AUTH-401", 1, politique) is None


def test_un_code_inconnu_reveille_quelqu_un() -> None:
    assert attente_avant_reprise("XYZ-000", 0, charger_politique()) is None
