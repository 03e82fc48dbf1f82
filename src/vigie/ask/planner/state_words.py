"""How people say that something failed, went well, goes on or was left out: phrases added to the cues of these states.

Folded, `|` between them, a `*` for any ending, as in `cues`. Words that stand for a state in most trades only beside a
verb ("fine", "marché", "down") are listed with it.
"""

from __future__ import annotations

from itertools import product


def _each(firsts: str, seconds: str) -> str:
    """Every first beside every second."""
    return "|".join(f"{a} {b}" for a, b in product(firsts.split("|"), seconds.split("|")))


_DID_NOT = "did not|didn t|does not|doesn t|do not|don t|not"
_UNDONE = (
    "work|make it|go well|end well|go as planned|go smoothly|go through|run properly|run correctly|run fine|run ok"
)
_BADLY = "badly|wrong|bad|south|red|belly up|off the rails|haywire|pear shaped"

FAILED = "|".join((
    "merd*|derap*|capote*|foirent|foirait|vautrent|vautrait|pete|petes|petee|petees|petent|explose en vol|explosent en vol|"
    "en carafe|en vrac|en berne|dans les choux|dans le decor|parti* en vrille|part en vrille|partent en vrille|"
    "parti* en sucette|parti* en live|tombe* en carafe|reste* en carafe|"
    "s est arrete* en erreur|arrete* en erreur|mal tourne*|mal fini*|"
    "mal deroule*|mal execute*|mal deroulee|passe* au rouge|vire* au rouge|au rouge|"
    "pas abouti|pas aboutis|pas aboutie|pas abouties|pas fonctionne*|pas marche*|fonctionne* pas|fonctionnent pas|marche pas|marchent pas|pas bien marche|"
    "pas bien fonctionne*|pas bien tourne*|pas bien passe*|pas bien fini*|pas bien termine*|pas bien deroule*|"
    "pas alle au bout|pas alles au bout|pas allee au bout|pas allees au bout|pas arrive* au bout|pas termine* correctement|"
    "pas termine* normalement|pas fini* correctement|pas deroule* correctement|pas deroule* normalement|"
    "pas passe* correctement|pas tourne* correctement",
    "blew up|blow up|blown up|blows up|blowing up|bombed|tanked|died|die|dies|dying|fell over|fall over|falls over|"
    "fallen over|fell through|fell apart|broke down|crapped out|conked out|gave up the ghost|misfired|misfire|misfires|"
    "messed up|screwed up|choked|barfed|borked|busted|flopped",
    _each("went|go|goes|gone|going|turned", _BADLY),
    _each("ended|end|ends|finished|finish|completed|complete|terminated|exited",
          "badly|in failure|with error|with errors|with an error|with a failure|with failures|unsuccessfully"),
    _each(_DID_NOT, _UNDONE),
    "did not complete|didn t complete|does not complete|doesn t complete|not worked|not made it",
))  # fmt: skip

_SMOOTHLY = "well|fine|ok|okay|smoothly|cleanly|properly|correctly|all right|alright|as planned|as expected|to plan"

SUCCEEDED = "|".join((
    "fonctionne|fonctionnes|fonctionnent|fonctionnait|fonctionnaient|a marche|ont marche|avait marche|marche bien|"
    "marchent|marchaient|bien marche|bien tourne*|tourne bien|tournent bien|bien fonctionne*|bien execute*|bien deroule*|"
    "deroule* bien|deroule* normalement|deroule* correctement|deroule* comme prevu|passe* comme prevu|"
    "termine* comme prevu|tourne* comme prevu|alle au bout|alles au bout|allee au bout|allees au bout|va au bout|"
    "vont au bout|arrive* au bout|jusqu au bout|mene a bien|menes a bien|menee a bien|menees a bien|mene a terme|menes a terme|"
    "menee a terme|menees a terme|a bon port|termine* proprement|fini* proprement|proprement termine*|passe* au vert|"
    "passe* creme|passe* comme une lettre a la poste|sans broncher|sans encombres|sans heurt*|sans coup ferir",
    _each("went|go|goes|gone|ran|run|runs|ended|end|finished|finish|completed|complete|worked|work", _SMOOTHLY),
    _each("were|was|is|are|been", "fine|all right|alright|successful"),
    "made it|made it through|make it|made it to the end|ran to completion|ran clean|went green|"
    "turned green",
))  # fmt: skip

RUNNING = "|".join((
    "en vol|en train de s executer|en train d etre execute*|en train d etre traite*|en train de mouliner|en train de passer|"
    "mouline|moulinent|mouline encore|moulinent encore|encore a l oeuvre|toujours a l oeuvre|a l oeuvre|"
    "pas encore fini*|pas encore termine*|pas encore acheve*|toujours pas fini*|toujours pas termine*|en plein traitement|"
    "en plein milieu",
    "executing|executing right now|being executed|being run|in flight|under way|underway|up and running|not done yet|"
    "not yet done|not yet finished|not finished yet|not yet completed|still not finished|still not done|"
    "still at work|currently executing|running right now|running now",
))  # fmt: skip

SKIPPED = "zappe|zappes|zappee|zappees|by passe*|passed over|left out|laisse* de cote|mis* de cote|court circuite*"

NOW = "tout de suite|la tout de suite|a present|a l instant meme|en ce moment meme|la maintenant|right this minute|at this moment|at this time"
