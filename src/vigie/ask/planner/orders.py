"""Refused in one sentence, whatever the collections: orders, attempts to turn the machine, secrets."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Sequence

from vigie.ask._when_words import UNITS, WEEKDAYS
from vigie.ask.planner.frame import Problem
from vigie.ask.planner.prefaces import POLITE
from vigie.ask.planner.tokens import Token, stem

# French verbs in -er, without their ending: "supprime", "supprimer", "supprimez" are made of each.
_FRENCH = (
    "supprim effac purg vid modifi chang insér ajout renomm relanc redémarr rejou tu arrêt stopp annul exécut "
    "archiv écras remplac réinitialis initialis pass alter désactiv réactiv activ déplac marqu corrig retir enlev "
    "clôtur ferm ouvr rouvr forc assign réassign affect réaffect désaffect acquitt approuv escalad valid "
    "déverrouill verrouill débloqu bloqu déconnect install désinstall restaur appliqu dupliqu rembours renouvel "
    "renouvell rejet rejett autoris refus révoqu habilit coup alert notifi mut désabonn planifi programm report "
    "décal déclench démarr migr déploy redéploy bascul patch répar trait reboot nettoi nettoy cré termin ignor "
    "publi recharg régénér recalcul réexécut import copi fusionn sauvegard attribu réattribu réouvr recré kill "
    "flush drop reset updat mail ping"
)
_FRENCH_ODD = (
    "ouvrir rouvrir mets mettre mettez suspends suspendre suspendez reprends reprendre reprenez interromps interrompre "
    "interrompez clos clore détruis détruire détruisez éteins éteindre éteignez écris écrire écrivez préviens "
    "prévenir prévenez résous résolvez"
)
_ENGLISH = (
    "delete drop remove truncate update insert add rename rerun kill stop cancel destroy erase wipe clear clean "
    "overwrite replace reset set write create alter disable enable move close reopen mark force assign reassign "
    "unassign acknowledge approve reject unlock unblock disconnect install uninstall migrate redeploy "
    "deploy restart reboot resume revoke grant modify edit resolve silence snooze suppress notify "
    "requeue relaunch purge reprocess retrigger reschedule deactivate reactivate"
)
# Words that name a thing as well: orders where what is to be changed follows at once ("acquitte les", "mute all").
_ALSO_NOUNS = frozenset(
    "alerte report patch traite programme bascule coupe mail ping publie copie trace termine ignore "
    "import importe sauvegarde recharge active refuse fusionne notifie decale autorise deploye migre escalate "
    "upgrade replay rollback release restore retry backup start schedule trigger mute block lock flag run launch "
    "open copy merge rotate pause raise log ack renew process extend expire suspend".split()
)
_MEASURES = frozenset("rate rates ratio count counts percentage share".split())  # "drop rate", "restart count"
_TIMES = frozenset(UNITS) | frozenset(WEEKDAYS) | frozenset("nuit soir matin morning night evening weekend".split())
_OBJECTS = frozenset(
    "les le la l the all every each tout toutes tous this that these ce cette cet ces un une des it them mes nos "
    "my our moi a an everything any".split()
)


def _folded(words: str) -> list[str]:
    return words.translate(str.maketrans("éèêàôû", "eeeaou")).split()


_ORDERS = (
    frozenset(f"{verb}{ending}" for verb in _folded(_FRENCH) for ending in ("e", "er", "ez"))
    | frozenset(_folded(_FRENCH_ODD))
    | frozenset(_ENGLISH.split())
    | _ALSO_NOUNS
)

# To turn the machine.
_TURNED = re.compile(
    r"\b(?:(?:ignore[rz]?|oublie[rz]?|forget|disregard) (?:\w+ ){0,4}"
    r"(?:instructions?|regles?|consignes?|rules?|prompts?|directives?|guidelines?|above)"
    r"|ignore (?:all|previous|everything)|oublie tes|forget (?:your|all)|disregard|contourne tes"
    r"|system prompt|prompt systeme|etc passwd|etc shadow|instructions precedentes|previous instructions"
    r"|environment variables|variables d environnement|jailbreak|tu es maintenant|you are now|act as|agis comme"
    r"|developer mode|mode developpeur)\b"
)
_SECRET = (
    r"(?:mots? de passe|mdp|passwords?|passwd|api keys?|cles? (?:d )?api|secret keys?|private keys?|cles? privees?|"
    r"credentials|identifiants de connexion|secrets|access tokens?|jetons? d acces)"
)
# "affiche le mot de passe de la base"; a reset that failed and how to change one are no such thing.
_GIVEN = re.compile(
    r"\b(?:affiche|montre|donne|envoie|revele|imprime|dis|liste|communique|print|show|give|send|reveal|tell|dump|list|"
    r"display|output|leak|quel est|quels sont|c est quoi|what is|what are|what s|whats|je veux|il me faut|get)\w* "
    rf"(?:\w+ ){{0,5}}?{_SECRET}\b"
    rf"|\b(?:ton|tes|votre|vos|your|the|le|les|la) {_SECRET}$"
    rf"|\b(?:ton|tes|votre|vos|your) {_SECRET}\b"
)
_ASKS_HOW = re.compile(r"\b(?:comment|how|que faire|quoi faire|what to do|procedure|pourquoi|why|ou|where|qui|who)\b")
# Operators of a database, in the words of a question.
_OPERATOR = re.compile(
    r"\$(?:where|lookup|out|merge|function|accumulator|expr|unionwith|graphlookup|set|unset|ne|gt|regex)\b", re.I
)
_SHELL = re.compile(r"\bdb\.[\w.]+\.\w+\s*\(", re.I)  # db.runs.drop()


def refused(text: str, found: Sequence[Token], own: Collection[str] = ()) -> Problem | None:
    """`own`: stems of what records are called."""
    said = " ".join(t.norm for t in found)
    secret = _GIVEN.search(said) and not _ASKS_HOW.search(said)
    if _TURNED.search(said) or secret or _OPERATOR.search(text) or _SHELL.search(text):
        return Problem("hostile")
    for i, token in enumerate(found[:8]):
        if token.norm in _ORDERS and _is_order(text, found, i, own):
            return Problem("order_refused", token.text)
        if token.norm not in POLITE:
            break
    for token, after in itertools.pairwise(found):
        if token.norm in _SENDING and (after.glued or token is found[0]) and after.norm in _THEM:
            return Problem("order_refused", token.text)
        if token.norm in _ORDERS and after.glued and after.norm in ("les", "le", "la", "moi"):
            return Problem("order_refused", token.text)
    return None


_SENDING = frozenset("envoie envoyez envoyer renvoie renvoyez transmets transmettez send resend forward".split())
_THEM = frozenset("les le la them it those".split())


def _is_order(text: str, found: Sequence[Token], i: int, own: Collection[str]) -> bool:
    token, after = found[i], found[i + 1 : i + 4]
    if not after:
        return True
    if after[0].norm in _MEASURES or after[0].norm == "en":
        return False  # "drop rate by channel", "escalade en cas d'incident"
    if (
        _is_question(found[:i])
        or _one_name(text, token, after[0])
        or _superlative(after)
        or _one_of_two(found[i + 1 :])
    ):
        return False
    # "archive jobs larger than 2 TB" of `archive_jobs` is no order; "archive the jobs" is one.
    thing = stem(token.norm) in own or token.norm in _ALSO_NOUNS
    return not thing or (after[0].norm in _OBJECTS and not _a_time(after[1:]))


def _a_time(after: Sequence[Token]) -> bool:
    """ "sauvegarde cette | nuit", "import le | 14", "backup the | last | week"."""
    said = [token.norm for token in after if token.norm not in ("last", "past")]
    return bool(said) and (said[0] in _TIMES or said[0][:1].isdigit())


def _one_of_two(after: Sequence[Token]) -> bool:
    """ "purge | ou sauvegarde, laquelle échoue le plus ?"."""
    return after[0].norm in ("ou", "or", "vs") and any(token.norm in _WHICH for token in after[1:])


_WHICH = frozenset("lequel laquelle lesquels lesquelles qui quel quelle which who what".split())


def _superlative(after: Sequence[Token]) -> bool:
    """ "purge | la plus longue"."""
    said = [token.norm for token in after]
    return said[:1] in (["la"], ["le"], ["les"]) and said[1:2] in (["plus"], ["moins"])


def _one_name(text: str, token: Token, after: Token) -> bool:
    """`relance_flux`, `purge.sh`: a name that begins with a verb is no order."""
    return after.glued and any(f"{token.text}{mark}{after.text}" in text for mark in "_.")


def _is_question(before: Sequence[Token]) -> bool:
    return any(
        t.norm in ("combien", "quel", "quels", "quelle", "quelles", "which", "how", "what", "did") for t in before
    )
