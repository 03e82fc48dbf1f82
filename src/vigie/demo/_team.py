"""The sample team's flows, jobs, servers and last night: tables only, read by `runs`.

Names and times are those of examples/team (wiki page "Ordonnancement des flux", code/config/flows.json).
"""

from __future__ import annotations

from dataclasses import dataclass

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
MONDAY_TO_SATURDAY = frozenset(range(6))


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow. `times` are Paris wall clock, `days` count from Monday = 0, `risk` is P(KO) of a run in PROD."""

    name: str
    type: str
    team: str
    times: tuple[str, ...]
    days: frozenset[int]
    seconds: float  # median duration
    records: int  # median count
    hosts: tuple[str, ...]
    risk: float
    errors: tuple[str, ...]  # codes it falls in on an ordinary night

    @property
    def entity(self) -> str:
        return self.name.rsplit("_", 1)[1]

    @property
    def family(self) -> str:
        return self.name.rsplit("_", 2)[0]


@dataclass(frozen=True, slots=True)
class Job:
    """One technical job. `times` and `days` as for flows."""

    name: str
    times: tuple[str, ...]
    days: frozenset[int]
    seconds: float
    risk: float
    failure: str  # message when it fails


def _each_hour(minute: int) -> tuple[str, ...]:
    return tuple(f"{hour % 24:02d}:{minute:02d}" for hour in range(20, 30))


def _every(first: str, last: str, hours: int) -> tuple[str, ...]:
    minute = first[3:]
    return tuple(f"{hour:02d}:{minute}" for hour in range(int(first[:2]), int(last[:2]) + 1, hours))


_PAY = ("srv-vf-p01", "srv-vf-p02")
_WAVE = ("srv-vf-p03", "srv-vf-p04")
_BATCH = ("srv-vf-p05",)
_REF = ("srv-vf-p06",)

FLOWS: tuple[Flow, ...] = (
    Flow(
        "SEPA_OUT_RETAIL", "fichier", "paiements", ("21:30",), EVERY_DAY, 210, 48000, _PAY, 0.05,
        ("SFTP-TIMEOUT", "ORA-00060", "AUTH-401"),
    ),
    Flow(
        "SEPA_OUT_CIB", "fichier", "paiements", ("22:15", "03:45"), EVERY_DAY, 150, 9200, _PAY, 0.045,
        ("AUTH-401", "SFTP-TIMEOUT", "SCHEMA-MISMATCH"),
    ),
    Flow(
        "SEPA_IN_RETAIL", "fichier", "paiements", ("01:10", "05:20"), EVERY_DAY, 240, 61000, _PAY, 0.05,
        ("SFTP-NOFILE", "ORA-12541", "SFTP-TIMEOUT"),
    ),
    Flow(
        "SEPA_IN_CIB", "fichier", "paiements", ("01:25",), EVERY_DAY, 130, 7800, _PAY, 0.04,
        ("SFTP-NOFILE", "SCHEMA-MISMATCH"),
    ),
    Flow(
        "SWIFT_IN_CIB", "temps-réel", "paiements", _every("00:05", "22:05", 2), EVERY_DAY, 18, 640, _PAY, 0.02,
        ("AUTH-401", "CERT-EXPIRED", "KAFKA-LAG"),
    ),
    Flow(
        "SWIFT_OUT_CIB", "temps-réel", "paiements", _every("07:35", "21:35", 2), EVERY_DAY, 15, 480, _PAY, 0.015,
        ("AUTH-401", "CERT-EXPIRED"),
    ),
    Flow(
        "MICRO_ONDE_IN_CIB", "micro-onde", "marches", _each_hour(10), EVERY_DAY, 9, 350, _WAVE, 0.03,
        ("ORA-12541", "KAFKA-LAG", "ORA-00060"),
    ),
    Flow(
        "MICRO_ONDE_OUT_CIB", "micro-onde", "marches", _each_hour(25), EVERY_DAY, 8, 300, _WAVE, 0.025,
        ("KAFKA-LAG", "SCHEMA-MISMATCH"),
    ),
    Flow(
        "MICRO_ONDE_IN_RETAIL", "micro-onde", "marches", _each_hour(40), EVERY_DAY, 11, 900, _WAVE, 0.02,
        ("KAFKA-LAG", "DISK-FULL"),
    ),
    Flow(
        "MICRO_ONDE_OUT_AM", "micro-onde", "titres", ("20:50", "22:50", "00:50", "02:50", "04:50"), EVERY_DAY, 12, 210,
        _WAVE, 0.03, ("SCHEMA-MISMATCH", "KAFKA-LAG"),
    ),
    Flow(
        "FX_IN_CIB", "micro-onde", "marches", ("02:20", "06:15", "10:15", "14:15", "18:15", "22:20"), EVERY_DAY, 6, 160,
        _WAVE, 0.015, ("KAFKA-LAG",),
    ),
    Flow(
        "LIMITES_OUT_CIB", "micro-onde", "risques", ("21:05", "23:05", "01:05", "03:05", "05:05"), EVERY_DAY, 14, 420,
        _WAVE, 0.025, ("ORA-12541", "ORA-00060"),
    ),
    Flow(
        "KYC_IN_RETAIL", "temps-réel", "referentiel", ("02:00", "06:00", "10:00", "14:00", "18:00", "22:00"), EVERY_DAY,
        25, 1500, _REF, 0.03, ("AUTH-401", "CERT-EXPIRED", "SCHEMA-MISMATCH"),
    ),
    Flow(
        "CLIENT_IN_RETAIL", "fichier", "referentiel", ("02:40",), MONDAY_TO_SATURDAY, 320, 120000, _REF, 0.07,
        ("SCHEMA-MISMATCH", "SFTP-NOFILE"),
    ),
    Flow(
        "REF_DATA_IN_CIB", "fichier", "referentiel", ("20:30",), EVERY_DAY, 90, 5400, _REF, 0.0, (),
    ),
    Flow(
        "TITRES_IN_AM", "fichier", "titres", ("03:15",), EVERY_DAY, 170, 15000, _REF, 0.05,
        ("SFTP-TIMEOUT", "SFTP-NOFILE"),
    ),
    Flow(
        "TRADE_IN_CIB", "batch", "marches", ("20:45",), EVERY_DAY, 1500, 230000, _BATCH, 0.05,
        ("ORA-00060", "DISK-FULL"),
    ),
    Flow(
        "COMPTA_OUT_CIB", "batch", "compta-reporting", ("23:00",), EVERY_DAY, 2100, 310000, _BATCH, 0.045,
        ("ORA-00060", "ORA-00942"),
    ),
    Flow(
        "RISK_IN_CIB", "batch", "risques", ("00:30",), EVERY_DAY, 3200, 540000, _BATCH, 0.07,
        ("ORA-12541", "DISK-FULL", "ORA-00060"),
    ),
    Flow(
        "COLLATERAL_IN_CIB", "batch", "titres", ("02:00",), EVERY_DAY, 1200, 88000, _BATCH, 0.04,
        ("ORA-12541", "SCHEMA-MISMATCH"),
    ),
    Flow(
        "POSITIONS_OUT_AM", "batch", "titres", ("04:10",), EVERY_DAY, 1700, 145000, _BATCH, 0.05,
        ("SFTP-TIMEOUT", "ORA-00942"),
    ),
    Flow(
        "NAV_OUT_AM", "batch", "titres", ("04:35",), WEEKDAYS, 1900, 12000, _BATCH, 0.0, (),
    ),
    Flow(
        "EMIR_OUT_CIB", "batch", "compta-reporting", ("23:40",), WEEKDAYS, 1600, 34000, _BATCH, 0.04,
        ("SCHEMA-MISMATCH", "SFTP-TIMEOUT"),
    ),
    Flow(
        "REPORTING_OUT_CIB", "batch", "compta-reporting", ("05:30",), WEEKDAYS, 900, 2600, _BATCH, 0.05,
        ("ORA-00942", "ORA-00060"),
    ),
)  # fmt: skip

UAT_HOSTS = ("srv-vf-u01", "srv-vf-u02")
DEV_HOSTS = ("srv-vf-d01",)

# code -> (automatic attempts after the first, minutes between them): code/config/retry.json
RETRIES: dict[str, tuple[int, int]] = {
    "AUTH-401": (1, 5),
    "ORA-12541": (3, 10),
    "ORA-00060": (3, 2),
    "ORA-00942": (0, 0),
    "SFTP-TIMEOUT": (3, 5),
    "SFTP-NOFILE": (2, 15),
    "KAFKA-LAG": (2, 15),
    "SCHEMA-MISMATCH": (0, 0),
    "DISK-FULL": (0, 0),
    "CERT-EXPIRED": (0, 0),
}

TAGS = ("critique", "quotidien", "nuit", "réglementaire", "sla-or", "reprise")

# Incidents of a 40-day cycle: day of the cycle on which the night begins, from hour, to hour (24 = midnight after),
# families that fall, code. 40 < 45: each is inside any 45 days.
INCIDENTS: tuple[tuple[int, float, float, frozenset[str], str], ...] = (
    (3, 20.5, 25.0, frozenset({"TRADE", "RISK", "MICRO_ONDE"}), "DISK-FULL"),
    (9, 22.0, 29.5, frozenset({"SEPA", "TITRES", "POSITIONS"}), "SFTP-TIMEOUT"),
    (16, 20.0, 24.5, frozenset({"TRADE", "COMPTA", "LIMITES", "MICRO_ONDE"}), "ORA-00060"),
    (22, 21.0, 27.0, frozenset({"MICRO_ONDE", "FX", "SWIFT"}), "KAFKA-LAG"),
    (28, 26.0, 28.0, frozenset({"KYC", "CLIENT", "MICRO_ONDE"}), "SCHEMA-MISMATCH"),
    (33, 23.0, 30.0, frozenset({"COMPTA", "REPORTING", "POSITIONS"}), "ORA-00942"),
    (37, 20.0, 26.5, frozenset({"SWIFT", "KYC"}), "CERT-EXPIRED"),
)

# The last night: (flow, planned time) -> its attempts as (start, status, code or "", triggered by).
# 22:00 the token of vf-passerelle expires, renewed by the on-call at 23:48; 00:25 to 02:08 the listener of db-vf-02
# is down. Every other run of that night is OK.
_AUTH, _ORA = "AUTH-401", "ORA-12541"
STORY: dict[tuple[str, str], tuple[tuple[str, str, str, str], ...]] = {
    ("KYC_IN_RETAIL", "22:00"): (
        ("22:00", "KO", _AUTH, "scheduler"),
        ("22:06", "KO", _AUTH, "retry"),
        ("23:58", "OK", "", "manual"),
    ),
    ("SWIFT_IN_CIB", "22:05"): (
        ("22:05", "KO", _AUTH, "scheduler"),
        ("22:11", "KO", _AUTH, "retry"),
        ("23:52", "OK", "", "manual"),
    ),
    ("SEPA_OUT_CIB", "22:15"): (
        ("22:15", "KO", _AUTH, "scheduler"),
        ("22:21", "KO", _AUTH, "retry"),
        ("23:55", "OK", "", "manual"),
    ),
    ("RISK_IN_CIB", "00:30"): (
        ("00:30", "KO", _ORA, "scheduler"),
        ("00:41", "KO", _ORA, "retry"),
        ("00:52", "KO", _ORA, "retry"),
        ("01:03", "KO", _ORA, "retry"),
        ("02:15", "OK", "", "manual"),
    ),
    ("LIMITES_OUT_CIB", "01:05"): (
        ("01:05", "KO", _ORA, "scheduler"),
        ("01:16", "KO", _ORA, "retry"),
        ("01:27", "KO", _ORA, "retry"),
        ("01:38", "KO", _ORA, "retry"),
        ("02:18", "OK", "", "manual"),
    ),
    ("SEPA_IN_RETAIL", "01:10"): (
        ("01:10", "KO", _ORA, "scheduler"),
        ("01:21", "KO", _ORA, "retry"),
        ("01:32", "KO", _ORA, "retry"),
        ("01:43", "KO", _ORA, "retry"),
        ("02:20", "OK", "", "manual"),
    ),
    ("MICRO_ONDE_IN_CIB", "01:10"): (
        ("01:10", "KO", _ORA, "scheduler"),
        ("01:21", "KO", _ORA, "retry"),
        ("01:32", "KO", _ORA, "retry"),
        ("01:43", "KO", _ORA, "retry"),
    ),
    ("COLLATERAL_IN_CIB", "02:00"): (("02:00", "KO", _ORA, "scheduler"), ("02:11", "OK", "", "retry")),
    ("POSITIONS_OUT_AM", "04:10"): (("04:10", "KO", "SFTP-TIMEOUT", "scheduler"), ("04:18", "OK", "", "retry")),
    ("MICRO_ONDE_OUT_AM", "04:50"): (("04:50", "KO", "SCHEMA-MISMATCH", "scheduler"),),
}

JOBS: tuple[Job, ...] = (
    Job("ROTATION_JETONS", ("21:45",), EVERY_DAY, 40, 0.0, "jeton vf-passerelle non renouvelé : HTTP 503 du serveur"),
    Job("CHARGEMENT_COURS", ("19:40",), EVERY_DAY, 300, 0.03, "SFTP-NOFILE : fichier des cours absent après 45 min"),
    Job("CHARGEMENT_TARIFS", ("20:10",), WEEKDAYS, 420, 0.03, "SCHEMA-MISMATCH : colonne code_lei inattendue"),
    Job("CONTROLE_DOUBLONS", ("21:20", "05:10"), EVERY_DAY, 260, 0.02, "doublons trouvés, seuil de 100 dépassé"),
    Job("CALCUL_MARGES", ("22:40",), EVERY_DAY, 1500, 0.03, "ORA-00060 : interblocage sur VF_MARGES"),
    Job("SAUVEGARDE_BASE", ("23:20",), EVERY_DAY, 4800, 0.02, "DISK-FULL : /data/vf/sauvegarde plein à 99 %"),
    Job("RAPPROCHEMENT_ESPECES", ("23:50",), EVERY_DAY, 700, 0.04, "écart de rapprochement au-dessus du seuil"),
    Job("EXTRACT_COMPTA", ("00:20",), EVERY_DAY, 1100, 0.02, "ORA-00942 : vue V_COMPTA_JOUR absente"),
    Job("STATISTIQUES_ORACLE", ("01:30",), EVERY_DAY, 1900, 0.02, "ORA-12541 : TNS:no listener (db-vf-02)"),
    Job("CALCUL_VAR", ("02:30",), EVERY_DAY, 2400, 0.04, "historique incomplet : cours manquants"),
    Job("VALORISATION_FONDS", ("03:30",), WEEKDAYS, 2600, 0.03, "ORA-00060 : interblocage sur VF_PARTS"),
    Job("CONSOLIDATION_POSITIONS", ("03:50",), EVERY_DAY, 1700, 0.02, "ORA-00942 : table VF_POS_STG absente"),
    Job("EDITION_AVIS", ("04:20",), EVERY_DAY, 350, 0.01, "modèle d'avis introuvable"),
    Job("PURGE_DISQUE", ("05:45",), EVERY_DAY, 150, 0.01, "DISK-FULL : rien à purger sous /data/vf/archive"),
    Job("RAPPORT_NUIT", ("06:05",), EVERY_DAY, 60, 0.01, "ORA-00942 : vue V_RAPPORT_NUIT absente"),
    Job("CONTROLE_CERTIFICATS", ("06:30",), EVERY_DAY, 45, 0.02, "CERT-EXPIRED : un certificat expire sous 15 jours"),
    Job("SYNCHRO_ANNUAIRE", ("07:00", "13:00"), EVERY_DAY, 90, 0.01, "AUTH-401 : annuaire, jeton refusé"),
    Job("EXPORT_DATAMART", ("07:20",), EVERY_DAY, 1600, 0.03, "SFTP-TIMEOUT : dépôt sur sftp-02 au-delà de 60 s"),
    Job("PURGE_HISTORIQUE", ("06:45",), frozenset({6}), 2900, 0.0, "ORA-00060 : interblocage sur VF_RUNS"),
)
SERVERS = {
    "PRODUCTION": ("srv-batch-01", "srv-batch-02"),
    "RECETTE": ("srv-rec-01",),
    "DEVELOPPEMENT": ("srv-dev-01",),
}
