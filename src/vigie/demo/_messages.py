"""What the sample team's runner logs, code by code. Each code is raised in examples/team/code and has a wiki page."""

from __future__ import annotations

from random import Random

from vigie.demo._team import Flow

SEVERITY: dict[str, str] = {
    "AUTH-401": "HIGH",
    "ORA-12541": "CRITICAL",
    "ORA-00060": "MEDIUM",
    "ORA-00942": "HIGH",
    "SFTP-TIMEOUT": "MEDIUM",
    "SFTP-NOFILE": "MEDIUM",
    "KAFKA-LAG": "LOW",
    "SCHEMA-MISMATCH": "HIGH",
    "DISK-FULL": "CRITICAL",
    "CERT-EXPIRED": "CRITICAL",
}

# Where each code is raised in examples/team/code: file, function
RAISED_BY: dict[str, tuple[str, str]] = {
    "AUTH-401": ("auth.py", "jeton_valide"),
    "ORA-12541": ("oracle.py", "ouvrir_connexion"),
    "ORA-00060": ("oracle.py", "executer_lot"),
    "ORA-00942": ("oracle.py", "executer_lot"),
    "SFTP-TIMEOUT": ("sftp.py", "deposer"),
    "SFTP-NOFILE": ("sftp.py", "attendre_fichier"),
    "KAFKA-LAG": ("kafka_consumer.py", "verifier_retard"),
    "SCHEMA-MISMATCH": ("schema.py", "controler_colonnes"),
    "DISK-FULL": ("disk.py", "verifier_espace"),
    "CERT-EXPIRED": ("certs.py", "verifier_certificat"),
}

# The flows whose schemas are on db-vf-02 (wiki page "Environnements et serveurs"); the others are on db-vf-01.
SECOND_DATABASE = frozenset(
    {"RISK_IN_CIB", "LIMITES_OUT_CIB", "COLLATERAL_IN_CIB", "MICRO_ONDE_IN_CIB", "SEPA_IN_RETAIL"}
)


def message(rng: Random, code: str, flow: Flow) -> str:
    """The text logged for `code`: the wording repeats, the variable parts do not."""
    low = flow.name.lower()
    match code:
        case "AUTH-401":
            correlation = f"{rng.getrandbits(48):012x}"
            return f"HTTP 401 Unauthorized: token expired for client vf-passerelle (correlation {correlation})"
        case "ORA-12541":
            database = "db-vf-02" if flow.name in SECOND_DATABASE else "db-vf-01"
            return f"ORA-12541: TNS:no listener (host={database}.meridiane.example, port=1521)"
        case "ORA-00060":
            session, item = rng.randint(100, 999), rng.randint(10000, 99999)
            return f"ORA-00060: deadlock detected while waiting for resource (session {session}, object {item})"
        case "ORA-00942":
            return f"ORA-00942: table or view does not exist: VANISH.{flow.family}_STG (lot {rng.randint(1, 400)})"
        case "SFTP-TIMEOUT":
            partner = "sftp-02" if flow.entity == "AM" else "sftp-01"
            return f"SFTP: connection to {partner}.partenaire.example:22 timed out after 60s"
        case "SFTP-NOFILE":
            number, minutes = rng.randint(1, 9), rng.randint(30, 90)
            return f"Fichier attendu absent : /reception/{low}/in_{number:03d}.dat (attente {minutes} min)"
        case "KAFKA-LAG":
            lag, partition = rng.randint(50001, 900000), rng.randint(0, 11)
            return f"Consumer group cg-{low} lag={lag} on partition {partition} exceeds limit 50000"
        case "SCHEMA-MISMATCH":
            column = rng.choice(("date_valeur", "code_lei", "montant_ctv", "id_tiers"))
            return f'Colonne inattendue "{column}" en position {rng.randint(3, 41)} dans {low}.csv'
        case "DISK-FULL":
            return f"No space left on device: /data/vf/{low}/tmp ({rng.randint(97, 100)}% of 200 GB used)"
        case "CERT-EXPIRED":
            serial = f"{rng.getrandbits(40):010X}"
            return f"TLS: certificate CN=api-passerelle.meridiane.example expired 1 day(s) ago, serial {serial}"
    raise ValueError(f"no message for the error code {code}")


def traceback(code: str, text: str) -> str:
    """`text` under the stack that the runner prints with it."""
    file, function = RAISED_BY[code]
    return (
        "Traceback (most recent call last):\n"
        '  File "/opt/vanish/vanish/runner.py", in executer\n'
        f'  File "/opt/vanish/vanish/{file}", in {function}\n'
        f"vanish.errors.ErreurFlux: {text}"
    )
