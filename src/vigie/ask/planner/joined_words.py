"""Names whose words are written as one in eight letters, as mainframes want them: ELAPSECS, JOBSTATU, RUNDATE8."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from vigie.ask.planner.abbreviations import ABBREVIATIONS
from vigie.ask.planner.concepts import concept_words
from vigie.ask.planner.glossary import every_word
from vigie.ask.planner.tokens import parts, root

# Beginnings of words that such names are cut to -> the word.
_CUT = dict(
    pair.split()
    for pair in (
        "secnd sec|secs sec|mins min|hrs heure|statu status|stats status|epoc epoch|strt start|strts start|beg start|"
        "idnt id|ident id|octs octets|byts bytes|cde code|prt print|cnt count|cpt count|retn retention|oper operator|"
        "elap elapsed|reas reason|motf motif|addr address|usr user|fil file|nam name|nom nom|dte date|dat date|"
        "tim time|heur heure|heu heure|mesg message|erro error|nbre nb|lign ligne|lgn ligne|recs records|rows rows|"
        "stp step|prog program|pgms program|grup group|serv server|srvr server|dsn dataset|lpar lpar|rtry retry|"
        "rtn return|cond code|prio priority|clas class|queu queue|arc archive|seqn sequence|dest destination|"
        "qty quantity|amt amount|mnt montant|libl libelle|desc description|envr environment"
    ).split("|")
)
# Words that nothing else is called by, and short ones that stand at an end.
_MORE = frozenset(
    "abend epoch sec page pages year annee annees mois jours ref num max min moy step tape bande spool".split()
)
_ENDS = {"ts": "ts", "id": "id", "nb": "nb", "dt": "date", "cd": "code", "jb": "job", "tm": "time", "db": "database"}
_SHORTEST = 3  # letters of a piece
_WORD = 4  # of one after letters that are no word
_MOST = 4  # pieces
_FILLER = frozenset("cndtxz0123456789")  # tells the type of what is held, or fills the eight letters


# Two letters that open or close a short name: CDENV, DTDEB, MSGID, TSNM.
_HEADS = {"cd": "code", "dt": "date", "dh": "date", "nb": "nb", "st": "statut", "lb": "libelle", "no": "numero"}
_HEADS |= {"tp": "type", "ty": "type", "mt": "montant", "nm": "nom", "hr": "heure", "tx": "taux", "tl": "taille"}
_HEADS |= {"id": "id"}
_TAILS = {"nm": "name", "id": "id", "cd": "code", "dt": "date", "nb": "nb", "no": "numero", "ty": "type", "tp": "type"}
_TWO = {"ts": "tablespace", "db": "database", "tb": "table", "sv": "server", "jb": "job", "fl": "flow", "pg": "program"}
_WAYS = {("origine", "depart"): ("org", "ori", "orig"), ("destination", "arrivee"): ("dst", "dest")}
_ENDS_OF_A_WAY = {short: named for named, shorts in _WAYS.items() for short in shorts}
_LONGEST = 7  # letters of such a name
# The unit that ends the name of a measure: VOLO, DURS.
_UNIT_LETTERS = {"o": "octets", "s": "s", "m": "min"}
_UNIT_ENDS = frozenset("ms mn kb mb gb ko mo go".split())
_MEASURED = frozenset("vol dur tail tps size taille volume".split())


@lru_cache(maxsize=4_096)
def short_pieces(name: str) -> tuple[str, ...]:
    """The two words of a name of four to seven capitals; none where it is one word."""
    whole = name.lower()
    if not (name.isalpha() and name.isupper() and 4 <= len(name) <= _LONGEST) or {whole, root(whole)} & _words():
        return ()
    known = _words() | ABBREVIATIONS.keys()
    if whole[:2] == "st" and (end := _ENDS_OF_A_WAY.get(whole[2:])) is not None:
        return "site", *end  # STORG, STDST, where STEXE is a state
    head, tail = _HEADS.get(whole[:2]), _TAILS.get(whole[-2:])
    if head is not None and whole[2:] in known and (len(whole) > 4 or whole[2:] in ABBREVIATIONS):
        return head, whole[2:]
    if whole[-2:] in _UNIT_ENDS and whole[:-2] in known:
        return whole[:-2], whole[-2:]
    if whole[-1] in _UNIT_LETTERS and whole[:-1] in _MEASURED and whole[:-1] in known:
        return whole[:-1], _UNIT_LETTERS[whole[-1]]
    if tail is not None and (whole[:-2] in _TWO or whole[:-2] in known):
        return _TWO.get(whole[:-2], whole[:-2]), tail
    return ()


@lru_cache(maxsize=4_096)
def pieces(name: str, *, small: bool = False) -> tuple[str, ...]:
    """The words of such a name, folded and in full; none where it is one word, or is not made of known ones alone.
    `small`: in small letters too, as `dbmaint`."""
    whole = name.lower()
    shaped = name.isupper() or (small and name.islower())
    if len(whole) < 2 * _SHORTEST or not shaped or not whole.isalnum() or {whole, root(whole)} & _words():
        return ()
    found = _split(whole, _MOST)
    if found is None and whole[:2] in _ENDS and (rest := _split(whole[2:], _MOST)) is not None:
        found = [whole[:2], *rest]
    if found is None and whole[-2:] in _ENDS and (rest := _split(whole[:-2], _MOST)) is not None:
        found = [*rest, whole[-2:]]
    if found is None and whole[-1] in _FILLER and len(whole) > 2 * _SHORTEST:
        found = _split(whole[:-1], _MOST)
    return tuple(_CUT.get(piece, _ENDS.get(piece, piece)) for piece in found) if found and len(found) > 1 else ()


def words_of_name(collection: str) -> Sequence[str]:
    """The words of a collection's name, apart where they are written as one: SVTRAN, of some SV, are transfers."""
    return pieces(collection, small=True) or _after_letters(collection) or parts(collection)


@lru_cache(maxsize=4_096)
def _after_letters(name: str) -> tuple[str, ...]:
    """One to three letters that nobody else knows, and a word."""
    whole = name.lower()
    if not (name.isalpha() and name.isupper()) or {whole, root(whole)} & _words():
        return ()
    found = (whole[n:] for n in (1, 2, 3) if len(whole) - n >= _WORD and whole[n:] in _words())
    return next(((whole.removesuffix(word), word) for word in found), ())


def _split(rest: str, most: int) -> list[str] | None:
    """In as few pieces as there may be, the longest first."""
    if {rest, root(rest)} & _words():
        return [rest]
    if most == 1:
        return None
    best: list[str] | None = None
    for n in range(len(rest) - _SHORTEST, _SHORTEST - 1, -1):
        after = _split(rest[n:], most - 1) if rest[:n] in _words() else None
        if after is not None and (best is None or len(after) + 1 < len(best)):
            best = [rest[:n], *after]
    return best


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    known = concept_words() | every_word() | _MORE | ABBREVIATIONS.keys() | _CUT.keys()
    return frozenset(word for word in known if len(word) >= _SHORTEST and word.isalpha())
