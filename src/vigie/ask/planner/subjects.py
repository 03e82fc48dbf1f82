"""What a question counts or lists: the records, or the values of one of their fields."""

from __future__ import annotations

import re

from vigie.ask.planner.actors import GIVEN, done_by, people_of, who
from vigie.ask.planner.concepts import RUNNABLE
from vigie.ask.planner.facets import Facet
from vigie.ask.planner.glossary import kin_of
from vigie.ask.planner.interpretation import Interpretation
from vigie.ask.planner.lexicon import OTHERS, PARTICIPLES, RECEIVED, SENT
from vigie.ask.planner.marks import NounMark
from vigie.ask.planner.noun_pairs import made_of, says_of_which, says_whose
from vigie.ask.planner.record_names import HEAD, OWN
from vigie.ask.planner.tokens import root, stem
from vigie.ask.planner.value_fields import sides_of
from vigie.ask.words import STOP
from vigie.plan import Key


def subject_of(seen: Interpretation, groups: list[Key]) -> NounMark | None:
    """What is counted or listed: the first noun that no group, number or label has used."""
    grouped = {key.path for key in groups if key.bucket is None}
    for noun in seen.marks.nouns:
        if noun.first in seen.used or not (noun.record or noun.fields):
            continue
        if noun.fields and noun.fields[0][1] in grouped and not noun.record:
            continue
        if not noun.fields and any(n.first == noun.last and n.record >= OWN > noun.record for n in seen.marks.nouns):
            continue  # "DataStage jobs"
        if not noun.fields and noun.record < OWN and _of_things(seen, noun):
            continue
        if labels_value(seen, noun) or _measures(seen, noun) or _qualifies(seen, noun):
            continue
        if does_them(seen, noun) or says_of_which(seen, noun) or _did(seen, noun):
            seen.used.add(noun.first)
            continue
        if (whose := says_whose(seen, noun) or made_of(seen, noun)) is not None:
            seen.used.add(whose.first)
        return noun
    return None


def _of_things(seen: Interpretation, noun: NounMark) -> bool:
    """ "market | providers", "market data | providers": a word of the collection's name says of what they are."""
    after = next((n for n in seen.marks.nouns if n.first >= noun.last and n.fields and not n.record), None)
    if after is None or seen.marks.tokens[noun.first].norm != seen.marks.tokens[noun.first].root:
        return False
    if seen.known.facets[after.fields[0][1]].unique(seen.known.profile.total):
        return False  # "market files", of which each record has one
    named = seen.marks.tokens[after.last - 1]
    between = seen.text[seen.marks.tokens[noun.last - 1].at[1] : seen.marks.tokens[after.first].at[0]]
    return between.strip().lower() in ("", "data") and named.norm != named.root


def _qualifies(seen: Interpretation, noun: NounMark) -> bool:
    """ "archive policies", "ticket categories": the records only say of what."""
    after = next((n for n in seen.marks.nouns if n.first == noun.last and n.fields and n.record < 1), None)
    named = seen.marks.tokens[noun.last - 1]
    if (
        not noun.record
        or named.norm != named.root
        or after is None
        or (after.fields[0][0] < 2 and not _object(seen, after))
        or not seen.known.facets[after.fields[0][1]].text
    ):
        return False
    return not seen.text[seen.marks.tokens[noun.last - 1].at[1] : seen.marks.tokens[after.first].at[0]].strip()


def _object(seen: Interpretation, noun: NounMark) -> bool:
    """ "backup | fault" of `fault.ref` and `fault.detail`: named by what holds them."""
    facet = seen.known.facets[noun.fields[0][1]]
    return facet.above[-1:] == (seen.marks.tokens[noun.last - 1].root,)


def does_them(seen: Interpretation, noun: NounMark) -> bool:
    """ "combien de relances faites par les | opérateurs", one of whom each record has: it is counted what they did."""
    tokens, by = seen.marks.tokens, noun.first - 2
    if noun.record or by < 1 or tokens[by].norm not in _THROUGH or tokens[by + 1].norm not in ("les", "the", "des"):
        return False
    facet = seen.known.facets[noun.fields[0][1]]
    always = facet.text and facet.profile.present >= _NEARLY_ALL * seen.known.profile.total
    return always and not _asked_before(seen, by)


def _did(seen: Interpretation, noun: NounMark) -> bool:
    """ "on a | sauvegardé combien de serveurs": what was done to those that are counted."""
    asked, tokens = seen.marks.cue("count"), seen.marks.tokens
    if asked is None or not noun.record or noun.last > asked.first or noun.first == 0:
        return False
    others = any(other.first >= asked.last for other in seen.marks.nouns)
    return others and tokens[noun.first - 1].norm in _HAVE and tokens[noun.last - 1].text.endswith(PARTICIPLES)


_HAVE = frozenset("a ont avons have has".split())
_THROUGH = frozenset("par by sur on across via chez".split())
_NEARLY_ALL = 0.95  # of the records have one


def _asked_before(seen: Interpretation, by: int) -> bool:
    """ "par les" of what nothing before it names: then those are asked for."""
    return not any(first < by for first in [v.first for v in seen.marks.values] + [n.first for n in seen.marks.nouns])


def _measures(seen: Interpretation, noun: NounMark) -> bool:
    """A numeric field or a time is not what is listed: "durée", "enregistrements"."""
    if noun.record >= 3 or not noun.fields:
        return False
    facet = seen.known.facets[noun.fields[0][1]]
    return (facet.numeric and not facet.coded) or facet.profile.time is not None


def labels_value(seen: Interpretation, noun: NounMark) -> bool:
    """ "l'entité CIB": the noun only says what the value is of, unless it is the record's own or is asked for."""
    if noun.record >= 3 or _asked_for(seen, noun):
        return False
    if _says_to_whom(seen, noun):
        return True
    return any(
        v.first >= noun.last and v.first - noun.last <= 2 and any(path in v.options for _, path in noun.fields)
        and all(seen.marks.tokens[i].norm in STOP for i in range(noun.last, v.first))
        for v in seen.marks.values
    )  # fmt: skip


def _says_to_whom(seen: Interpretation, noun: NounMark) -> bool:
    """ "tickets assigned to | the Network group": said of the value that follows."""
    near = {t.norm for t in seen.marks.tokens[noun.last - 1 : noun.last + 1]}
    said = seen.marks.tokens[noun.first].text.endswith(PARTICIPLES) and near & _TOWARDS
    return bool(said) and any(0 < v.first - noun.last <= 3 for v in seen.marks.values)


_TOWARDS = frozenset("to by a au aux par".split())


def _asked_for(seen: Interpretation, noun: NounMark) -> bool:
    cue = seen.marks.cue("list", "count")
    if cue is None or not 0 <= noun.first - cue.last <= 2:
        return False
    between = [mark.first for mark in seen.marks.values] + [other.first for other in seen.marks.cues]
    return not any(cue.last <= place < noun.first for place in between)


def _where_to(seen: Interpretation, noun: NounMark) -> str | None:
    """ "vers | quelles applis" of a `target.app` beside a `source.app`."""
    said = {token.norm for token in seen.marks.tokens[max(0, noun.first - 2) : noun.first]}
    if not said & _TOWARDS:
        return None
    facets = [seen.known.facets[path] for _, path in noun.fields]
    there = [f.path for f in facets if {*f.words, *f.above} & _TARGETS]
    return there[0] if len(there) == 1 else None


_TOWARDS = frozenset("vers towards".split())
_TARGETS = frozenset("target cible dest destination destinataire tgt dst to".split())


def path_of(seen: Interpretation, noun: NounMark | None) -> str | None:
    """The field a noun asks the values of; None for the records themselves."""
    if noun is None:
        return None
    if (there := _where_to(seen, noun)) is not None:
        return there
    best = noun.fields[0] if noun.fields else None
    name = seen.known.roles.name
    if "run" in noun.concepts and not (
        best and best[0] >= 2.5 and not seen.known.facets[best[1]].unique(seen.known.profile.total)
    ):
        return None
    if noun.record >= 3:
        own = seen.known.facets[best[1]] if best is not None and best[0] >= 2.5 else None
        said = seen.marks.tokens[noun.first].root
        called = [root(word) for word in own.words if word not in _NAME] if own is not None else []
        its_name = own is not None and called == [said]
        if own is not None and its_name and (_name_of_things(seen, own) or seen.known.records.called(said) < HEAD):
            return own.path  # "quelles API" of `gw_appels` with a field `api`, "jobs" of steps with a `jobname`
        if _bear_numbers(seen, said):
            return None
        # "flux" names both the records and the field of their names; "erreurs" the records alone.
        return name if name and _is_name_noun(seen, noun) else None
    if best is not None and _numbered_anew(seen, noun):
        return None
    if best is not None:
        return _by_verb(seen, noun) or _by_act(seen, noun) or best[1]
    named = seen.known.facets[name].concepts | RUNNABLE | {"app"} if name else frozenset()
    return name if noun.record and noun.concepts & named and "run" not in noun.concepts else None


def _name_of_things(seen: Interpretation, own: Facet) -> bool:
    """`jobname`, which many steps share; no `nomFichier` that each record has another of."""
    return len(own.words) > 1 and not own.unique(seen.known.profile.total)


def _numbered_anew(seen: Interpretation, noun: NounMark) -> bool:
    """ "caisses ouvertes" of `clotures_caisse`, with a `caisse` 01, 02, 03 in every store: the records that are so."""
    held = seen.known.facets[noun.fields[0][1]].profile.values
    bare = bool(held) and all(_BARE.fullmatch(str(value)) for value, _ in held)
    return bare and noun.record > 0 and not seen.marks.has(*_OF_EACH)


_OF_EACH = ("most", "least", "top", "distinct", "gt", "ge", "lt", "le", "all", "not_run")


def _bear_numbers(seen: Interpretation, said: str) -> bool:
    """ "contrôles" of a `checkId` are no `listName`; of a `controlId` they are what a `controlName` names."""
    name = seen.known.facets.get(seen.known.roles.name or "")
    named = name is not None and bool({stem(said), *kin_of(said)} & set(map(stem, name.words)))
    return seen.known.records.numbered(said) and not named and not seen.marks.has("most", "least", "top")


def _by_act(seen: Interpretation, noun: NounMark) -> str | None:
    """ "people who handled ...": of several fields of people, the one of those who did it."""
    near = [path for score, path in noun.fields if score >= noun.fields[0][0] - 0.3]
    if len(near) < 2 or "user" not in noun.concepts:
        return None
    after = (t.norm for t in seen.marks.tokens[noun.last : noun.last + _REACH])
    return next((path for norm in after if (path := done_by(norm, near, seen.known)) is not None), None)


_REACH = 3  # words from people to what they did


def _by_verb(seen: Interpretation, noun: NounMark) -> str | None:
    """ "quelles applis ont émis", "ont reçu" where one field tells who sent and another who received."""
    near = [path for score, path in noun.fields if score >= noun.fields[0][0] - 0.3]
    sender, receiver = sides_of(near, seen.known)
    if sender is None or receiver is None:
        return None
    norms = {t.norm for t in seen.marks.tokens}
    return receiver if norms & RECEIVED and not norms & SENT else sender if norms & SENT else None


_NAME = frozenset({"name", "nom"})
_BARE = re.compile(r"\d{1,3}")
_SIDES = frozenset("emetteur emettrice expediteur sender destinataire receiver beneficiaire beneficiary".split())


def _is_name_noun(seen: Interpretation, noun: NounMark) -> bool:
    name = seen.known.roles.name
    if name is None:
        return False
    facet = seen.known.facets[name]
    others = {word for word in (*facet.above, *facet.words) if word not in _NAME}
    own = all(seen.known.records.own(word) for word in others)  # "calls" of a `serviceName` are each of their own
    generic = own and bool(facet.concepts & {"name"}) and not facet.concepts & {"flow", "job", "process"}
    one_side = bool(_SIDES & {*facet.words, *facet.above})  # "les échanges" are no emitters
    said = seen.marks.tokens[noun.first]
    same = any(root(word) == said.root for word in facet.words) or bool(noun.concepts)  # "scans" are no scanners
    near = any(path == name and (score >= _WELL or facet.concepts & RUNNABLE) for score, path in noun.fields)
    return (near and same and not one_side) or generic


_WELL = 1.5  # of a noun's fields: "chargements" hardly tells a `source.systeme`


def _given_to(seen: Interpretation) -> str | None:
    """ "who has the most tickets | assigned" of an `affecteA`: no one else whom a record names."""
    if not any(token.norm.startswith(GIVEN) for token in seen.marks.tokens):
        return None
    named = [f.path for f in seen.known.facets.values() if f.text and any(w.startswith(GIVEN) for w in f.words)]
    return named[0] if len(named) == 1 else None


def _with_whom(seen: Interpretation) -> str | None:
    """ "à qui envoie-t-on ...", "de qui reçoit-on ...": the one field of those who are not us."""
    if [token.norm for token in seen.marks.tokens[:2]] not in _WHOM:
        return None
    others = [f.path for f in seen.known.facets.values() if f.text and not f.long and f.concepts & OTHERS]
    return others[0] if len(others) == 1 else None


_WHOM = (["a", "qui"], ["vers", "qui"], ["de", "qui"], ["chez", "qui"], ["to", "whom"], ["to", "who"], ["from", "whom"])


def person(seen: Interpretation) -> str | None:
    """ "qui a déployé ...": the one field of people, or the one that the verb names: "qui a validé" `valideur`."""
    tokens = seen.marks.tokens
    if (other := _with_whom(seen)) is not None:
        return other
    if not tokens or tokens[0].norm not in ("qui", "who"):
        return None
    if (given := _given_to(seen)) is not None:
        return given
    if (done := who(seen.marks, seen.known)) is not None:
        return done[0]
    people = [seen.known.facets[path] for path in people_of(seen.known)]
    named = [f for f in people if any(t.norm[:5] == w[:5] for t in tokens[1:] for w in f.words if len(w) > 5)]
    told = named or [f for f in people if "approver" not in f.concepts]  # who approved is asked in so many words
    if not told and len(people) == 1 and any(not p.negated for p in (*seen.states, *seen.value_placed)):
        told = people  # "qui a forcé ...": nobody else is known of
    if len(told) > 1 and tokens[1:2] and tokens[1].norm in ("a", "has", "had"):
        told = [
            f for f in told if any(word.startswith(GIVEN) for word in f.words)
        ]  # "qui a plus de 12 tickets": to whom they are assigned
    return told[0].path if len(told) == 1 else None
