"""French and English words of the trade, a line each: by these a question names fields of the other language.

Unlike the concepts, they give no field a role, and say nothing of a collection that has no such field.
All words are folded singulars; each may stand for every other one of its line.
"""

from __future__ import annotations

from functools import lru_cache

from vigie.ask.planner.tokens import stem

_LINES = """
salle room|baie rack|etage floor|batiment building|adresse address|destinataire recipient receiver addressee destination
emetteur sender issuer provenance|source provenance|origine provenance origin|expediteur sender|rapprochement reconciliation matching
ecart gap discrepancy difference variance break|solde balance|compte account|carte card|taux rate|agence branch|contrat contract|police policy
sinistre claim|assure insured policyholder|prime premium bonus|facture invoice bill|fournisseur supplier vendor provider
prestataire provider contractor|livraison delivery|commande order|panier basket cart|produit product|stock inventory|entrepot warehouse
magasin store shop|boutique store shop|abonne subscriber|abonnement subscription|habilitation entitlement permission|droit right permission
jeton token|certificat certificate cert|cle key|chiffrement encryption|chiffre encrypted|reseau network|lien link|commutateur switch
routeur router|grappe cluster|noeud node|disque disk|bande tape|restauration restore restoration|cible target destination
outil tool|automatise automated|deploiement deployment|certifie certified|personne responder|correctif patch fix|vulnerabilite vulnerability vuln finding|faille vulnerability flaw vuln finding|menace threat|attaque attack|infecte infected
quarantaine quarantine|analyse scan analysis|balayage scan|poste workstation desktop|portable laptop|imprimante printer|ecran screen
licence license|editeur publisher|logiciel software|appareil device|capteur sensor|sonde probe|mesure measure measurement metric
indicateur indicator|seuil threshold|astreinte oncall|personne person|employe employee staff|salarie employee|collaborateur employee
responsable manager owner owned|approbateur approver|valideur approver validator|demandeur requester|auteur author|redacteur writer
changement change|changement intervention maintenance|change intervention maintenance|probleme problem|gravite severity|canal channel|langue language|pays country|ville city town|note score rating grade
evaluation rating|commentaire comment|titre title|objet subject object|sujet subject topic|corps body|modele template model|gabarit template
copie copy|exemplaire copy|feuille sheet|pli envelope|affranchissement postage|poids weight|hauteur height|largeur width|longueur length
profondeur depth|humidite humidity|consommation consumption usage|utilisation usage utilization|utilise used|charge load workload
debit throughput bandwidth|perte loss|paquet packet package|colis parcel|trame frame|latence latency rtt|gigue jitter|disponibilite availability
panne outage breakdown fault|coupure outage|redemarrage restart reboot|demarrage start startup boot|montee upgrade|bascule failover switchover
tentative attempt try|essai attempt trial|reprise retry resume|avertissement avert warning|termine ended finished|rejet reject rejection|motif reason|raison reason
defaut defect|regle rule|champ field|colonne column|requete query request|vue view|verrou lock|blocage lock deadlock
repertoire directory folder|dossier folder|chemin path|empreinte hash checksum fingerprint|enregistrement record|tranche slice|bloc block
file queue|consommateur consumer|producteur producer publisher|decalage offset|retard lag delay lateness|attente wait waiting pending|attente queue
plafond ceiling cap|limite limit|cout cost|prix price|montant amount|frais fee charge|remise discount|taxe tax|marge margin
prelevement directdebit debit|cheque check|retrait withdrawal|depot deposit|especes cash argent money|fonds fund|portefeuille portfolio|ordre order
cours quote price|cotation quote quotation|marche market|courtier broker|depositaire custodian|contrepartie counterparty
beneficiaire beneficiary payee|debiteur debtor|crediteur creditor|emprunteur borrower|pret loan mortgage|hypotheque mortgage|revue review
garantie guarantee collateral warranty|echeance maturity due deadline|interet interest|rendement yield|valorisation valuation|comptable accounting
ecriture entry posting|cloture closing closure|declaration filing submission|conformite compliance|controle control check|preuve evidence proof
livrable deliverable|composant component|branche branch|construction build|couverture coverage|etape step stage|jalon milestone|tache task
projet project|capacite capacity|taille size|espace space|libre free|restant remaining left|expire expired expiring|expiration expiry
peremption expiry|renouvellement renewal renew renouv|valide valid|invalide invalid|actif active enabled|inactif inactive disabled
bloque blocked|suspendu suspended|verrouille locked|supprime deleted removed|archive archived|obligatoire mandatory required
facultatif optional|requis required|manquant missing|doublon duplicate|orphelin orphan|vide empty|horaire schedule|calendrier calendar
creneau slot|fenetre window|plage range|frequence frequency|periodicite frequency periodicity|vacation shift|intervenant responder
technicien technician|operateur operator|exploitant operator|ingenieur engineer|developpeur developer|superviseur supervisor
hebergeur hoster|transporteur carrier|chauffeur driver|vehicule vehicle|tournee round|trajet trip|arrivee arrival|depart departure|quai dock
billet ticket|reservation booking|chambre room|injoignable unreachable|joignable reachable|niveau level|rang rank|libelle label
prenom firstname|surnom alias|groupe group|classe class|marque brand|fabricant manufacturer maker|constructeur manufacturer|systeme system
noyau kernel|pilote driver|coeur core|alimentation power|climatisation cooling|ventilateur fan|tension voltage|puissance power
batterie battery|caisse till|lecture read reading|ecriture write|lecteur reader|redevance fee|perimetre scope perimeter
helpdesk ticket incident|portee scope range|zone area|secteur sector area|domaine domain|metier business|service department
direction division|antenne branch|habilite authorized|autorisation authorization approval|autorise authorized allowed
refuse refused denied declined|accorde granted|commercant merchant|marchand merchant|porteur cardholder holder|distributeur atm dispenser gab dab automate
asset serveur server machine|parefeu firewall|analyste analyst assignee assigned|abandonne aborted abandoned|demande request|approbation approuve approval approved|refus refuse refused refusal|escalade escalated escalation|validation valide validated|annulation annule cancelled cancellation|suspension suspendu suspended|sature saturated full|produit produced|emis issued|tresorerie treasury|guichet counter desk|fraude fraud|soupcon suspicion|suspect suspicious|risque risk|exposition exposure|sensibilite sensitivity
calcul calculation computation compute|recalcul recalculation|estimation estimate|prevision forecast|ecoule elapsed|cumul cumulated total
moteur engine|qualite quality|rc retour return|critique critical|peripherique device printer imprimante|rectoverso duplex|lockout locked verrouillage verrouille|departement department|evolution evol|affecte assigned assignee|corrige fixed|base database db|moyenne average mean|mediane median|archivage archiving|purge cleanup|nettoyage cleanup cleaning|epuration cleanup|chargement load loading
extraction extract|alimentation feed|transformation transform|restitution report|tableau dashboard table|diffusion distribution broadcast
impression printing print|envoi sending shipment send|reception receipt|accuse acknowledgement ack|acquittement acknowledgement
expedition shipping shipment|retour return|reclamation complaint claim|plainte complaint|enquete survey|sondage survey poll
reponse response answer reply|appel call|appelant caller|appele callee|fil thread|pile stack|tas heap|ramasse gc|empilement stack|fuite leak
engorgement congestion|ordonnanceur scheduler|planificateur scheduler|declencheur trigger|dependance dependency|predecesseur predecessor
successeur successor|enfant child|racine root|boucle loop|valeur value|unite unit|quantite quantity|nombre number count|somme sum
pourcentage percentage percent|part share portion|suivi tracking followup|dossier case file|affaire case|equipement equipment device
materiel hardware equipment|parc fleet|inventaire inventory|actif asset|bien asset|amortissement depreciation|locataire tenant
proprietaire owner|gestionnaire manager|correspondant correspondent|interlocuteur contact|parrain sponsor|decideur decider
signataire signatory|temoin witness|editique edition printing|courrier mail letter|lettre letter|avis notice|releve statement
attestation certificate statement|quittance receipt|recu receipt|mandat mandate|bordereau slip|fichier file|piece document attachment
jointe attachment|pageur pager|sauvegarde backup|instantane snapshot|replique replica|miroir mirror|conservation retention
compresse compressed|dedoublonnage deduplication|integrite integrity|alteration tampering corruption|libere released freed|compense cleared
perdu lost|fige stale frozen|indisponibilite indispo downtime|exploitation operating|corrompu corrupt corrupted|lisible readable
illisible unreadable|reussi successful|abouti completed|interrompu interrupted|avorte aborted
envoye sent send|recu received|transfert transfer|paiement payment|satisfaction rating score note|prevenu prevenue notified informed|chiffre encrypted crypte
sous under|revoque revoked revocation revoke|maintien maintenu maintained kept retained|modification modifie modified|suppression supprime deleted deletion removed removal|resiliation resilie terminated|retrait retire withdrawn withdrawal|attribution attribue granted|prolongation prolonge extended extension|rebond bounce bounced|habilitation acces access droit right entitlement
deverrouille unlocked|debloque unblocked|desactive disabled deactivated|reinitialise reset|ajoute added
remplace replaced|installe installed|desinstalle uninstalled|applique applied|vole stolen|restaure restored|duplique duplicated
contourne bypassed|migre migrated|deconnecte disconnected|epuise exhausted|tronque truncated|altere tampered altered
usurpe spoofed|exfiltre exfiltrated|rejoue replayed replay rejeu|penalite penalty fine|amende fine penalty|renouvele renewed|rembourse refunded|conteste disputed contested contestation litige dispute|deplace moved|dechiffre decrypted
efface erased|ecrase overwritten|scelle sealed|utilisateur user|acces access|asynchrone asynchronous async|synchrone synchronous
depasse exceeded|memoire ram memory|gagne gagner saved save economise epargne|modifie modified updated|cree created|detecte detected|securite security|impaye unpaid|paye paid|surpaye overpaid
lpar partition|filiale subsidiary|campagne campaign|contact interaction conversation session|passerelle gateway|compagnie company insurer|assureur insurer|vague wave|exemption derogation waiver|satisfaction satisfaction csat nps
deconnexion disconnection disconnect|interrompu aborted|concordant matched matching|apparie matched paired|lettre matched
reglementaire regulatory
retire withdrawn|convoyeur courier guard|hyperviseur hypervisor
arret stop downtime stoppage|echange exchange|poste endpoint|hote endpoint host|machine endpoint|traitement handling processing|dossier claim|detection alert|remediation remediate|contrepartie counterparty bic|vl nav|retenu held|ecarte discarded
touche affected impacted|impacte affected impacted touche|concerne affected impacted
"""


# Endings of stems that differ between words of one origin: notionnel notional, automatique automatic, actif active.
_ENDINGS = (
    ("nnel", "nal"),
    ("", "at"),
    ("el", "al"),
    ("iqu", "ic"),
    ("iqu", "ical"),
    ("air", "ar"),
    ("eur", "or"),
    ("if", "iv"),
    ("eu", "ous"),
    ("oqu", "oc"),  # revoque, revocation
    ("ok", "oc"),
)
_SHORTEST = 3  # letters before such an ending


@lru_cache(maxsize=1)
def _by_stem() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _LINES.replace("\n", "|").strip("|").split("|"):
        stems = {stem(word) for word in line.split()}
        for one in stems:
            found.setdefault(one, set()).update(stems - {one})
    return {one: frozenset(others) for one, others in found.items()}


@lru_cache(maxsize=1)
def every_word() -> frozenset[str]:
    """Whatever its length: what is no slip."""
    return frozenset(_LINES.replace("|", " ").split())


@lru_cache(maxsize=1)
def trade_words() -> tuple[str, ...]:
    """All of them of six letters and more: shorter ones are too near to each other."""
    return tuple(sorted({word for word in _LINES.replace("|", " ").split() if len(word) > 5}))


def kin_of(word: str) -> frozenset[str]:
    """Stems of the words that a folded word may stand for, itself left out."""
    return _by_stem().get(stem(word), frozenset()) | _cognates(stem(word))


@lru_cache(maxsize=65_536)
def _cognates(said: str) -> frozenset[str]:
    pairs = (*_ENDINGS, *((english, french) for french, english in _ENDINGS))
    return frozenset(
        said.removesuffix(own) + other
        for own, other in pairs
        if said.endswith(own) and len(said) >= len(own) + _SHORTEST
    )
