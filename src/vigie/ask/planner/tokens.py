"""The words of a question with their places, and the forms under which words are compared."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from vigie.ask.words import fold
from vigie.ask.words import stem as _stem

_TOKEN = re.compile(r"[^\W_]+|<>|!=|≠|[<>]=?|[≥≤%=€]|(?<!\S)\+(?=\s?d[e'’]|\s|$)")
_TOP = re.compile(r"(top)(\d{1,3})")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
# As they are typed on a telephone.
_TYPED = dict(
    pair.split()
    for pair in "koi quoi|kel quel|kels quels|kelle quelle|kelles quelles|kan quand|ki qui|"
    "tjs toujours|tjrs toujours|qd quand|bcp beaucoup|"
    "fichers fichiers|ficher fichier|wich which".split("|")
)
_IN_FULL = {"twice": ("2", "times"), "thrice": ("3", "times")}
LONGEST = 2_000  # tokens of a question that are looked at


@dataclass(frozen=True, slots=True)
class Token:
    """`norm`: folded. `root`: its singular. `glued`: joined to the token before by _ - . / : or nothing."""

    text: str
    norm: str
    root: str
    at: tuple[int, int]
    glued: bool

    @property
    def shouted(self) -> bool:
        """CIB, X25, SEPA: at least two letters, all capitals."""
        return self.text.isupper() and sum(c.isalpha() for c in self.text) > 1


def tokens(text: str) -> list[Token]:
    """In order. An accent written apart belongs to its letter."""
    composed = unicodedata.normalize("NFC", text)
    if len(composed) != len(text):
        text = composed
    found: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(text):
        if len(found) == LONGEST:
            break
        start = match.start()
        glued = end >= 0 and (start == end or (start == end + 1 and text[end] in "_-./:"))
        norm = fold(match.group())
        norm = _TYPED.get(norm, norm) if match.group().islower() else norm
        if match.group() == "+":
            norm = "plus"  # "+ de 3"
        if match.group()[:-1].isupper() and match.group().endswith("s") and len(norm) > 2:
            norm = norm[:-1]  # "APIs"
        top = _TOP.fullmatch(norm)
        for said in top.groups() if top else _IN_FULL.get(norm, (norm,)):
            found.append(Token(match.group(), said, root(said), match.span(), glued))
        end = match.end()
    return found


@lru_cache(maxsize=65_536)
def root(norm: str) -> str:
    """The singular of a folded word: `erreurs` erreur, `journaux` journal, `retries` retry, `batches` batch."""
    if len(norm) <= 3 or not norm.isalpha():
        return norm
    if norm.endswith("eaux"):
        return norm[:-1]
    if norm.endswith("aux") and len(norm) > 5:
        return norm[:-3] + "al"
    if norm.endswith("ies") and len(norm) > 4:
        return norm[:-3] + "y"
    if norm.endswith(("ches", "shes", "sses", "xes")) and len(norm) > 6:
        return norm[:-2] if not norm.endswith("ches") or norm[:-2] in _CH else norm[:-1]
    if norm in _PARTICIPLES_IN_US:
        return norm[:-1]
    if norm.endswith("s") and not norm.endswith(("ss", "us", "is", "as")):
        return norm[:-1]
    if norm.endswith("eux"):
        return norm[:-1]
    return norm


# "refus" is no plural; these are.
_PARTICIPLES_IN_US = frozenset(
    f"{word}s"
    for word in "resolu perdu rendu connu vendu suspendu interrompu exclu conclu retenu obtenu tenu "
    "venu corrompu rompu descendu etendu repondu tendu couru parcouru apparu disparu paru survenu intervenu maintenu "
    "detenu contenu revenu prevenu promu prevu imprevu attendu inattendu".split()
)
_CH = frozenset("batch patch switch match branch launch watch dispatch search".split())


@lru_cache(maxsize=65_536)
def stem(norm: str) -> str:
    """Looser than `root`: `ouvertes`, `ouverte` and `ouvert` are one."""
    if len(norm) < 5 or not norm.isalpha() or root(norm) in _WHOLE:
        return root(norm)
    short = norm if norm.endswith("us") and norm not in _PARTICIPLES_IN_US else _stem(root(norm))
    if len(short) > 4 and short[-1] in "ei":
        short = short[:-1]
    # "abandonné" is of "abandon", "partielle" of "partiel"; "running" is not of "run".
    return short[:-1] if short.endswith(("nn", "ll")) and not norm.endswith("ing") else short


# No kin of "fiche", of "product", of "state", of "issue", of "request", of "call"; nor passengers of a passage,
# stations of a state, users of a usage, cashiers of cash, trainings of trains.
_WHOLE = frozenset(
    "fichier production statement issued issuer requester runner caller station passager usager salary vente versement "
    "reading cashier caissier teller training trainer trainee courier coursier courtier pompier "
    "shipment plane parcelle vanne till toll cell".split()
)


@lru_cache(maxsize=65_536)
def parts(name: str) -> tuple[str, ...]:
    """The folded words of an identifier: `dateDebut_flux` date, debut, flux; `SEPA_OUT` sepa, out."""
    found: list[str] = []
    for piece in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", name)):
        humps = _HUMP.findall(_plain(piece))
        mixed = piece[:1].islower() and not piece.islower() and not any(c.isdigit() for c in piece)
        found += [h.lower() for h in humps] if mixed or _titled(piece) else [fold(piece)]
    return tuple(found)


def _titled(piece: str) -> bool:
    return bool(_TITLED.fullmatch(_plain(piece)))


# `FlowName`, `OpenedAt`, `IsUrgent`, `DbJobs`; no "McDonald".
_TITLED = re.compile(
    r"(?=(?:.[a-z]+){2})(?:[A-Z][a-z]{2,}|(?:At|By|Id|Is|On|No|Nb|Dt|Ts|Cd|Le|Db|Vm|Os|Ip|Tx|Fx)(?![a-z]))+"
)


def _plain(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


def key(words: Sequence[str]) -> str:
    """One form for words that are compared as a whole, singulars alike, joints aside."""
    return " ".join(root(word) for word in words)


def alike_start(a: str, b: str) -> int:
    """Letters that both begin with."""
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
