"""What fields and values are called in the trade, in French and English: words that mean the same thing.

A concept joins the words of field and collection names with the words of questions ("par serveur" and `host`).
All words are folded singulars.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from vigie.ask.planner.tokens import key, root, stem

_CONCEPTS: dict[str, str] = {
    "flow": "flow flux route chaine pipeline workflow interface echange stream feed dag liaison lien link connector connecteur",
    "job": "job jcl cronjob batch travail tache task traitement treatment jobs",
    "lot": "lot batch",
    "process": "process pod container conteneur processus programme program script procedure routine module",
    "run": "run execution exec passage lancement occurrence launch exe",
    "error": "error abend erreur err anomalie anomaly exception fault defaut bug rejet",
    "incident": "incident ticket case dossier issue fiche",
    "alert": "alert alerte alarm alarme notification warning supervision monitoring surveillance",
    "transfer": "transfer transfert transmission envoi delivery livraison upload download echange exchange depot telechargement telecharge remise downloaded downloading uploaded",
    "deploy": "deploy deployment deploiement release livraison mep rollout deploiements",
    "backup": "backup sauvegarde save snapshot archive dump bkp bck",
    "message_item": "message mail email courriel sms notification",
    "order": "order ordre commande instruction",
    "payment": "payment paiement virement transaction reglement mouvement transfer transfert",
    "request": "request requete demande query",
    "call": "call appel hit api",
    "login": "login connexion connection logon authentification acces access cnx conn auth authent signin",
    "check": "check controle control test verification validation",
    "report": "report rapport etat reporting edition declaration",
    "event": "event evenement log trace journal entry",
    "maintenance": "maintenance intervention operation",
    "change": "change changement",
    "sync": "sync synchro synchronisation replication import load chargement export extraction",
    "file": "file fichier filename document piece",
    "host": "host hostname hote serveur server srv machine node noeud vm instance poste box boxes worker",
    "device": "equipement equipment device appareil",
    "team": "team equipe owner responsable proprietaire squad groupe group support",
    "env": "env envt environ environment environnement plateforme platform etage tier",
    "entity": "entity entite bu filiale business direction division departement department perimetre metier branch agence unit unite societe company subsidiary affiliate",
    "domain": "domain domaine secteur sector",
    "type": "type kind categorie category nature genre famille family classe class typ",
    "status": "status phase statut etat state resultat result outcome issue verdict",
    "severity": "severity severite gravite criticite criticality niveau level urgence urgency sev",
    "priority": "priority priorite prio prioritaire",
    "code": "code",
    "message": "message msg texte text libelle description detail commentaire comment",
    "cause": "cause motif reason raison origine origin",
    "duration": "duration duree temps time elapsed runtime length took tps laps latency latence delai delay timing",
    "start": "start started begin begun began debut demarrage depart",
    "end": "end completion ended finish finished fin stop stopped",
    "created": "created creation cree opened open ouverture ouvert emission emis occurred survenue date detected detection raised",
    "closed_at": "closed cleared cloture fermeture resolution",
    "records": "record enregistrement ligne line row element item entry",
    "volume": "volume volumetrie quantite quantity count nombre nb",
    "size": "size espace place taille octet byte poids volume data donnees ko mo go kb mb gb tb kilooctet megaoctet gigaoctet teraoctet kilobyte megabyte gigabyte terabyte mega giga tera gig",
    "amount": "amount montant total somme valeur value notional nominal",
    "cost": "cout cost prix price coute coutes coutent tarif",
    "user": "user utilisateur operateur operator login agent auteur author demandeur requester who by par person personne people gestionnaire technicien technician responder intervenant assignee assigned",
    "trigger": "trigger triggered declencheur declenchement declenche source origine lance launched mode lancement initiator",
    "retry": "retente retentee restart redemarrage redemarre retry tentative attempt reprise relance essai rejeu rerun replay",
    "tag": "tag label etiquette marqueur motcle keyword",
    "application": "application app appli applicatif applicative",
    "app": "application app appli applicatif applicative service composant component logiciel software system systeme produit product",
    "client": "client customer consommateur consumer beneficiaire beneficiary",
    "partner": "partenaire partner counterparty contrepartie fournisseur vendor supplier beneficiaire beneficiary",
    "site": "site datacenter dc region zone localisation location",
    "country": "pays country",
    "city": "ville city",
    "channel": "canal channel protocole protocol",
    "queue": "queue topic file",
    "version": "version release build",
    "table": "table",
    "database": "database base bdd schema db",
    "currency": "devise currency",
    "resolved": "resolved resolu closed clos ferme fixed corrige solved regle cloture",
    "acked": "acknowledged acked ack acquitte acquittement acknowledgement",
    "id": "id identifiant identifier reference ref numero number num uuid key cle",
    "cpu": "cpu processeur processor",
    "memory": "memory memoire ram mem",
    "disk": "disk disque storage stockage",
    "rejected": "rejected rejet rejete reject refused refuse",
    "planned": "planned planifie scheduled prevu prevue schedule expected attendu attendue",
    "kept": "retention conservation",
    "warning": "warning avertissement warn",
    "throughput": "throughput debit rate",
    "exit": "exit sortie retour return rc",
    "name": "name nom",
    "critical": "critical critique",
    "coverage": "coverage couverture",
    "project": "project projet",
    "step": "step stage etape",
    "manual": "manual manuel manuelle main",
    "compressed": "compressed compresse compression",
    "encrypted": "encrypted chiffre chiffrement encryption cipher",
    "major": "major majeur",
    "reopened": "reopen reopened reouvert rouvert reouverture",
    "verified": "verified verifie",
    "backfill": "backfill rattrapage",
    "breached": "breached breach depasse viole",
    "read": "read lu lue lus lues in",
    "written": "written write wrote writes ecrit ecrite ecrits ecrites inserted insere inseree",
    "regulator": "regulateur regulator autorite authority",
    "target": "target cible",
    "answered": "answered repondu repondue repondus repondues decroche decrochee decroches decrochees",
    "layer": "layer couche",
    "printer": "imprimante printer",
    "envelope": "pli envelope enveloppe",
    "remote": "distant remote",
    "late": "late retard delay lag",
    "method": "methode method meth mode",
    "role": "role profil profile",
    "browser": "navigateur browser nav",
    "depth": "profondeur depth encours",
    "age": "age oldest ancien vieux",
    "approver": "approbateur approver approuve approved valideur",
    "sender": "emetteur sender expediteur donneur",
    "deadletter": "dlq deadletter deadletters rebut",
    "response": "reponse response rep",
    "rule": "regle rule",
    "probe": "sonde probe capteur sensor check",
    "threshold": "seuil threshold limite",
    "plan": "plan politique policy",
    "blocking": "bloquant blocking",
    "resent": "renvoi renvoye renvoyee resent resend resubmitted resubmission",
}

# Near enough for "flux" to mean jobs where a collection has no flows: these call what is run.
RUNNABLE = frozenset({"flow", "job", "process", "run", "transfer", "sync", "backup"})
SPECIFIC = frozenset({"transfer", "sync", "backup"})  # what is run, told by what it does
ALIKE = frozenset({"flow", "job", "process", "run"})  # of these, one may stand for another

# Values that mean the same in both languages or in short. The members of a line replace each other.
_SAME_VALUE = """
prod production prd exploitation expl live
recette rec rct uat homologation homolog homol hom hml acceptance recettage rctt rect
qualification qualif qlf qua
dev developpement development dvp devt
preprod pre production pre prod preproduction ppd ppr pprod
integration int integ
test tst
simulation simu
formation training
sandbox bac a sable
secours dr disaster recovery pra
critical critique crit bloquant bloquante blocker
blocking bloquant bloquante blocker
major majeur majeure
minor mineur mineure
high haut haute eleve elevee fort forte important
medium moyen moyenne moderee modere normal
low bas basse faible
urgent urgente urg
info information informational
warning avertissement warn attention avert averti
email mail mails courriel emails
sms texto
letter courrier courriers lettre
integrated integre integree
validated valide validee
archived archive archivee
printed imprime imprimee
implemented realise realisee
scanned scanne scannee
signed signe signee
processed traite traitee
delivered livre livree delivre delivree
sent envoye envoyee emis emise
received recu recue recus
planned prevu prevue prevus planifie planifiee scheduled
approved approuve approuvee
eur euro
usd dollar
gbp sterling
jpy yen
manual manuel manuelle a la main manuellement manually by hand man human humain humaine
scheduler planificateur ordonnanceur planifie scheduled programme cron ordonnancement clock horloge
automatic automatique auto automatiquement automatically
false positive faux positif
retry relance reprise relancee rejeu rejoue retried rerun retente retentee
replayed rejoue rejouee rejouer replay
parked parque parquee parquer
upstream amont
downstream aval
real time temps reel tr realtime
file fichier
batch lot traitement par lots
stream flux continu streaming
open ouvert ouverte en attente de traitement
closed clos close ferme fermee cloture
resolved resolu resolue
acknowledged acquitte pris en compte acquittee acked
in progress en cours encours running
in flight en vol inflight
pending en attente
cancelled canceled annule annulee
lost perdu perdue
stale fige figee frozen gele gelee
suspended suspendu suspendue
postponed deferred differe differee reporte reportee repousse repoussee
muted muet muette silenced
broken break breaks broke casse cassee cassees casses
slow lent lente lents lentes ralenti ralentie
provision provisioning provisionnement provisionne provisionnee
unstable instable instables flaky
incremental incr incrementale incrementales incrementiel incrementielle incrementielles
skipped ignore saute sautee ignoree
success succes reussi ok reussite
failed echec echoue ko failure en echec
met tenu tenue tenus tenues kept honore
timeout delai depasse time out temporisation timed out times out depasse le temps imparti depassent le temps imparti temps imparti depasse exceeded the time limit exceeded their time limit exceeded its time limit depasse leur temps limite depasse le temps limite depasse leur delai depasse le delai ran out of time
error erreur
oracle ora
memory memoire
out of memory oom outofmemory memoire insuffisante
disk disque
disk full disque plein espace disque
network reseau
connection connexion
authentication authentification auth
certificate certificat cert
permission droit habilitation
security securite
daily quotidien journalier quotidienne
weekly hebdomadaire hebdo
monthly mensuel mensuelle
yearly annuel annuelle
night nuit nocturne
day jour
payment paiement
payments paiements
invoice facture
customer client
risk risque
risks risques
accounting comptabilite compta
market marche
markets marches
securities titres
treasury tresorerie
credit credits
retail detail
full complet complete total completes complets
incremental incrementals incrementiel incrementielle incrementielles incrementale incrementales incrementaux
diff differential differentiel differentielle differentielles differentiels
hardware materiel
software logiciel
database base de donnees bdd
application applicatif applicative appli app
blocked bloque bloquee blocage blocages
refusal refus refusals
partial partiel partielle partially partiellement
missing manquant manquante manque missed manquee
denied refuse refusee refuses refusees
rejected rejete rejetee reject rejets rejections
alerte alertes alert alerts warning warnings avertissement avertissements
rollback retour arriere rolled back roll back rollbacks rbk retarr
hotfix correctif
planned planifie planifiee prevu
conforme compliant conformite compliance
non conforme non compliant non conformite noncompliant
unplanned imprevu non planifie
emergency urgence
emission send emis emise emises envoye envoyee envoyes envoyees sent
reception recv recu recue recus recues received
internal interne
external externe
inbound entrant in entree recu recue recus received incoming
outbound sortant out sortie envoye envoyee emis sent outgoing
fr france francais francaise french
be belgique belgium
de allemagne germany allemand allemande german
lu luxembourg
it italie italy italien italienne italian
es espagne spain espagnol espagnole spanish
ch suisse switzerland
uk gb royaume uni united kingdom
us usa etats unis united states
nl pays bas netherlands neerlandais neerlandaise dutch hollandais hollandaise
en anglais anglaise english
pt portugais portugaise portuguese portugal
monday lundi
tuesday mardi
wednesday mercredi
thursday jeudi
friday vendredi
saturday samedi
sunday dimanche
yes oui true vrai
change change request
red rouge
green vert verte
yellow jaune
amber orange
grey gris grise gray
late retard en retard delayed tardif tardive overdue retards tard
backup sauvegarde backed up back up
restore restauration restaure restored
verify verification
phone telephone telephonique telephonie tel call appel
evicted evince evincee eviction
oomkilled oom oom killed oom kill oom killed by killed for memory out of memory kill tue pour memoire tue faute de memoire tue par oom
tape bande
dropped drop coupe coupee coupure decroche decrochee decrochage deconnecte deconnectee deconnexion disconnected disconnection cut cut off
online en ligne
offline hors ligne
emergency urgence urgent urgente
killed kill tue tuee
stopped arrete arretee stop halted
paris parisien parisienne
lyon lyonnais lyonnaise
lille lillois lilloise
marseille marseillais marseillaise
toulouse toulousain toulousaine
bordeaux bordelais bordelaise
nantes nantais nantaise
strasbourg strasbourgeois strasbourgeoise
londres london londonien londonienne
dublin dublinois dublinoise
madrid madrilene
milan milanais milanaise
bruxelles brussels bruxellois bruxelloise
geneve geneva genevois genevoise
zurich zurichois zurichoise
francfort frankfurt francfortois francfortoise
disputed en litige litige litigieux litigieuse conteste contestee contestation dispute contested
reboot rebooted redemarrage redemarre redemarree
provisioning provisionnement provisioned provisionne provisionnee
sans reponse no answer no response unanswered noresponse
incident incidente incidentee
abandoned abandon abandonne abandonnee abd
password mot de passe mdp
partial partiel partielle partiellement partially
nex notrun non execute non executee not executed not run pas execute pas executee pas ete execute
discarded discard abandonne abandonnee jete jetee ecarte ecartee
""".strip().splitlines()

ENVIRONMENTS = (
    "prod",
    "recette",
    "dev",
    "preprod",
    "integration",
    "test",
    "formation",
    "sandbox",
    "secours",
    "simulation",
)


@lru_cache(maxsize=1)
def _by_word() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for concept, listed in _CONCEPTS.items():
        for word in listed.split():
            for form in {root(word), stem(word)} if len(word) > 4 else {root(word)}:
                found.setdefault(form, set()).add(concept)
    return {word: frozenset(concepts) for word, concepts in found.items()}


def concept_words() -> frozenset[str]:
    """Single words of the trade that are called in some way, or that values are."""
    return frozenset(word for listed in (*_CONCEPTS.values(), *_SAME_VALUE) for word in listed.split())


@lru_cache(maxsize=65_536)
def concepts_of(word: str) -> frozenset[str]:
    """Of one folded word; empty for a word of no trade."""
    table = _by_word()
    return table.get(root(word)) or table.get(stem(word)) or frozenset()


@lru_cache(maxsize=1)
def _equals() -> dict[str, frozenset[str]]:
    """A value's key -> the keys that may replace it."""
    groups: dict[str, set[str]] = {}
    phrases = _phrases()
    for line in _SAME_VALUE:
        members = _members(line.split(), phrases)
        for member in members:
            groups.setdefault(member, set()).update(members)
    return {member: frozenset(all_) for member, all_ in groups.items()}


@lru_cache(maxsize=1)
def _equals_by_stem() -> dict[str, frozenset[str]]:
    """ "relancés" has the stem of "relance"."""
    return {" ".join(stem(w) for w in member.split()): all_ for member, all_ in _equals().items()}


# Phrases of several words in the lines above.
_LONG = (
    "faux positif|false positive|non conforme|non compliant|non conformite|pre production|pre prod|bac a sable|disaster recovery|a la main|by hand|real time|temps reel|traitement par lots|flux continu|"
    "sans reponse|no answer|no response|in flight|en vol|en attente de traitement|en retard|pris en compte|in progress|en cours|en attente|en echec|delai depasse|time out|"
    "change request|backed up|back up|times out|depasse le temps imparti|depassent le temps imparti|temps imparti depasse|exceeded the time limit|exceeded their time limit|exceeded its time limit|depasse leur temps limite|depasse le temps limite|depasse leur delai|depasse le delai|ran out of time|timed out|out of memory|memoire insuffisante|disk full|disque plein|espace disque|base de donnees|royaume uni|united kingdom|etats unis|united states|pays bas|retour arriere|oom killed|oom kill|killed by oom|killed for memory|out of memory kill|tue pour memoire|tue faute de memoire|tue par oom|non planifie|rolled back|roll back|cut off|mot de passe|non execute|non executee|not executed|not run|pas execute|pas executee|pas ete execute|en ligne|hors ligne|en litige"
)


@lru_cache(maxsize=1)
def _phrases() -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for phrase in _LONG.split("|"))


def _members(words: list[str], phrases: Iterable[tuple[str, ...]]) -> set[str]:
    members: set[str] = set()
    known = set(phrases)
    i = 0
    while i < len(words):
        n = next((n for n in (4, 3, 2) if tuple(words[i : i + n]) in known), 1)
        members.add(key(words[i : i + n]))
        i += n
    return members


def same_values(value_key: str) -> frozenset[str]:
    """Keys that mean the same as this one, itself left out. "prod" gives production, prd."""
    return (_equals().get(value_key) or _equals_by_stem().get(value_key, frozenset())) - {value_key}


@lru_cache(maxsize=1)
def opening_words() -> frozenset[str]:
    """First words of what values are called in several words: "en attente", "by hand"."""
    return frozenset(member.split()[0] for member in (*_equals(), *_equals_by_stem()) if " " in member)


def environment_of(value_key: str) -> str | None:
    """The first name of its kind of environment: of "production", "prod"."""
    for name in ENVIRONMENTS:
        if value_key == name or value_key in same_values(name):
            return name
    return None
