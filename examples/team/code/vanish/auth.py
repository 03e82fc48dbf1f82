"""Jetons OAuth de la passerelle : lecture, contrôle, renouvellement.

Le job ROTATION_JETONS renouvelle le jeton de vf-passerelle tous les soirs à 21:45, un quart d'heure avant son échéance.
S'il échoue, les flux SEPA_OUT, SWIFT et KYC tombent en AUTH-401 à partir de 22:00 environ.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .errors import JetonExpire

SERVEUR_JETONS = "https://auth.meridiane.example/oauth2/token"
COFFRE = Path("/var/lib/vanish/jetons")
MARGE = timedelta(minutes=2)  # a token that dies during the transfer is of no use


@dataclass(frozen=True)
class Jeton:
    """Un jeton d'accès et son échéance (UTC)."""

    client: str
    valeur: str
    expire_le: datetime

    def expire(self, maintenant: datetime) -> bool:
        return maintenant >= self.expire_le - MARGE


def lire_jeton(client: str, coffre: Path = COFFRE) -> Jeton:
    """Le jeton déposé par la dernière rotation."""
    brut = json.loads((coffre / f"{client}.json").read_text(encoding="utf-8"))
    return Jeton(client, brut["access_token"], datetime.fromisoformat(brut["expires_at"]))


def jeton_valide(client: str, correlation: str, coffre: Path = COFFRE) -> Jeton:
    """The stored token if it still lives; raises JetonExpire (AUTH-401) otherwise.

    On ne renouvelle pas ici : vingt flux qui renouvellent ensemble bloquent le compte technique.
    """
    jeton = lire_jeton(client, coffre)
    if jeton.expire(datetime.now(UTC)):
        raise JetonExpire(f"HTTP 401 Unauthorized: token expired for client {client} (correlation {correlation})")
    return jeton


def renouveler_jeton(client: str, secret: str, coffre: Path = COFFRE) -> Jeton:
    """Ask for a new token and store it. Called by the job ROTATION_JETONS and by scripts/renouveler_jeton.sh."""
    corps = f"grant_type=client_credentials&client_id={client}&client_secret={secret}".encode()
    try:
        with urllib.request.urlopen(SERVEUR_JETONS, data=corps, timeout=10) as reponse:
            brut = json.load(reponse)
    except urllib.error.HTTPError as erreur:
        raise JetonExpire(f"jeton {client} non renouvelé : HTTP {erreur.code} du serveur de jetons") from erreur
    expire_le = datetime.now(UTC) + timedelta(seconds=int(brut["expires_in"]))
    contenu = {"access_token": brut["access_token"], "expires_at": expire_le.isoformat()}
    provisoire = coffre / f".{client}.json"
    provisoire.write_text(json.dumps(contenu), encoding="utf-8")
    provisoire.replace(coffre / f"{client}.json")  # atomic: a flow never reads half a token
    return Jeton(client, brut["access_token"], expire_le)
