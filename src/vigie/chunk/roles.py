"""Which fields of a collection say what a run was: its name, its status, its error code, its message.

Learned from a sample: the words of the fields' names in French and English, then the values: their types, how many
are distinct, how long they are. Nothing is known of any one collection.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from vigie.chunk.masking import mask
from vigie.chunk.paths import flatten, lookup, words

Role = Literal["name", "category", "status", "code", "message"]

_MANY = 50  # present values from which on the share of distinct ones tells something
_REPEATED = 0.5  # distinct / present above which a field is an identifier of the run, not of the flow
_DETERMINED = 0.98  # share of records whose category follows from another field: it then multiplies nothing
_KEYS = 2_000  # names whose category is kept
_KEPT = 20_000  # distinct values counted per field


def _scores(*groups: tuple[int, str]) -> dict[str, int]:
    return {word: score for score, listed in groups for word in listed.split()}


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_NAME = _scores(
    (10, "flow flux flows job jobs"),
    (9, "workflow pipeline traitement chaine dag"),
    (8, "task tache process processus batch service interface"),
    (7, "nom name libelle label"),
    (6, "application app program programme script module component composant procedure routine"),
    (4, "source logger"),
)
_NOT_NAME = _set(
    "id ids uuid guid key host hostname server serveur machine node noeud user utilisateur owner team equipe env "
    "environment environnement date time heure type category categorie version path file fichier entity entite by par "
    "status statut state etat message msg error erreur code url ip port pid mode level niveau count nb"
)
_STATUS = _scores(
    (10, "status statut"), (9, "state etat"), (8, "result resultat outcome"), (6, "success succes ok failed")
)
_STATUS_VALUES = _set(
    "ok ko success succes succeeded successful failed failure fail echec error erreur running en_cours encours done "
    "completed complete termine terminee pending waiting attente skipped ignore cancelled canceled annule aborted "
    "killed timeout started finished warning partial rejected rejete"
)
_CODE_BESIDE = _set(
    "error err erreur return retour exit rc status sql http anomalie rejet reject motif cause exception reason"
)
_CODE = _scores((10, "errorcode errcode sqlcode errno exitcode"), (8, "code"), (7, "rc"))
_MESSAGE = _scores(
    (10, "message msg messages"),
    (8, "exception stacktrace trace stack error erreur err reason raison motif cause anomalie"),
    (6, "description desc detail details text texte"),
    (4, "libelle comment commentaire log output sortie summary resume"),
)


@dataclass(frozen=True, slots=True)
class RoleField:
    role: Role
    path: str
    masked: bool = False  # its values hold variable parts
    given_by: str | None = None  # of a category: the field it follows from
    given: tuple[tuple[str, str], ...] = ()  # (that field's value, the category), for records that lack theirs


@dataclass
class _Column:
    """What a field holds over the sample."""

    path: str
    present: int = 0
    texts: int = 0
    numbers: int = 0
    truths: int = 0
    length: int = 0  # of texts, in all
    spaces: int = 0  # texts of three words and more
    values: Counter[str] = field(default_factory=Counter)

    def add(self, value: Any) -> None:
        if isinstance(value, list):
            value = next((v for v in value if isinstance(v, str)), None)
        if value is None or value == "":
            return
        self.present += 1
        if isinstance(value, str):
            self.texts += 1
            self.length += len(value)
            self.spaces += value.count(" ") >= 2
        elif isinstance(value, bool):
            self.truths += 1
        elif isinstance(value, int):
            self.numbers += 1
        else:
            return
        if len(self.values) < _KEPT:
            self.values[str(value)[:500]] += 1

    @property
    def distinct(self) -> int:
        return len(self.values)

    @property
    def is_text(self) -> bool:
        return self.texts >= 0.8 * self.present > 0

    @property
    def mean(self) -> float:
        return self.length / max(self.texts, 1)

    @property
    def prose(self) -> float:
        return self.spaces / max(self.texts, 1)

    @property
    def unique(self) -> bool:
        """Nearly another value in each record: an identifier, a time, a measure."""
        return self.present >= _MANY and self.distinct > _REPEATED * self.present

    @property
    def dated(self) -> bool:
        """Values that start like a date or are nothing but digits."""
        tops = self.values.most_common(50)
        return sum(bool(_DATE.match(v)) for v, _ in tops) > len(tops) / 2


_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d\d/\d\d/\d{4}|[\d\s.:/-]+\Z")


def learn_fields(sample: Sequence[Mapping[str, Any]]) -> tuple[RoleField, ...]:
    """The fields of a signature, in the order of its lines. Empty when nothing names what a record was."""
    columns: dict[str, _Column] = {}
    for body in sample:
        for path, value in flatten(body):
            if path != "_id":
                columns.setdefault(path, _Column(path)).add(value)
    # By path, so that the order of keys in the sample does not decide between equals.
    open_columns = [columns[path] for path in sorted(columns) if columns[path].present]
    chosen: list[RoleField] = []

    def take(role: Role, score: Any, most: int = 1, least: float = 0.5) -> None:
        ranked = sorted(((score(c), c) for c in open_columns), key=lambda pair: (-pair[0], len(pair[1].path)))
        for value, column in ranked[:most]:
            if value >= least:
                open_columns.remove(column)
                chosen.append(RoleField(role, column.path, role == "message" or (role == "name" and column.unique)))

    take("status", _status_score)
    take("code", _code_score)
    take("message", _message_score)
    take("message", lambda c: _message_score(c) if _named(c.path, _MESSAGE) >= 8 else 0)
    take("name", _name_score)
    chosen += _categories(sample, chosen, open_columns)
    order = ("name", "category", "status", "code", "message")
    return tuple(sorted(chosen, key=lambda f: order.index(f.role)))


def _named(path: str, scores: Mapping[str, int]) -> int:
    return max((scores[word] for word in words(path.rpartition(".")[2]) if word in scores), default=0)


def _status_score(column: _Column) -> float:
    if column.distinct > 40 or column.unique or column.prose > 0.3 or column.mean > 30:
        return 0
    last = words(column.path.rpartition(".")[2])
    score = float(_named(column.path, _STATUS))
    if "http" in last or "code" in last:
        return 0
    known = sum(n for v, n in column.values.items() if "_".join(words(v)) in _STATUS_VALUES)
    share = known / max(column.present, 1)
    if not score and share < 0.6:
        return 0
    # Under a parent (`error.status`) it is rather a part's status than the run's.
    return score + 8 * share - column.path.count(".") + column.present / 1e9


def _code_score(column: _Column) -> float:
    if column.distinct > 400 or column.unique or column.prose > 0.2 or column.mean > 40 or column.truths:
        return 0
    *parents, last = (words(part) for part in column.path.split("."))
    score = max((_CODE[word] for word in last if word in _CODE), default=0)
    if not score and {"http", "status"} <= set(last):
        score = 8
    beside = {word for part in [*parents[-1:], last] for word in part}
    if score == 8 and len(last) > 1 and not beside & _CODE_BESIDE:
        return 0  # the code of a country, of a client
    return score + 3 * bool(beside & _CODE_BESIDE) if score else 0


def _message_score(column: _Column) -> float:
    if not column.is_text or column.dated:
        return 0
    score = _named(column.path, _MESSAGE)
    if score:
        return score + 2 * column.prose if column.mean >= 8 or column.prose else 0
    return 1 + column.prose if column.prose > 0.7 and column.mean > 20 else 0


def _name_score(column: _Column) -> float:
    if not column.is_text or column.mean > 80 or column.prose > 0.5 or column.dated:
        return 0
    if column.unique:
        masked = {mask(value) for value in column.values}
        if len(masked) > 0.5 * column.distinct:
            return 0
    last = words(column.path.rpartition(".")[2])
    score = float(_named(column.path, _NAME))
    against = len(_NOT_NAME & set(last))
    if score:
        return max(score - 5 * against, 0.6 if not against else 0) + 0.5 * (column.path.count(".") == 0)
    # No name tells: identifiers that come again, the more different ones the better.
    return 0 if against or column.distinct < 2 else 0.5 + min(column.distinct, 1000) / 2500


def _categories(
    sample: Sequence[Mapping[str, Any]], chosen: Sequence[RoleField], columns: Sequence[_Column]
) -> list[RoleField]:
    """At most two low-cardinality texts that follow from a field already chosen: they multiply nothing."""
    found: list[RoleField] = []
    keys = [f.path for f in chosen if f.role in ("name", "code") and not f.masked]
    for column in columns:
        short = column.is_text and 2 <= column.distinct <= 20 and column.mean <= 30 and not column.dated
        if len(found) == 2 or not short or column.present < 0.9 * len(sample) or _place(column.path):
            continue
        for key in keys:
            given = _determined(sample, key, column.path)
            if given:
                found.append(RoleField("category", column.path, given_by=key, given=given))
                break
    return found


def _place(path: str) -> bool:
    return bool({"env", "environment", "environnement", "host", "server", "serveur"} & set(words(path)))


def _determined(sample: Sequence[Mapping[str, Any]], key: str, path: str) -> tuple[tuple[str, str], ...]:
    """The value of `path` for each value of `key` where one follows from the other, else nothing."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for body in sample:
        by, value = lookup(body, key), lookup(body, path)
        if isinstance(by, (str, int)) and isinstance(value, str):
            groups[str(by).strip()][value.strip()] += 1
    repeated = [group for group in groups.values() if group.total() > 1]
    total = sum(group.total() for group in repeated)
    usual = sum(max(group.values()) for group in repeated)
    if len(groups) > _KEYS or total < max(_MANY, 0.5 * len(sample)) or usual < _DETERMINED * total:
        return ()
    # Of equals the first in the alphabet, so that the order of the sample does not matter.
    return tuple((by, min(group, key=lambda v: (-group[v], v))) for by, group in sorted(groups.items()))
