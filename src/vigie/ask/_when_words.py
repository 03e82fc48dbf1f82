"""The words of times in both languages, folded: lower case, no accents."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def word_set(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


def _table(*rows: str) -> dict[str, int]:
    """Word -> number of its row, from 1."""
    return {word: number for number, row in enumerate(rows, 1) for word in row.split()}


MONTHS = _table(
    "janvier january janv jan",
    "fevrier february fevr fev feb",
    "mars march mar",
    "avril april avr apr",
    "mai may",
    "juin june jun",
    "juillet july juil jul",
    "aout august aug",
    "septembre september sept sep",
    "octobre october oct",
    "novembre november nov",
    "decembre december dec",
)
# Plain words, or parts of names, as well: months only beside a number or after a word such as "en", "in".
UNSURE_MONTHS = frozenset(
    "may march mar mars jan dec oct nov avr apr sep sept fev feb jun jul juil aug fevr janv".split()
)

WEEKDAYS = {
    word: number - 1  # 0 is Monday
    for word, number in _table(
        "lundi monday mon lun",
        "mardi tuesday tue tues mar",
        "mercredi wednesday wed mer",
        "jeudi thursday thu thur thurs jeu",
        "vendredi friday fri ven",
        "samedi saturday sat sam",
        "dimanche sunday sun dim",
    ).items()
}
SHORT_WEEKDAYS = frozenset(word for word in WEEKDAYS if len(word) < 6 and word not in ("lundi", "mardi", "jeudi"))
ONLY_ENGLISH = frozenset("tue tues wed thu thur thurs fri".split())  # no words of French, as "mon" and "sat" are

UNITS = {
    word: unit
    for unit, said in {
        "ms": "ms milliseconde millisecondes millisecond milliseconds",
        "second": "s sec secs seconde secondes second seconds",
        "minute": "min mins mn mns minute minutes",
        "hour": "h hr hrs heure heures hour hours",
        "day": "j jr jrs jour jours day days journee journees d",
        "week": "semaine semaines sem week weeks wk wks w",
        "month": "mois month months",
        "quarter": "trimestre trimestres quarter quarters",
        "year": "an ans annee annees year years yr yrs",
    }.items()
    for word in said.split()
}
# Read as units only where they touch their number: "7d", "2w", "5m".
GLUED_UNITS = {"d": "day", "w": "week", "m": "minute"}
SECONDS = {"ms": 0.001, "second": 1.0, "minute": 60.0, "hour": 3600.0, "day": 86_400.0, "week": 604_800.0,
           "month": 30 * 86_400.0, "quarter": 91 * 86_400.0, "year": 365 * 86_400.0}  # fmt: skip

NUMBERS = {
    "zero": 0, "un": 1, "une": 1, "one": 1, "a": 1, "an": 1, "deux": 2, "two": 2, "trois": 3, "three": 3, "quatre": 4, "four": 4,
    "cinq": 5, "five": 5, "six": 6, "sept": 7, "seven": 7, "huit": 8, "eight": 8, "neuf": 9, "nine": 9, "dix": 10, "ten": 10,
    "onze": 11, "eleven": 11, "douze": 12, "twelve": 12, "treize": 13, "thirteen": 13, "quatorze": 14, "fourteen": 14,
    "quinze": 15, "fifteen": 15, "seize": 16, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
    "dizaine": 10, "douzaine": 12, "dozen": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
}  # fmt: skip
TENS = {"vingt": 20, "twenty": 20, "trente": 30, "thirty": 30, "quarante": 40, "forty": 40, "cinquante": 50, "fifty": 50,
        "soixante": 60, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}  # fmt: skip
HUNDREDS = frozenset("cent cents hundred".split())

ORDINALS = _table(
    "1er 1ier 1ere 1re premier premiere first 1st",
    "2e 2eme 2nd 2nde deuxieme second seconde",
    "3e 3eme troisieme third 3rd",
    "4e 4eme quatrieme fourth 4th",
    "5e 5eme cinquieme fifth 5th",
)

# Parts of the day -> first and last hour; past 24: of the next day.
PARTS = {
    word: hours
    for hours, said in {
        (6, 12): "matin matinee mat morning",
        (12, 14): "midi",
        (12, 18): "apres-midi afternoon",
        (18, 24): "soir soiree evening",
        (20, 30): "nuit night",
        (5, 8): "aube dawn",
    }.items()
    for word in said.split()
}
SEASONS = {
    "printemps": 3,
    "spring": 3,
    "ete": 6,
    "summer": 6,
    "automne": 9,
    "autumn": 9,
    "fall": 9,
    "hiver": 12,
    "winter": 12,
}

# What is typed for something else.
ALIASES = {
    "aujourdahui": "aujourdhui", "deb": "debut", "auj": "aujourdhui", "ajd": "aujourdhui", "aujd": "aujourdhui", "aujourdui": "aujourdhui", "ojd": "aujourdhui",
    "yday": "yesterday", "yest": "yesterday", "ystd": "yesterday", "2day": "today", "tmrw": "tomorrow", "tonite": "tonight",
    "avanthier": "avant-hier", "avanthiers": "avant-hier", "hyer": "hier", "heir": "hier", "ier": "hier", "dhier": "d hier",
    "daujourdhui": "d aujourdhui", "jusqua": "jusqu a", "jusquau": "jusqu au", "jusquen": "jusqu en", "lan": "l an",
    "apresmidi": "apres-midi", "aprem": "apres-midi", "aprm": "apres-midi", "aprems": "apres-midi", "apm": "apres-midi",
    "weekend": "week-end", "weekends": "week-ends", "wkd": "week-end", "wknd": "week-end", "wkend": "week-end",
    "dern": "dernier", "derns": "derniers", "cte": "cette", "cett": "cette", "cematin": "ce matin", "cesoir": "ce soir", "cettenuit": "cette nuit",
    "hiersoir": "hier soir", "hiermatin": "hier matin", "pdt": "pendant", "ds": "dans", "dps": "depuis", "dpuis": "depuis",
    "depui": "depuis", "avt": "avant", "sem": "semaine", "nuti": "nuit", "maitn": "matin", "sori": "soir", "oclock": "oclock",
    "wk": "week", "wks": "weeks", "mth": "month", "mths": "months", "fortnights": "fortnight", "yesteday": "yesterday", "janv": "janvier", "fevr": "fevrier",
    "cete": "cette", "cettte": "cette", "niut": "nuit", "nuitt": "nuit", "matn": "matin", "amtin": "matin", "soire": "soir", "dernie": "dernier",
    "ajourdahui": "aujourdhui", "aujourdhuit": "aujourdhui", "ludni": "lundi", "ludi": "lundi", "lunid": "lundi", "madri": "mardi", "judi": "jeudi", "jeuid": "jeudi",
    "samdi": "samedi", "betwen": "between", "bewteen": "between", "beetween": "between", "bettween": "between", "nigth": "night", "nihgt": "night", "nite": "night",
    "wekk": "week", "weeek": "week", "moring": "morning", "mornin": "morning", "munday": "monday", "teusday": "tuesday", "tuseday": "tuesday",
    "fryday": "friday", "firday": "friday", "todya": "today", "toady": "today", "hoour": "hour", "huor": "hour",
}  # fmt: skip

# Long words of times, for the words that miss them by one letter.
_TYPED_LONG = tuple(
    "janvier fevrier juillet septembre octobre novembre decembre january february september october november december "
    "mercredi vendredi dimanche wednesday thursday saturday yesterday semaine semaines derniere dernieres trimestre "
    "aujourdhui depuis weekend".split()
)
_NOT_TYPOS = frozenset("derriere derrieres denier deniers semaille".split())


def one_letter_off(word: str) -> str | None:
    """The long word of times that this one misses by one letter: left out, added, changed or swapped."""
    if len(word) < 6 or word in _NOT_TYPOS or word in MONTHS or word in _TYPED_LONG or not word.isalpha():
        return None
    return next((right for right in _TYPED_LONG if right[0] == word[0] and _near(word, right)), None)


def _near(word: str, right: str) -> bool:
    if word == right or abs(len(word) - len(right)) > 1:
        return False
    head = 0
    while head < min(len(word), len(right)) and word[head] == right[head]:
        head += 1
    a, b = word[head:], right[head:]
    swapped = a[:2] == b[1::-1] and a[2:] == b[2:] and len(a) > 1
    return swapped or a[1:] == b[1:] or a[1:] == b or a == b[1:]


# After a number, these begin something else: the number counts nothing that follows.
FUNCTION = word_set(
    "a au aux avec ce cette ces dans de des du d en et ou entre est etaient etait ont il elle ils elles jusqu l la le les par pour "
    "pendant puis qu que qui quel quels quelle quelles combien sur sous sans vers chez vs versus contre comme mais si ne pas on and at "
    "between by for from in of or the this to until was were with without vs which what how did does do has have had is are "
    "utc not only than then que y sauf hors selon compare contrairement par dernier derniere last matin soir midi minuit apres avant after before"
)
# Words before a length of time.
LASTING = word_set(
    "dure dure durent durant duraient duree durees comprise compris comprises mis prend prennent pris lasted lasting took take takes taking "
    "duration durations temps ecoule elapsed"
)
# Words that make a time of a short code after them.
CUES = word_set(
    "en au depuis in since during pendant durant courant du dans semaine week trimestre quarter d entre between avant before "
    "apres after jusqu until for over throughout of l"
)
# What a short code, a fraction or a number after it is the name of.
NAMING = word_set(
    "serveur serveurs server servers host hote hosts instance instances machine machines node noeud vm file files queue queues run lot lots "
    "batch job flux flow port code codes table tables service base db cluster pod rack partition topic chaine etape step phase "
    "application appli app env environnement version v release ratio score fraction part partie numero no n id ticket incident erreur "
    "error ligne line script module zone site bloc salle baie disque disk volume colonne column champ field tag env agent worker "
    "thread slot bucket shard replica replique ordre rang niveau level priorite severite tranche type classe categorie"
)


class _Folding(dict[int, str]):
    """Characters as they were folded before."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < _FOLDINGS:
            self[code] = folded
        return folded


_FOLDINGS = 2_000  # characters kept
_folding = _Folding()


def fold(text: str) -> tuple[str, Sequence[int]]:
    """Lower case without accents, and for each character, with one more for the end, its place in the text."""
    folded = text.lower() if text.isascii() else text.translate(_folding)
    if len(folded) == len(text):
        return folded, range(len(text) + 1)
    places = [place for place, char in enumerate(text) if _folding[ord(char)]]
    return folded, [*places, len(text)]


def _fold(char: str) -> str:
    """One character, or none for an accent that stands on its own and for what is not seen."""
    if char.isascii():
        return char.lower()
    if char in "’‘´ʼ′＇":
        return "'"
    if char in "–—‑−‐":
        return "-"
    if char.isspace():
        return " "
    if unicodedata.combining(char) or unicodedata.category(char) == "Cf":
        return ""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    plain = unicodedata.normalize("NFKD", char)[0].lower() if char.isalpha() else char
    return plain if len(plain) == 1 else char
