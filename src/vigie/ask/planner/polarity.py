"""What the values of a status mean: failed, succeeded, running, skipped or waiting, in French and English."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from vigie.ask.planner.facets import Facet
from vigie.ask.planner.tokens import parts, stem
from vigie.plan import Scalar

Polarity = Literal["failed", "succeeded", "running", "skipped", "waiting"]
POLARITIES: tuple[Polarity, ...] = ("failed", "succeeded", "running", "skipped", "waiting")

_WORDS: dict[Polarity, str] = {
    "failed": "ko nok fail failed failure failing error errored erreur err echec echoue echouee plante crash crashed abort aborted abend abandon abandonne abandonnee refus blocage bloque bloquee blocked denied manque missed down "
    "abended killed timeout timedout rejected rejete refused refuse broken faulted anormal abnormal fatal nonok notok unsuccessful incident incidente bad red rouge "
    "critique crit injoignable unreachable avorte defaut exception dead deadletter lost perdu ano anomalie anomaly abd rej refusee rejetee tue tuee interrompu interrompue interrupted dropped disconnected deconnecte deconnectee coupe coupee delaidepasse delaisdepasses depassementdelai depassementdedelai tempsdepasse tempsecoule timelimitexceeded timelimit overran nack nacked nak naked "
    "bounce bounced bounces hardbounce softbounce undelivered undeliverable corrupt corrupted corrompu corrompue illisible unreadable oom oomkilled evicted exceeded depassement panic segfault hung stuck zombie halted incomplete incomplet nonrecu notreceived npai unauthorized forbidden declined impaye impayee unpaid rolledback rollback rbk retarr reverted retourarriere breached violated noncompliant nonconforme unstable defective defectueux hs outofservice panne horsservice offline errone erronee refoule refoulee loupe ratee infected infecte infectee compromised "
    "invalid invalide defavorable returned retourne retournee chargeback damaged endommage endommagee abime abimee mismatch mismatched divergent divergente throttled ratelimited circuitopen circuitbreaker horstolerance outoftolerance outofrange horslimite abnd",
    "succeeded": "computed calculated calcule calculee patched patche patchee deployed deploye deployee upgraded migrated migre migree applied applique appliquee committed installed installe installee corrige corrigee fixed delivre delivree integrated integre integree transmis transmise remis remise diffuse diffusee envoye envoyee sent ok success succes succeeded successful succeed done complete completed termine terminee fini finie finished reussi reussie execute executed executee realise realisee implemented performed resolu resolue clos close cloture cloturee ferme fermee reussit paye paid regle up loaded charge chargee expedie expediee shipped "
    "passed valide validated valid delivered livre green vert ended normal traite processed good closed resolved ack acknowledged term conforme compliant conformite accepte acceptee accepted acquitte acquittee publie publiee published "
    "acheve achevee acked distribue distribuee distributed transmitted imported importe importee exported exporte exportee archived archive archivee settled denoue denouee matched rapproche rapprochee apparie appariee reconciled reconcilie lettre lettree booked comptabilise comptabilisee posted confirmed confirme confirmee repaired repare reparee restored restaure restauree renewed renouvele renouvelee healthy sain saine online connected available disponible served answered printed imprime imprimee rempli remplie recharge rechargee funded provisioned attribue attribuee granted merged released cleared effectue effectuee fait faite nominal stable clean rendered indexed synced synchronise synchronisee refreshed sauvegarde sauvegardee verified verifie verifiee tested teste testee "
    "abouti aboutie solde soldee leve levee rendu rendue honore honoree passant passante concluant concluante favorable consumed consomme consommee handled ingested ingere ingeree inserted insere inseree valable regularise regularisee retabli retablie recovered credited credite creditee captured encaisse encaissee relayed relaye relayee finalized finalise finalisee okay solved",
    "running": "running run encours cours progress started start active actif executing execution demarre processing ongoing working inprogress exec transit acheminement priseencharge prisencharge priseencompte prisencompte live "
    "sending uploading downloading transferring inflight enroute building scanning retrying installing "
    "enc firing preparing investigating initializing initialising rollingout lance lancee launched",
    "skipped": "classe classee wontfix dismissed falsepositive fauxpositif skipped skip nex ignored ignore saute cancelled canceled annule annulee bypassed notrun disabled ann saute sautee sanssuite classesanssuite classeesanssuite faussealerte faussealarme falsealert falsealarm discarded "
    "filtered filtre filtree superseded withdrawn voided waived excluded exclu exclue noop nothingtodo rienafaire suppressed sansobjet notapplicable "
    "deleted supprime supprimee desactive desactivee neutralise neutralisee bypass skp na horsperimetre",
    "waiting": "enfile enattente enfiledattente pending queued queue waiting wait attente scheduled planned planifie prevu ready hold held suspended suspendu new att "
    "awaiting awaited attendu attendue expected enqueued paused enpause retenu retenue standby "
    "nouveau nouvelle todo backlog programme programmee upcoming avenir differe differee deferred",
}
_POLARITY: dict[str, Polarity] = {stem(word): pole for pole, words in _WORDS.items() for word in words.split()}
_BEGUN = frozenset(stem(word) for word in "start started demarre demarree lance lancee launched".split())
_EXECUTED = frozenset("execute executee executed processed".split())
# Words of a value that turn it: COMPLETED_WITH_ERRORS, TERMINE_KO, NOT_STARTED.
_STRONG = ("failed", "running", "waiting", "skipped", "succeeded")


@lru_cache(maxsize=65_536, typed=True)  # True is no 1
def polarity_of(value: Scalar) -> Polarity | None:
    """What one status value says: `FAILED`, `KO`, `Terminé en erreur`, an exit code."""
    if isinstance(value, bool):
        return "succeeded" if value else "failed"
    if isinstance(value, int | float):
        return None
    words = [stem(word) for word in parts(str(value))]
    negated = next((i for i, word in enumerate(words[:-1]) if i and word in ("not", "non", "pas", "no")), None)
    if negated is not None and _POLARITY.get(words[negated + 1]) == "succeeded":
        return "failed"  # Ended Not OK
    if (parts(str(value)) or ("",))[-1] in _EXECUTED:
        return "succeeded"  # of the stem of EXECUTING; PROCESSED of PROCESSING
    if len(words) == 1 and str(value).lower().endswith("ing") and _POLARITY.get(words[0]) == "succeeded":
        return "running"  # of the stem of IMPLEMENTED
    if _is_to_be_done(value):
        return "waiting"
    joined = stem("".join(parts(str(value))))
    if joined in _POLARITY:
        return _POLARITY[joined]
    if words[:1] == ["not"] or words[:1] == ["non"]:
        if len(words) > 1 and _POLARITY.get(words[1]) == "succeeded":
            return "failed"
        return "waiting" if _BEGUN & set(words) else None
    found = {_POLARITY[word] for word in words if word in _POLARITY}
    if words[:1] == ["en"] and (found == {"succeeded"} or (not found and _is_an_act(parts(str(value))[-1]))):
        return "running"  # "en traitement", "en livraison"
    return next((pole for pole in _STRONG if pole in found), None)


def _is_to_be_done(value: Scalar) -> bool:
    """A_VALIDER, TO_REVIEW."""
    first, *others = parts(str(value)) or ("",)
    return bool(others) and (first == "to" or (first == "a" and is_infinitive(others[0])))


def _is_an_act(word: str) -> bool:
    return word.endswith(("tion", "sion", "aison", "ement")) or word in ("envoi", "analyse", "etude")


def is_infinitive(word: str) -> bool:
    return len(word) > 4 and word.endswith(("er", "ir", "re"))


def polarities(status: Facet) -> dict[Polarity, tuple[Scalar, ...]]:
    """The values of each polarity. Of numbers: 0 went well, others did not (an exit code); `failed: true` failed."""
    found: dict[Polarity, list[Scalar]] = {}
    turned = status.flag and polarity_of(" ".join(status.words)) == "failed"
    for value, _ in status.profile.values:
        said = status.letters.get(value, value)
        pole = polarity_of(said is not True if turned and isinstance(said, bool) else said)
        if pole is None and isinstance(value, int | float):
            well = value < 400 if status.http else value == 0
            pole = "succeeded" if well else "failed"
        if pole is None and _is_being_done(value, status):
            pole = "running"
        if pole is None and isinstance(value, str):
            pole = of_a_code(value)
        if pole is not None:
            found.setdefault(pole, []).append(value)
    if "running" not in found and "succeeded" in found:
        codes = (v for v, _ in status.profile.values if isinstance(v, str))
        for code in (v for v in codes if poles_of_code(v) == _UNDER_WAY):
            found.setdefault("running", []).append(code)  # EXE beside FIN: no EXECUTE
    if any(_stems(value) & _CLOSED for value in found.get("succeeded", ())):
        # An alert acknowledged, a session connected, beside those that are closed.
        going = [value for value in found["succeeded"] if _stems(value) <= _ACKED | _CONNECTED]
        found["succeeded"] = [value for value in found["succeeded"] if value not in going]
        found |= {"running": [*found.get("running", ()), *going]} if going else {}
    if "failed" in found and "succeeded" not in found:
        granted = [value for value, _ in status.profile.values if _stems(value) & _GRANTED]
        found |= {"succeeded": granted} if granted else {}  # APPROVED beside DECLINED and no DONE: no step on the way
    if "failed" in found and any(_says_failed(value) for value in found["failed"]):
        found["failed"] = [value for value in found["failed"] if not _given_up(value)]
    return {pole: tuple(values) for pole, values in found.items()}


@lru_cache(maxsize=65_536)
def of_a_code(value: str) -> Polarity | None:
    """CNF, TER, RJT: the one polarity of all words that such letters are short for."""
    poles = poles_of_code(value)
    return next(iter(poles)) if len(poles) == 1 else None


@lru_cache(maxsize=65_536)
def poles_of_code(value: str) -> frozenset[Polarity]:
    """Of all words that a value of three or four capitals is short for."""
    code = value.casefold()
    if not (value.isupper() and value.isalpha() and len(code) in _CODES):
        return frozenset()
    said = (pole for pole, words in _WORDS.items() if any(is_short_for(code, word) for word in words.split()))
    return frozenset(said)


_UNDER_WAY: frozenset[Polarity] = frozenset({"running", "succeeded"})
_CODES = (3, 4)  # letters of values that are words cut short
_VOWELS = frozenset("aeiouy")


@lru_cache(maxsize=65_536)
def is_short_for(code: str, word: str) -> bool:
    """ "ter" begins "termine", "blq" the consonants of "bloquante"."""
    consonants = word[:1] + "".join(letter for letter in word[1:] if letter not in _VOWELS)
    return len(word) > len(code) and (word.startswith(code) or consonants.startswith(code))


def _is_being_done(value: Scalar, status: Facet) -> bool:
    """PRINTING where others are PRINTED: of an act that is no word of the trade."""
    said = str(value).casefold()
    done = {f"{said.removesuffix('ing')}{ending}" for ending in ("ed", "d")}
    return said.endswith("ing") and any(str(other).casefold() in done for other, _ in status.profile.values)


def ended_badly(status: Facet) -> tuple[Scalar, ...]:
    """All that did not go well, and not FAILED alone: where all are asked to have succeeded, REJECTED ones have not."""
    return tuple(v for v, _ in status.profile.values if polarity_of(v) == "failed" and not _in_part(v))


def _given_up(value: Scalar) -> bool:
    """Aborted and blocked runs, and those that ended with some rejects, are not what is meant where others FAILED."""
    return bool(_stems(value) & _GIVEN_UP) or _in_part(value)


def _in_part(value: Scalar) -> bool:
    """TERMINE_AVEC_REJETS: it ended all the same."""
    words = {stem(word) for word in parts(value)} if isinstance(value, str) else set()
    return bool({"avec", "with"} & words) and any(_POLARITY.get(word) == "succeeded" for word in words)


def _says_failed(value: Scalar) -> bool:
    """KO, FAILED, a code. Where none says so, as of TIMEOUT and REJECTED, each value tells one way to fail."""
    return not _given_up(value) and not _stems(value) & _ONE_WAY


def _stems(value: Scalar) -> set[str]:
    """Of its words, and of all joined: ROLLED_BACK is "rolledback" too."""
    words = parts(value) if isinstance(value, str) else ()
    return {stem(word) for word in (*words, "".join(words)) if word}


_ONE_WAY = frozenset(
    stem(word)
    for word in "timeout timedout dead deadletter dlq unreachable injoignable bounce bounced bounces hardbounce softbounce undelivered undeliverable npai".split()
)
_CLOSED = frozenset(
    map(stem, "closed clos close cloture cloturee ferme fermee resolu resolue resolved solved cleared".split())
)
_ACKED = frozenset(map(stem, "ack acked acknowledged acquitte acquittee".split()))
_CONNECTED = frozenset(map(stem, "connected connecte connectee attached".split()))


def is_acked(value: Scalar) -> bool:
    """Is it the state of what somebody has seen, and not ended yet?"""
    return isinstance(value, str) and bool(_stems(value)) and _stems(value) <= _ACKED


_GRANTED = frozenset(
    stem(word)
    for word in "approved approuve approuvee authorized authorised autorise autorisee accorde accordee admis admise".split()
)
_GIVEN_UP = frozenset(
    stem(word)
    for word in "abort aborted avorte avortee abandonne abandonnee abandoned blocked bloque bloquee denied "
    "rejected rejete rejetee rej missed manque declined forbidden unauthorized rolled rolledback rollback reverted "
    "retourarriere unstable incomplete incomplet".split()
)
