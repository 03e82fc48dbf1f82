"""Contrôle des certificats TLS des passerelles, avant l'appel et chaque matin à 06:30 (job CONTROLE_CERTIFICATS)."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, datetime

from .errors import CertificatExpire

ALERTE_JOURS = 15


def date_expiration(hote: str, port: int = 443) -> datetime:
    """Échéance du certificat présenté par l'hôte (UTC)."""
    contexte = ssl.create_default_context()
    with (
        socket.create_connection((hote, port), timeout=10) as prise,
        contexte.wrap_socket(prise, server_hostname=hote) as tls,
    ):
        certificat = tls.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificat["notAfter"])), UTC)


def verifier_certificat(nom: str, expire_le: datetime, serie: str, maintenant: datetime) -> int:
    """Days left. Raises CertificatExpire (CERT-EXPIRED) once the date has passed."""
    jours = (expire_le - maintenant).days
    if expire_le <= maintenant:
        raise CertificatExpire(f"TLS: certificate CN={nom} expired {-jours} day(s) ago, serial {serie}")
    return jours
