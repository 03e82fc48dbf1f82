"""What names of fields and collections are shortened to, and the words that questions use instead."""

from __future__ import annotations

_SHORT = """
acct compte account
adr adresse address
agc agence agency
amt montant amount
ano anomalie anomaly anomalous
anom anomalie anomaly
appl application
app application
approb approbateur approver
auth authentification authentication
benef beneficiaire beneficiary
arr arrivee arrival
cat categorie category
cd code
ccy devise currency
cie compagnie company insurer
cli client
cmd commande command
cmp composant component
cnx connexion connection
cod code
cond condition
conso consommateur consumer
cpt compte account
csat satisfaction
ctr contrat contract
cr code retour return
ctl controle control
ctrl controle control
rgl regle rule
tbl table
cust client customer
deb debut
dem demande demandeur
dept departement department
chg change changement
chgt changement change
dest destinataire destination
det detail
dest destinataire
doc document
desc description
dom domaine domain
dst destination destinataire
dur duree duration
ech echeance
em emetteur sender
emet emetteur
enc chiffre encrypted
env environnement environment
equ equipe
err erreur error
ess essai
etb etablissement
evt evenement event
exec execution
exp expediteur
fic fichier file
four fournisseur
grp groupe group
hab habilitation
inc incident
lat latence latency
lib libelle label
lig ligne
liv livraison
livr livraison delivery
maj modification update
med media support medium
meth methode method
mnt montant amount
mt montant amount
mot motif
msg message
mvt mouvement
nat nature
nav navigateur
niv niveau
nom name
op operation
ope operation operateur operator
ordo ordonnanceur
pct pourcentage percent
pgm programme program
part partenaire partner
perf performance
prev prevu prevue
prio priorite priority
prof profil profile
qmgr gestionnaire manager
qte quantite quantity
qty quantite quantity
qual qualite
rej rejet
rep reponse
resp responsable response reponse
rsp reponse response
repr reprise
req requete request
res resultat result
ret retour return retention
restau restauration restore
calc calcul calculation computation
sit site
sauv sauvegarde
sess session
sev severite severity
secu securite security
src source
srv serveur server
svc service
st statut status
stat statut status
stt statut status
sts statut status
tgt cible target
tkt ticket
tot total
tps temps
trait traitement
transf transfert
tran transfert
trf transfert
trt traitement
tx transaction
txn transaction
typ type
tent tentative attempt
util utilitaire utility utilisateur user
biz business metier
cls classe class
instr instruction instrument
mkt marche market
px prix price
rcvd recu received reception
ttr resolution
usr utilisateur user
eta etat status
pop point presence
ch chaine chain channel
eur euro
chn chaine chain
nbl lignes lines rows
pag page
cret code retour return
rect recette
ver version
verif verifie verified verification
vir virement
vol volume
sid session id
rgn region
gw passerelle gateway
ctry pays country
md marche market
clu cluster grappe
maint maintenance
interv intervention
autor autorisation authorization
depl deploiement deployment
astr astreinte
compta comptabilite accounting
repl replication
supp support
svg sauvegarde backup
jrn journal
jrnl journal
jnl journal
jb job
flx flux
svr serveur server
srvr serveur server
hst host
usg usage
wkf workflow
fct fonction function
pers personne
sys systeme system
sync synchronisation synchronization
notif notification
abon abonnement subscription
fourn fournisseur supplier
cde commande order
orig origine origin
recl reclamation complaint
cert certificat certificate
certif certificat certificate
param parametre parameter
valo valorisation valuation
reorg reorganisation reorganization
superv supervision monitoring
camp campagne campaign
clus cluster grappe
dt date
dte date
ctp contrepartie counterparty
regl reglement
nego negociation negociee negocie traded
recon reconciliation rapprochement
rappro rapprochement reconciliation
lvl level niveau
txt texte text
tech technicien technician
crit criticite criticality
oper operateur operator
opr operateur operator
thr threshold seuil
hyp hyperviseur hypervisor
grv gravite severity
acq acquitte acquittement acknowledged
lanc lancement
mach machine
enr enregistrement record
recep reception recu received
prt impression print printing imprime
arc archivage archive archiving archived
edt edition impression
hld held retenu
rec reception recu received
att attendu attente expected
exe execution executing
el elapsed ecoule
elaps elapsed ecoule
rst restart relance redemarrage
restr restart relance
abd abend
dtd date debut
dtf date fin
hdeb heure debut
hfin heure fin
cre cree creation
crea creation cree
mdf modification
prc processus process
proc procedure process
stp step etape
etp etape step
phs phase
pri priorite priority
lbl label libelle
dsc description
cmt commentaire comment
comm commentaire comment
obs observation
rsn reason motif
mtf motif reason
cau cause
tck ticket
alr alerte alert
mdl module
inst instance
nod noeud node
mch machine
loc location lieu
bur bureau
ent entite entity
fil filiale file
eqp equipe team
tm team equipe
own owner proprietaire
prop proprietaire owner
ctc contact
vrs version
rls release
bld build
pf plateforme platform
plf plateforme platform
plat plateforme platform
cib cible target
snd sender emetteur
rcv receiver recepteur
emt emetteur sender
ptn partenaire partner
prtn partenaire partner
clt client
frs fournisseur supplier
prs prestataire provider
prest prestataire provider
fch fichier file
tai taille size
sz size taille
oct octets
lgn ligne line
pg page
dsk disque disk
mem memoire memory
thp throughput
dly delay delai
rtd retard
del delai
tmo timeout
dr duree
cns consommateur consumer
mtt montant amount
dev devise currency
sld solde balance
vrt virement transfer
plv prelevement
acc accepte accepted
vld valide valid
anl annule
sus suspendu
clo cloture closed
ouv ouverture ouvert opened
frm fermeture ferme
sched scheduler schedule
schd scheduler schedule
lst liste list
prod produit product
prdt produit product
ctrt contrat contract
apl application
fam famille family
cpte compte account
valid validation valideur
nivo niveau
gest gestionnaire manager
rel relance
tries tentative attempt
retr retry
iter iteration
frq frequence frequency
freq frequence frequency
per periode period
perim perimetre scope
tranch tranche
ann annule
dispo disponibilite availability
occ occupation
lvr livraison
opn open
clsd closed
beg begin debut
strt start
fin fin end
endt end
"""
ABBREVIATIONS = {short: tuple(words) for short, *words in map(str.split, _SHORT.strip().splitlines())}


def spelled(words: tuple[str, ...]) -> tuple[str, ...]:
    """What the abbreviations among them stand for."""
    return tuple(
        full
        for word in words
        if word != "mots"  # `mots_cles` are no motives
        for full in ABBREVIATIONS.get(word.removesuffix("s"), ABBREVIATIONS.get(word, ()))
    )
