"""French and English words of the trade, a line each: by these a question names fields of the other language.

Unlike the concepts, they give no field a role, and say nothing of a collection that has no such field.
All words are folded singulars; each may stand for every other one of its line.
"""

from __future__ import annotations

from functools import lru_cache

from vigie.ask.planner.tokens import stem

_LINES = """
salle room|baie rack|etage floor|batiment building|adresse address|destinataire recipient receiver addressee destination
emetteur sender issuer provenance|source provenance|origine provenance origin|expediteur sender|rapprochement reconciliation matching|derive drift|remettant remitter|rappro reconciliation recon
ecart gap discrepancy difference variance break|solde balance|compte account|carte card|taux rate|agence branch|contrat contract|police policy|politique policy|saute dropped|sauter dropped|coupure dropped|transac transaction|fausse false|fausses false|faux false|alerte alarm alert|reseau scheme network
sinistre claim|assure insured policyholder|prime premium bonus|facture invoice bill|fournisseur supplier vendor provider
prestataire provider contractor|livraison delivery|commande order|panier basket cart|produit product|stock inventory|entrepot warehouse
magasin store shop|boutique store shop|abonne subscriber|abonnement subscription|habilitation entitlement permission|droit right permission
jeton token|certificat certificate cert certif|cle key|chiffrement encryption|chiffre encrypted|reseau network|lien link|commutateur switch
routeur router|grappe cluster|noeud node|disque disk|bande tape|restauration restore restoration|cible target destination
outil tool|automatise automated|deploiement deployment|certifie certified|personne responder|correctif patch fix|vulnerabilite vulnerability vuln finding|faille vulnerability flaw vuln finding|menace threat|attaque attack|infecte infected
quarantaine quarantine|impression printing print imprime printed|ferme farm|criblage screening filtering filtrage|filtrage filtering screening criblage|analyse scan analysis|balayage scan|poste workstation desktop|portable laptop|imprimante printer|ecran screen
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
batterie battery|jeu set|ecart mismatch|divergence mismatch|latence lag|relance chaser reminder|vendor source|provider source|servi served|decision decide decided|support media medium|caisse till|lecture read reading|ecriture write|lecteur reader|redevance fee|perimetre scope perimeter
helpdesk ticket incident|portee scope range|zone area|secteur sector area|domaine domain|metier business|service department
direction division|antenne branch|habilite authorized|autorisation authorization approval|autorise authorized allowed
refuse refused denied declined|accorde granted|commercant merchant|marchand merchant|porteur cardholder holder|distributeur atm dispenser gab dab automate
asset serveur server machine|parefeu firewall|analyste analyst assignee assigned|abandonne aborted abandoned|demande request|approbation approuve approval approved|refus refuse refused refusal|escalade escalated escalation|validation valide validated|annulation annule cancelled cancellation|suspension suspendu suspended|sature saturated full|produit produced|emis issued|tresorerie treasury|guichet counter desk|fraude fraud|soupcon suspicion|suspect suspicious suspicion suspected suspecte|soupcon suspicion|risque risk|exposition exposure|sensibilite sensitivity
calcul calculation computation compute|recalcul recalculation|estimation estimate|prevision forecast|ecoule elapsed|cumul cumulated total
moteur engine|qualite quality|rc retour return|critique critical|soumis submitted|peripherique device printer imprimante|rectoverso duplex|lockout locked verrouillage verrouille|departement department|evolution evol|affecte assigned assignee|corrige fixed|base database db|moyenne average mean|mediane median|archivage archiving|purge cleanup|nettoyage cleanup cleaning|epuration cleanup|chargement load loading
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
reconnexion reconnection reconnect|etabli established|geneve geneva|londres london|bruxelles brussels|francfort frankfurt|varsovie warsaw|lisbonne lisbon|singapour singapore|anvers antwerp|athenes athens|copenhague copenhagen|vienne vienna|barcelone barcelona|reglement settlement|especes cash|illisible unreadable|reussi successful|abouti completed|interrompu interrupted|avorte aborted
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
vol flight flew flown|vol theft|avion aircraft plane airplane aeronef|appareil aircraft|helicoptere helicopter|aeroport airport|aerogare terminal|piste runway|passager passenger pax|voyageur traveler traveller passenger
equipage crew|escale stopover layover|embarquement boarding|bagage luggage baggage|decollage takeoff|atterrissage landing|atterri landed|deroute diverted|detourne diverted|retarde delayed|ponctualite punctuality
gare station|quai platform|rame trainset|wagon railcar carriage|autobus bus|metro subway underground|itineraire itinerary route|trajet journey|voyage trip journey|bateau boat ship vessel|navire ship vessel|cargaison cargo freight|fret freight cargo
amarrage mooring berth|marchandise goods merchandise|dedouanement clearance|colis parcel package|livreur driver courier chauffeur|coursier courier|conducteur driver|pilote pilot|facteur postman mailman|camion truck lorry|camionnette van|fourgon van
voiture car|moto motorcycle motorbike|velo bike bicycle|trottinette scooter|remorque trailer|flotte fleet|peage toll|stationnement parking|carburant fuel|essence petrol gasoline|gazole diesel|kilometre km kilometer mileage distance
kilometrage mileage km|vitesse speed|immatriculation registration plate|plaque plate|trafic traffic|hopital hospital|clinique clinic|service ward|lit bed|medecin doctor physician docteur|chirurgien surgeon|chirurgie surgery
infirmier nurse|pharmacien pharmacist|laboratoire laboratory lab|labo lab laboratory|echantillon prelevement preleve sample sampled specimen|preleve collected drawn|examen exam examination test
analyse analysis test assay|depistage screening|vaccine vaccinated|ordonnance prescription|prescripteur prescriber|prescrit prescribed|medicament drug medication medicine|sang blood|diagnostic diagnosis|maladie disease illness sickness
consultation appointment visit|rdv appointment|hospitalisation admission hospitalization|hospitalise hospitalized admitted|admis admitted|sejour stay|naissance birth|deces death|soin care|soignant caregiver carer|reanimation icu|imagerie imaging
automate analyzer plc|compteur meter|releve reading|concentrateur concentrator hub|antenne antenna aerial mast|pylone tower mast|borne kiosk|transformateur transformer|eolienne turbine|panneau panel|cellule cell|fibre fiber
itinerance roaming|facturation billing invoicing|energie energy|electricite electricity|gaz gas|eau water|chaleur heat|pression pressure|vanne valve|pompe pump|canalisation pipe|comptage metering|delestage shedding|chaudiere boiler
caisse till register checkout|caissier cashier teller|vendeur seller salesperson|vente sale sales|recette sale|excedent excedentaire|deficit shortage shortfall manquant|recette revenue takings turnover|encaissement takings|ticket receipt|excedent surplus overage|manquant shortage shortfall|remboursement refund reimbursement repayment
rayon aisle shelf|etagere shelf|article item sku|rupture stockout shortage|fidelite loyalty|achat purchase|achete purchased bought|acheteur buyer purchaser|reduction discount|rabais discount rebate|depense expense expenditure|grossiste wholesaler
palette pallet|preparation picking|preparateur picker preparer|prepare picked prepared|emplacement location bin|allee aisle|chariot forklift trolley|emballage packaging packing|emballe packed|conditionnement packaging|expedie shipped dispatched
reapprovisionnement replenishment restocking|bac bin tote crate tray|carton box|ramassage pickup|enlevement pickup|collecte pickup collected|endommage damaged|abime damaged|avarie damage|dommage damage|degat damage|egare misplaced lost
retourne returned|etiquette label sticker|manutention handling|conge leave holiday|paie payroll|bulletin payslip|salaire salary wage|embauche hiring hire hired|recrutement recruitment hiring|recrute recruited hired|candidat candidate applicant
entretien interview|entretien maintenance upkeep|stagiaire intern trainee|formation training|formateur trainer|effectif headcount|pointage timesheet attendance|demission resignation|anciennete seniority tenure|remplacant replacement substitute
promu promoted|indemnisation compensation indemnity payout|indemnite compensation allowance indemnity|expert adjuster assessor|expertise appraisal|incendie fire|inondation flood flooding|bris breakage|franchise deductible|devis quote estimate
souscription underwriting subscription|souscripteur underwriter policyholder|etudiant student|enseignant teacher|professeur teacher professor|ecole school|lecon lesson|inscription enrolment enrollment registration|inscrit enrolled registered
cantine canteen|diplome diploma degree|presence attendance|assiduite attendance|bibliotheque library|emprunt loan borrowing|emprunte borrowed|mairie townhall|usager user|citoyen citizen|habitant resident inhabitant|permis permit|impot tax
contribuable taxpayer|commune municipality town|electeur voter|scrutin ballot|dechet waste trash|poubelle bin trash|rue street|voirie road|eclairage lighting|lampadaire streetlight lamppost|signalement report|arbre tree|subvention subsidy
audience hearing|jugement judgment|detenu inmate prisoner|logement housing dwelling|allocataire claimant|allocation allowance benefit|prestation benefit|usine factory|atelier workshop|moule mold mould|soudure weld|peinture paint
assemblage assembly|montage assembly|decoupe cutting|rebut scrap|defectueux defective|materiau material|calibrage calibration|etalonnage calibration|nomenclature bom|fabrication manufacturing|fabrique manufactured|cuve tank|reservoir tank
bouteille bottle|inspecte inspected|repare repaired|reparation repair|nettoye cleaned|recyclage recycling|cadence pace|conteneur container|depot repository repo|compilation compile|fusion merge|fusionne merged|publie published
fonction function|bogue bug|relecture review|relecteur reviewer|contributeur contributor committer|attaquant attacker|pirate hacker attacker|hameconnage phishing|rancongiciel ransomware|maliciel malware|pourriel spam|constat finding
decouverte finding discovery|visiteur visitor|gardien guard|ronde patrol round|usurpation spoofing impersonation|isole isolated|encre ink|papier paper|timbre stamp|boite mailbox box|reliure binding|affranchi franked stamped
invite guest|hote guest|menage cleaning housekeeping|seance session showing|spectateur spectator|siege seat|fauteuil seat|joueur player|musee museum|oeuvre artwork|adherent member|membre member|cotisation contribution|donateur donor|benevole volunteer
loue rented leased|loyer rent|bail lease|recolte harvest|culture crop|troupeau herd|betail livestock cattle|vache cow|lait milk|tracteur tractor|engrais fertilizer|serre greenhouse|veterinaire vet veterinarian|abattoir slaughterhouse
chantier worksite jobsite|immeuble building|appartement flat apartment|ascenseur elevator lift|grue crane|beton concrete|superficie surface area|toiture roof|placement investment|investisseur investor|obligation bond
conseiller advisor adviser agent|decouvert overdraft|acompte deposit|benefice profit|accepte accepted|rappel callback reminder|versement payment
ingestion chargement alimentation load|alimente loaded ingested fed|faute fault|accuse ack acknowledgement confirmation|donne given granted accorde|gestionnaire handler handled|juridique legal|lance started launched|destinataire target recipient|emetteur source|expediteur source|emettrice emetteur sender source|expeditrice expediteur sender source|destinatrice destinataire target recipient|receptrice recepteur receiver target|recepteur target receiver|grille grid|redemarre restarted restart|redemarrage restart|chambre house clearinghouse|rafraichi refreshed loaded charge alimente|rafraichissement refresh load chargement
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
