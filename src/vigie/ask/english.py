"""French questions in the English of code: word by word, by the vocabulary of those who write programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from vigie.ask.language import detect
from vigie.ask.planner.tokens import stem
from vigie.ask.words import STOP, WORD, fold
from vigie.types import SourceRef

# French words, folded, and after the colon what code calls them.
_LINES = """
ajouter ajout : add append | supprimer suppression effacer : remove delete | enlever retirer : remove | creer creation : create make
modifier modification : update change | remplacer remplacement : replace | renommer : rename | copier copie : copy
deplacer deplacement : move | inserer insertion : insert | vider : clear empty | nettoyer nettoyage : clean cleanup
ouvrir ouverture : open | fermer fermeture : close | lire lecture lisant : read | ecrire ecriture : write | enregistrer : save store
sauvegarder sauvegarde : save backup | restaurer restauration : restore | charger chargement : load | importer : import
exporter : export | telecharger telechargement : download | televerser : upload | envoyer envoi : send | recevoir reception : receive
obtenir recuperer recuperation : get fetch | trouver : find | chercher rechercher recherche : search find | lister : list
afficher affichage : show display print | imprimer impression : print | trier tri tries : sort sorted | filtrer filtre : filter
grouper regrouper : group | joindre jointure : join | fusionner fusion : merge | decouper decoupage : split | separer : split
concatener : concat join | inverser inverse : reverse invert | repeter repetition : repeat | parcourir parcours : iterate walk
compter comptage : count | calculer calcul : calculate compute | mesurer mesure : measure | comparer comparaison : compare
convertir conversion transformer : convert transform | analyser analyse : parse analyze | formater : format
valider validation : validate | verifier verification controler controle : check verify | normaliser : normalize
arrondir arrondi : round | generer generation : generate | definir definition : set define | determiner : determine
initialiser : init initialize | configurer : configure | executer execution : run execute | lancer lancement demarrer demarrage : start run launch
arreter arret : stop shutdown | relancer relance redemarrer redemarrage : restart retry | reessayer essai tentative : retry attempt
attendre attente : wait | bloquer blocage : block lock | debloquer : unlock | verrouiller verrou : lock
planifier planification ordonnancer ordonnancement : schedule scheduler | declencher declencheur declenchement : trigger
annuler annulation : cancel | interrompre : interrupt abort | continuer : continue | ignorer : ignore skip | sauter : skip
echouer echec : fail failure failed | erreur anomalie : error | exception : exception | lever : raise | attraper : catch except
journal journaliser journalisation : log logging | alerter alerte : alert | notifier notification : notify notification
surveiller surveillance : monitor watch | connecter connexion : connect connection | deconnecter deconnexion : disconnect
authentifier authentification : authenticate auth | chiffrer chiffrement : encrypt encryption | dechiffrer dechiffrement : decrypt
signer signature : sign signature | compresser compression : compress | decompresser : decompress extract | hacher hachage : hash
echapper echappement : escape | encoder encodage : encode encoding | decoder decodage : decode | serialiser : serialize dump
installer installation : install | deployer deploiement : deploy | tester : test | simuler : mock simulate | appeler appel : call | repondre repond : answer respond | repondre repond : answer respond
renvoyer retourner retour : return | reprendre reprise : resume restart | purger purge : purge | archiver archivage : archive
rapprocher rapprochement : reconcile reconciliation match | rejeter rejet : reject | ventiler ventilation : breakdown allocate
suivre suivi : track tracking | rafraichir : refresh | synchroniser synchronisation : sync synchronize | repartir : distribute

fichier : file | dossier repertoire : directory folder | chemin : path | ligne : line row | colonne : column | champ : field
tableau : array table | table : table | liste : list | dictionnaire : dict dictionary | ensemble : set | tas : heap | pile : stack
file : queue | arbre : tree | noeud : node | graphe : graph | arete : edge | matrice : matrix | vecteur : vector
chaine : string str | caractere : character char | mot : word | phrase : sentence | texte : text | octet : byte bytes
entier : int integer | flottant : float | booleen : bool boolean | nombre : number | numero : number | chiffre : digit
binaire : binary | hexadecimal : hex | decimal : decimal | valeur : value | cle : key | indice : index | element : element item
position : position | debut : start begin | fin : end | premier premiere : first | dernier derniere : last | suivant : next | precedent : previous
moyenne moyen : average mean | mediane : median | somme : sum | produit : product | scalaire : dot scalar | ecart : gap difference
difference : difference diff | minimum : min | maximum : max | taille : size | longueur : length | largeur : width | hauteur : height
poids : weight | distance : distance | aleatoire : random | graine : seed | doublon : duplicate | unique distinct : unique distinct
vide : empty | nul : null none | defaut : default | croissant : ascending | decroissant : descending | alphabetique : alphabetical
date : date | heure : time hour | jour : day | semaine : week | mois : month | annee : year | fuseau : timezone zone
delai : timeout delay | duree : duration | temps : time | echeance : due maturity deadline | horodatage : timestamp | seconde : second
milliseconde : ms millisecond | chronometre : timer | calendrier : calendar | horloge : clock | periode : period
fonction : function | methode : method | classe : class | objet : object | attribut : attribute | parametre argument : parameter argument
variable : variable | constante : constant | reglage : setting config | module : module | paquet : package | dependance : dependency
bibliotheque : library | programme : program | script : script | commande : command order | expression : expression regex
reguliere : regular regex | commentaire : comment | boucle : loop | condition : condition | processus : process | fil : thread
tache : task job | traitement : job process processing | flux : flow stream | lot : batch | etape : step
requete : request query | reponse : response | serveur : server | client : client customer | utilisateur : user | session : session
jeton : token | passe : password | droit : permission right | role : role | entete : header | corps : body | adresse : address url
page : page | lien : link | image : image | couleur : color | fenetre : window | bouton : button | formulaire : form | courriel mail : email mail
message : message | modele : model template | gabarit : template | base : database base | donnees donnee : data | enregistrement : record
seuil : threshold | taux : rate | compteur : counter | limite : limit | quota : quota | memoire : memory | disque : disk | reseau : network
cache : cache | environnement : environment env | hote : host | grappe : cluster | conteneur : container | version : version
montant : amount | solde : balance | compte : account | virement paiement : transfer payment | prelevement : debit | facture facturation : invoice billing
devise : currency | cours : price rate | interet : interest | contrat : contract | agence : branch | banque : bank | carte : card
commission frais : fee fees | ordre : order | titre : security title | position : position | contrepartie : counterparty
""".strip().replace("\n", "|")


@lru_cache(maxsize=1)
def _words() -> dict[str, tuple[str, ...]]:
    """Stem of a French word -> the English ones."""
    found: dict[str, tuple[str, ...]] = {}
    for line in filter(str.strip, _LINES.split("|")):
        french, _, english = line.partition(":")
        for word in french.split():
            one = stem(word)
            found[one] = tuple(dict.fromkeys((*found.get(one, ()), *english.split())))
    return found


@lru_cache(maxsize=100)  # a question is looked at by each half of the search, and again for the gate
def in_english(question: str) -> tuple[tuple[str, ...], ...] | None:
    """What each word of it may be called in code, names and unknown words left as they are; None where the question is
    not French, or none of its words is known."""
    if detect(question, "en") != "fr":
        return None
    known, said, told = _words(), list[tuple[str, ...]](), False
    for word in _said(question):
        english = known.get(stem(fold(word)), ())
        told = told or bool(english)
        if english or fold(word) not in STOP:
            said.append(english or (word,))
    return tuple(dict.fromkeys(said)) if told else None


def as_code(question: str, refs: Iterable[SourceRef]) -> str | None:
    """A French question in the words of code, where code is searched and the lexicon knows any of them."""
    said = in_english(question) if any(ref.kind == "code" for ref in refs) else None
    return None if said is None else " ".join(word for words in said for word in words)


def _said(question: str) -> Iterator[str]:
    """Its words; "relance-t-on" is three, load_rates one."""
    for run in (match.group() for match in WORD.finditer(question)):
        yield from run.split("-") if all(part.isalpha() for part in run.split("-")) else (run,)
