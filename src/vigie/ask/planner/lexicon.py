"""Sets of words that single steps of the planner look for. All folded."""

from __future__ import annotations

import re

from vigie.plan import Aggregate, Bucket


def _set(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


# Head words that come first in the name of a collection: French compounds.
FRENCH_HEADS = _set(
    "erreur traitement sauvegarde execution tache flux chaine transfert alerte anomalie deploiement demande journal virement controle "
    "commande historique suivi paiement fiche fichier ordre dossier connexion appel livraison passage reception message rapport "
    "rapprochement evenement incident intervention echange ticket lot declaration releve session mouvement ecriture "
    "archivage habilitation sinistre notification reglement prelevement"
)
# Words of collection names that say nothing of what the records are.
VAGUE_NAMES = _set(
    "data log historique history suivi table collection prod list all hist tbl t agg aggr aggregate aggregated journal journaux stats stat daily hourly nuit night "
    "evt evts event events evenement evenements logs"
)

# Cues that shape a question: a value of the same words must be in capitals to win over them.
STRUCTURE = _set(
    "count list when yes_no by top most least last first trend rate avg sum max min median p95 not without except only gt ge lt le eq "
    "compare than both all spread distinct times now more fewer"
)
SEVERAL = _set("plusieurs several multiple many diverses maintes")  # "fois": twice at least
NUMBERS = {
    word: n
    for n, words in enumerate(
        (
            "zero", "un une one", "deux two", "trois three", "quatre four", "cinq five", "six", "sept seven", "huit eight", "neuf nine",
            "dix ten", "onze eleven", "douze twelve dozen douzaine",
        )
    )
    for word in words.split()
} | {"quinze": 15, "fifteen": 15, "vingt": 20, "twenty": 20, "trente": 30, "thirty": 30, "treize": 13, "quatorze": 14, "seize": 16, "quarante": 40, "forty": 40, "soixante": 60, "sixty": 60, "eighty": 80, "cinquante": 50, "fifty": 50, "cent": 100, "mille": 1000}  # fmt: skip

# First words of questions that may lean on the one before.
OPENERS = _set(
    "que et and pareil idem same meme seulement uniquement only garde gardez keep montre montrez show affiche par per by sans hors sauf plutot "
    "keeping gardant limited instead mais but now maintenant dont parmi among ceux celles those them rather ou or puis then trie sort what how avec with just juste "
    "en in pour for sur on depuis since donne give liste list lesquels lesquelles which top combien reparti repartis repartie reparties ventile ventiles ventilees break broken decompose decomposes decomposer detaille"
)

PARTS = _set(
    "par per by et and uniquement seulement only juste just plutot instead sauf hors except"
)  # of what was asked

_BUCKET_WORDS: dict[Bucket, str] = {
    "hour": "heure heures hour hours horaire horaires hourly h",
    "day": "jour jours day days quotidien quotidienne quotidiens quotidiennes journalier journaliere daily journee date",
    "week": "semaine semaines week weeks hebdomadaire hebdo weekly hebdomadaires",
    "weekday": "weekday weekdays",
    "month": "mois month months mensuel mensuelle mensuels mensuelles monthly",
}
BUCKETS = {word: bucket for bucket, words in _BUCKET_WORDS.items() for word in words.split()}
COUNTERS = _set("nb nbr nbre nombre count cnt num number counter compteur total")  # `nbCalls`, `callCount`
AGGREGATES: tuple[Aggregate, ...] = ("avg", "sum", "max", "min", "median", "p95")  # that a cue of that tag asks for
COUNTED = frozenset({*AGGREGATES, "trend", "count", "rate", "spread"})  # what "mensuel" may be said of
CONSUMED = frozenset("consomme consommee consommes consommees consumed burned burnt".split())
# Verbs that say no more than what stands beside them, where nothing of the records is called so.
PLAIN = _set(
    "reached reach reaches atteint atteinte atteints atteintes atteignent ramasse ramassent prend prennent subit subissent totalise totalisent cumule cumulent encaisse encaissent collectionne filled present presents presente presentes dus dues lies liees imputable imputables sollicite sollicites sollicitee sollicitees mobilise mobilises mobilisee mobilisees repondu repond repondent repondaient responded respond responds servi servis servie servies "
    "transporte transportes transportee transportees transportent transported achemine achemines acheminee acheminees operated operates carried "
    "confondu confondus confondue confondues croissant croissante decroissant decroissante ascending descending ascendant descendant asc desc "
    "partout everywhere "
    "laisse laisses laissee laissees laissent let lets letting partent because anything something quelquechose inclus incluse incluses included inclusive consomme consommee consommes consommees consumed reported declare declares declaree declarees signale signales signalee signalees remonte remontes remontee remontees backed stored stores stocke stockent stockee stockees stockes bruyant bruyante bruyants bruyantes noisy causee causees caused provoquee provoquees entrainee entrainees occasionnee occasionnees engendree engendrees venant viennent vient fired declenche declenches declenchee declenchees send sends utilise utilises utilisee utilisees utilisent utilisant restes restees reste restent remained stayed use uses using emploie emploient moved made submitted soumis soumise soumises trouve find finds issued emis delivre delivres delivree delivrees detecte detectes detectee detectees detected return"
)
ON_TIME = ("a l heure", "dans les temps", "dans les delais", "on time", "in time", "on schedule")
TROUBLE = _set(
    "probleme problemes souci soucis pepin pepins problem problems issue issues trouble"
)  # failures, where a time is said
# Words of states that mean them only beside others: "eu une erreur", "all good", "RAS".
TOLD_BESIDE = TROUBLE | _set(
    "ras signaler tout all everything eu rencontre connu subi had hit got into encountered did"
)
PARTICIPLES = ("é", "és", "ée", "ées", "ed")  # how a word ends that tells what happened
# Verbs that say no more than the number after them: "quelle équipe reçoit le plus d'alertes".
BEARING = _set(
    "encaisse encaisses encaissee encaissent earned earn earns grossed "
    "envoie envoient expedie expedient transmet transmettent "
    "burned burns burn ouvre ouvrent opens recoit recoivent recoit consomme consommes consommee consomment cumule cumules cumulent cumulees subit subissent triggered triggers "
    "trigger declenche declenchent received receives receive consumed consumes consume accumulates accumulated owns own possede possedent detient detiennent connait sorti sort "
    "sortent produit produisent traite traitent collected collects raised raises hit hits totalise totalisent concentre concentrent moved moves carried carries wrote writes processed processes handled handles sent sends saw sees accumulate produced produces produce "
    "transferred transfers generated generates reported reports suffered suffers spent spends spend"
)
# Things that happened: of what the records are called, they are the records.
HAPPENINGS = _set(
    "operation operations appel appels call calls execution executions evenement evenements event events action actions run runs "
    "intervention interventions passage passages cas case cases lancement lancements demande demandes request requests envoi envois"
)
BEING = _set(
    "was were is are been be arrive arrived arrives came come delivered received finished ended ran run running started too how often more most not never ever"
)
OF_TIMES = _set(
    "nuit nuits night nights matin matins matinee morning mornings soir soirs soiree evening evenings journee journees "
    "jour jours day days week end weekend weekends semaine semaines weeks mois month months trimestre quarter annee year"
)
# What happened on a date of its own: `recu_a` is when a file was "received", `dtReglement` when a transfer was "settled".
_HAPPENED = """
recu recue recus recues reception received receive
resolu resolue resolus resolues resolution resolved
demande demandee demandes demandees requested request
attendu attendue attendus attendues expected due echu echue echus echues echeance
expire expiree expires expirees expirent expirant expirer expirera expireront expired expiring expiration expiry
saisi saisie saisis saisies entered keyed
regle reglee regles reglees reglement settled settlement
valide validee valides validees validation validated approved approuve approuvee approuves approuvees approbation
envoye envoyee envoyes envoyees envoi sent send parti partie partis parties
publie publiee publies publiees publication published
modifie modifiee modifies modifiees modification updated maj
soumis soumise soumises submitted submission
planifie planifiee planifies planifiees planned scheduled
livre livree livres livrees livraison delivered delivery
purge purgee purges purgees purged
acquitte acquittee acquittes acquittees acquittement acquitter acknowledged acknowledge acknowledges acked ack
detecte detectee detectes detectees detection detected
cloture cloturee clotures cloturees clos close closes closed
signe signee signes signees signature signed
deploye deployee deployes deployees deployed deploiement deployment
corrige corrigee corriges corrigees correction fixed
annule annulee annules annulees annulation cancelled canceled
""".strip().splitlines()
HAPPENED = {word: n for n, line in enumerate(_HAPPENED) for word in line.split()}
PLANNED = (*(w for w, n in HAPPENED.items() if n == HAPPENED["planifie"]), "prevu", "prevue", "prevus", "prevues")
SENDS = _set("envoie envoient envoyait envoyaient emet emettent emettait emettaient send sends emit emits")
RECEIVES = _set("recoit recoivent recevait recevaient receive receives")
NOBODY = frozenset({"nobody", "personne", "noone"})
OTHERS = frozenset({"client", "partner", "counterparty", "supplier"})  # concepts of who is not us
SENT = SENDS | _set(
    "envoye envoyee envoyes envoyees emis emise emises emitted parti partis sortant sortants sortante sortantes sent outgoing outbound"
)
RECEIVED = RECEIVES | _set("recu recue recus recues entrant entrants entrante entrantes received incoming inbound")
EXPIRED = frozenset(word for word, n in HAPPENED.items() if n == HAPPENED["expire"])
ENDED = _set(
    "cleared closed clos close closes clotures cloture cloturee cloturees resolus resolu resolue resolues resolved ferme fermes fermee fermees termine termines terminee terminees finis fini finie finies finished ended completed"
)
ARTICLES = _set("le la les l un une des de d du the a an en in dans sur au aux of on ceux celles celui those ete been")

# What is still to come is told by no record.
AHEAD = _set("sera seront aura auront echouera echoueront tournera tourneront passera passeront tombera will shall")
# Causes, procedures, meanings, people: for the documents.
WHY = re.compile(
    r"\b(?:pourquoi|why|comment (?!(?:ont |a |avaient )?(?:evolu|se repartiss|se decompos|se ventil|sont repartis|est reparti))|c est quoi (?:un|une|des|du) |faut il|doit on|dois je|puis je|should (?:i|we)|must (?:i|we)|"
    r"peut on (?!avoir|savoir|compter|voir|connaitre|lister|me)|how (?!(?:do|does|did|is|are|was|were) (?:\w+ ){1,5}(?:break down|split|spread|distributed|evolve|vary)\b|reliable)(?:to|do|does|can|should|is|are|did)|que faire|quoi faire|marche a suivre|what to do|procedure|mode operatoire|runbook|"
    r"explique\w*|explain|que signifie\w*|what does .* mean|veut dire|corriger|(?<!long a )(?<!longs a )(?<!lent a )(?<!lents a )(?<!temps a )(?<!temps pour )resoudre|(?<!days to )(?<!time to )(?<!hours to )(?:fix|solve)|qu est ce qu(?!i (?:a|est|ont|sont) (?:bien |mal )?(?:tombe|plante|echoue|casse|foire|tourne|passe|coince|bloque)|i (?:tourne|s execute|est en cours|est en train|reste|manque)\b)\w*|"
    r"what is (?:the|a|an) (?!availability|uptime|latency|last|latest|average|mean|max|min|median|total|number|most|rate|failure|longest|shortest|share|percentage|first|"
    r"count|p95|oldest|newest|earliest|biggest|largest|smallest|busiest|worst|best|duration|overall|success|breakdown|distribution|sum|highest|lowest|slowest|error rate|evolution|trend)|"
    r"conduite a tenir|en cas d |en cas de |consignes? (?:de|du|des|en|pour) |horaires (?:de|du|des) |phone number|numero de telephone|"
    r"la cause|les causes|the cause|root cause|raison (?:de|du|des)|viens?t? de quoi|viennent de quoi|d ou (?:ca )?vien\w+|reason for|what causes|diagnosti\w+|documentation|contact|"
    r"qui (?:appeler|contacter|prevenir|joindre|alerter)|who (?:to|should|do|does|can))\b|"
    r"^(?:et )?(?:dis moi )?(?:qui (?:(?:est|sont)(?! \w*enue?s?\b| (?:le |la |les )?(?:plus|moins)\b)|gere|s occupe)|who (?:is|are|owns|handles))\b"
)

# What currencies are called, in names of fields too.
SCALES = {
    "million": 1e6, "millions": 1e6, "milliard": 1e9, "milliards": 1e9, "billion": 1e9, "k": 1e3, "m": 1e6, "mille": 1e3,
}  # fmt: skip
CURRENCIES = _set("€ eur euro euros usd dollar dollars gbp chf keur meur kusd musd")
# How late an answer came; and how long somebody had to wait.
LATENCY = _set("latence latency lat delai delay rtt")
WAITED = _set("attente wait waiting waited queue queued queueing queuing")
WENT = frozenset("go goes went gone going".split())  # "... through"
