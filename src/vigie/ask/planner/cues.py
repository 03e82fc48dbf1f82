"""The words of questions, in French and English: what each asks for. A `*` ends a stem; longer phrases win.

Phrases are folded (no accents, lower case) and their apostrophes and hyphens are gaps: "y a-t-il" is "y a t il".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from vigie.ask.planner.state_words import FAILED, NOW, RUNNING, SKIPPED, SUCCEEDED

_WHOLLY = "tout est|tout s est|tout va|everything is|is everything|did everything|est ce que tout|"
_MISSES = "rate le plus|ratent le plus|rate le plus souvent|ratent le plus souvent|rate le plus de|ratent le plus de|rate le plus d|ratent le plus d|"  # it fails, and most
_CUES: dict[str, str] = {
    # --- what is asked for
    "count": "a quelle frequence|quelle frequence|quelle est la frequence|combient|combien|cmb|cb|cbien|combiens|conbien|nombre|nombres|nb|nbr|nbre|how many|number of|count|counts|count of|combien de fois|volumetrie|"
    "volume de|volume des|volume d|volume of|quantite de|compte moi|compter|decompte|decompte des|total number of|how much|numbers of|"
    "how many times|how often|number|total de|total des|total of",
    "list": "tableau des|tableau croise|tableau croise des|quel|quelle|quels|quelles|lesquels|lesquelles|liste|listes|lister|liste moi|listez|donne|donnes|donner|donnez|montre|montres|montrer|montrez|affiche*|"
    "je cherche|je recherche|on cherche|nous cherchons|i am looking for|i m looking for|looking for|which|what|list|show|give|display|enumere*|qui|who|c est quoi|quoi|qu est ce qui|detaille*|fournis|fournir|fournissez|sors|sortir|sortez|ressors|ressort|ressortir|extraire|extrayez|get|find|sort moi|sortez moi|"
    "trouve|trouver|cite|citer|identifie*|recupere*|extrais|name",
    "when": "quand|when|a quelle date|quelle date|a quel moment|what time|quel moment|at what time",
    "yes_no": _WHOLLY
    + "ya eu|ya t il|il y a eu|y a eu|ya il|est ce que|est ce|y a t il|y a il|y a t on|existe t il|a t il|a t elle|a t on|ont ils|ont elles|sont ils|"
    "sont elles|est il|est elle|y a eu|t il|t elle|t ils|t elles|t on|any|are there|is there|was there|were there|"
    "have there been|has there been|did|does|do|is|was|has|have|were|are|y avait il|y aurait il",
    "when_last": "pour la derniere fois|la derniere fois|last time|derniere fois",
    "when_first": "pour la premiere fois|la premiere fois|first time|premiere fois",
    # --- how it is put together
    "distinct": "different|differents|differente|differentes|distinct|distincts|distincte|distinctes|unique|uniques|distinctement",
    "avg": "moyen|moyens|moyenne|moyennes|en moyenne|average|averages|averaging|avg|mean|on average|moy",
    "sum": "en tout|en cumule|all told|altogether|in all|somme|total|totale|totaux|totales|cumul|cumule|cumulee|cumules|cumulees|sum|overall|au total|in total|"
    "temps passe|time spent|altogether",
    "max": "combien de temps au maximum|combien de temps au max|combien de temps maximum|combien de temps maxi|combien de temps au plus|combien de temps au pire|how long at most|how long at worst|how long at the most|peak|pic|max|maximum|maximal|maximale|maximales|maxi|highest|la plus longue duree|maxima",
    "min": "combien de temps au minimum|combien de temps au mieux|combien de temps minimum|how long at least|how long at best|min|minimum|minimal|minimale|mini|lowest|la plus courte duree|minima",
    "median": "median|mediane|medianes|medians|mediane des",
    "p95": "p95|95e percentile|percentile 95|95th percentile|95eme percentile|95 percentile|percentile a 95|centile 95|"
    "95e centile|95eme centile",
    "rate": "portion|fraction|fractions|pour cent|per cent|one in how many|one out of how many|sur 100|sur cent|out of 100|out of a hundred|in a hundred|fiabilite|reliability|reliable|reliably|fiable|fiables|plus fiable|plus fiables|moins fiable|moins fiables|most reliable|least reliable|disponibilite|dispo|availability|uptime|%|taux|rate|rates|ratee|ratees|pourcentage|percentage|pourcent|proportion|part|ratio|share|quelle part|percent",
    "spread": "decompose*|croisement|croise|croiser|croisez|cross tab*|crosstab|se decompose*|break it down|break them down|repartition|ventilation|ventile*|breakdown|distribution|break down|split|decoupage|reparti*",
    "by": "par|per|by|selon|pour chaque|for each|each|chaque|group by|grouped by|groupe par|groupes par|break down across|breaks down across|split across|distributed across|spread across|vary across|vary by|range* par|pour chacun des|pour chacune des|chacun des|chacune des|groupee par|groupees par|regroupe* par|rassemble* par|agrege* par|consolide* par|segmente* par|eclate* par|detaille* par|broken down by|broken out by|segmented by|sliced by|aggregated by|grouped per|bucketed by|au fil des|suivant le|suivant la|suivant les|suivant l|en fonction",
    "trend": "evolution|evolve|evolves|evolved|evolue|evoluent|evoluer|evoluait|evoluaient|courbes|graphique|graphiques|graphe|graph|plot|chart|chronologie|timeline|histogramme|histogram|time series|serie temporelle|series temporelles|au fil du temps|through time|trend|trends|tendance|courbe|historique|over time|dans le temps|history of|progression",
    "top": "top|podium|hit parade|tableau d honneur|leaderboard|league table|scoreboard|palmares|classement|ranking",
    "most": _MISSES
    + "a traine le plus d|a traine le plus de|traine le plus d|traine le plus de|trainent le plus d|trainent le plus de|ont traine le plus d|ont traine le plus de|plus fiable|plus fiables|most reliable|plus problematique*|most problematic|plus touche*|plus impacte*|plus affecte*|plus instable*|plus repandu*|most widespread|plus recurrent*|most recurrent|plus courant*|most prevalent|dominant|dominante|dominants|dominantes|most affected|most impacted|most unstable|hardest hit|worst hit|souffre* le plus|suffer* the most|suffer* most|pires eleves|mauvais eleves|mauvais eleve|worst offenders|worst offender|top offenders|top offender|biggest offenders|offenders|points noirs|busiest|noisiest|du plus de|du plus d|le plus de|le plus d|la plus|les plus|le plus|most|le plus souvent|le plus frequemment|plus frequemment|most often|plus souvent|les plus nombreux|plus frequent|"
    "plus frequents|plus frequente|plus frequentes|the most|most frequent|most common|most frequently|frequent|frequents|"
    "pire|pires|worst|maximum de|max de|record de|record d|highest number of|largest number of|plus grand nombre de|plus grand nombre d|"
    "principaux|principales|principal|principale|biggest number of|plus charge|plus charges|plus chargee|plus chargees|plus gourmand*|plus vorace*|plus consommat*|hungriest|greediest|plus touche*|plus concern*|plus impact*|en tete",
    "least": "bottom|moins fiable|moins fiables|least reliable|le moins d|le moins|les moins|least|fewest|plus rare|plus rares|rarest|le moins souvent|least often|"
    "moins frequent|moins frequents|meilleur|best|smallest number of|lowest number of|plus petit nombre de",
    "last": "le plus recemment|plus recemment|most recently|dernier|derniere|derniers|dernieres|last|latest|most recent|plus recent|plus recents|plus recente|plus recentes|"
    "le plus recent|la plus recente|les plus recents|les plus recentes|newest",
    "first": "premier|premiere|premiers|premieres|first|earliest|plus vieux|plus vieille|plus vieilles|plus ancien|plus anciens|plus ancienne|plus anciennes|oldest|"
    "le plus ancien|la plus ancienne|les plus anciens|le plus vieux|la plus vieille|les plus vieux",
    "longest": "le plus lentement|le plus longtemps|most slowly|longest running|slowest running|rame le plus|rament le plus|traine le plus|trainent le plus|plus chronophage*|most time consuming|plus long|plus longs|plus longue|plus longues|longest|plus lent|plus lents|plus lente|plus lentes|slowest|"
    "le plus long|le plus longtemps|les plus longs|les plus longues|la plus longue|les plus lents|le plus lent|la plus lente|"
    "les plus lentes|took the longest|dure le plus|dure le plus longtemps|most time|le plus de temps|the longest|the slowest|"
    "duree la plus longue|plus longtemps|record de duree|record de temps|duree record|temps record|record time|record duration|"
    "a traine le plus|ont traine le plus|traine le plus longtemps|le plus traine|le plus dure|le plus tarde|longest running|longest lasting",
    "shortest": "le plus vite|le plus rapidement|most quickly|plus court|plus courts|plus courte|plus courtes|shortest|plus rapide|plus rapides|fastest|le plus court|"
    "les plus courts|les plus rapides|le plus rapide|la plus rapide|quickest|the shortest|the fastest",
    "largest": "priciest|furthest|farthest|plus loin|plus eloigne*|plus cher|plus chers|plus chere|plus cheres|most expensive|costliest|plus couteux|plus couteuse|plus couteuses|plus lourd|plus lourds|plus lourde|plus lourdes|heaviest|plus fort|plus forts|plus forte|plus fortes|plus haut|plus hauts|plus haute|plus hautes|plus gros|plus grand|plus grands|plus grosse|plus grosses|plus grande|plus grandes|biggest|largest|plus volumineux|plus volumineuse|plus volumineuses|bulkiest|plus massif|plus massifs|plus massive|plus massives|plus imposant*|"
    "les plus gros|le plus gros|plus eleve|plus eleves|plus elevee|plus elevees|le plus eleve|les plus eleves|greatest",
    "smallest": "plus petit|plus petits|plus petite|plus petites|smallest|plus bas|plus basse|plus faible|plus faibles|plus leger|plus legers|plus legere|plus legeres|lightest|cheapest|lowest priced|moins cher|moins chers|moins chere|moins cheres|moins lourd|moins lourds|moins lourde|moins lourdes",
    "slower": "rame plus|rament plus|traine plus|trainent plus|plus lent que|slower|longer|plus longtemps|plus lentement|s est degradee|s est degrade|se degrade|se degrade t elle|s est elle degradee|degraded|gotten worse|got worse|s est allongee|s est rallongee",
    "faster": "faster|quicker|shorter|plus vite|plus rapidement|moins longtemps|more quickly|sooner",
    "compare": "against|face a|comparatif*|en regard de|en regard du|en regard des|differences in|difference in|difference d|differences de|gone up|went up|go up|going up|face au|face aux|vis a vis|compare*|ecart du nombre|ecart de|ecart d|ecart des|difference de|difference du nombre|difference entre|difference between|difference in the number|augmente*|baisse*|diminue*|progresse*|increased|decreased|rose|dropped|risen|plus qu avant|comparer|comparaison|comparison|vs|versus|contre|par rapport a|par rapport au|compared to|compared with|"
    "difference entre|difference between|ecart entre",
    "than": "que|than|qu|more than|less than|fewer than|plus que|plus qu|moins que|moins qu",
    "every": "suivi quotidien|suivi journalier|suivi hebdomadaire|suivi hebdo|suivi mensuel|suivi horaire|vue journaliere|vue quotidienne|vue hebdomadaire|vue hebdo|vue mensuelle|vue horaire|quotidien|quotidienne|quotidiens|quotidiennes|journalier|journaliere|daily|hebdomadaire|hebdomadaires|hebdo|weekly|"
    "mensuel|mensuelle|mensuels|mensuelles|monthly|horaire|horaires|hourly",
    "more": "davantage|davantage de|davantage d|higher|greater|larger|bigger|plus de|plus d|more often|more frequently|more|plus|more than|plus que|plus qu",
    "fewer": "lower|smaller|less often|less frequently|moins de|moins d|fewer|less|moins|less than|fewer than|moins que|moins qu",
    "how_long": "combien de temps au maximum|combien de temps au max|combien de temps maximum|combien de temps maxi|combien de temps au plus|combien de temps au pire|how long at most|how long at worst|how long at the most|combien de temps au minimum|combien de temps au mieux|combien de temps minimum|how long at least|how long at best|how long|combien de temps|quelle duree|combien d heures|combien de minutes|combien de secondes|how many minutes|how many hours|how many seconds|how much time",
    "exists": "are there|there are|y a t il|y a|existe*|exist|exists|do we have|avons nous|a t on|ya til|ya t il|y a til|compte t on|dispose*",
    "then": "puis|then|ensuite|avant de|before|apres avoir",
    "both": "a la fois|both|en meme temps|et aussi|ainsi qu|ainsi que",
    "times": "fois|times|reprises|occurrences|occasions",
    "all": _WHOLLY + "tous|toutes|tous les|toutes les|all|all the|every|each of|l ensemble des|l integralite",
    "always": "toujours|always|systematiquement",
    # --- negation and exclusion
    "not": "pas|not|neither|nor|n t|jamais|never|aucun|aucune|no|non|rien|nothing|ni|nul|nulle|zero|plus jamais|didn t|haven t|hasn t|isn t|aren t|doesn t|wasn t|don t|"
    "didn|haven|hasn|isn|aren|doesn|wasn|weren|don|none|n ont plus de|n ont plus d|n a plus de|n a plus d|pas un seul|pas une seule|not a single|not one",
    "not_run": "plus vu* tourn*|pas vu* tourn*|jamais vu* tourn*|plus vu* pass*|pas vu* pass*|jamais vu* pass*|not seen running|never seen running|not been seen running|sans aucune execution|sans execution|sans une seule execution|without any run*|with no run*|without a run|without any execution*|with no execution*|not run|never run|t run|not ran|never ran|not executed|pas execute*|plus tourne*|tournent plus|tourne plus|plus ete execute*|plus ete lance*|plus passe*|pas tourne*|jamais tourne*|pas ete lance*|jamais ete lance*|pas ete execute*",
    "without": "sans un seul|sans une seule|without a single|sans compter|sans|without|sans aucun|sans aucune|without any|sans le moindre|depourvu de|lacking|missing|vide|empty|manquant|manquante|absent|absente|non renseigne*|non rempli|"
    "pas de|pas d|with no|having no|n ayant pas|non affecte*|unassigned",
    "except": "apart from|aside from|besides|minus|ignoring|leaving out|leaving aside|setting aside|not counting|not including|without counting|except for|save for|excepting|with the exception of|en excluant|excluant|exclure|excluez|en enlevant|en retirant|en otant|en ignorant|en omettant|en laissant de cote|abstraction faite de|sans tenir compte de|sans tenir compte d|sans prendre en compte|sans inclure|sans les|sauf|hors|excepte|hormis|except|excluding|other than|autre que|autres que|autre qu|autres qu|en dehors de|pas en|"
    "not in|outside|outside of|en dehors du|a part|a l exception|a l exception de|a l exclusion|a l exclusion de|but not|"
    "ailleurs qu|ailleurs que|exclude|exclus|ignorer|mais pas",
    "only": "en ne gardant que|ne gardant que|en gardant que|en gardant|en se limitant a|en se limitant aux|keeping only|limited to|seulement|uniquement|only|exclusivement|just|juste|rien que",
    # --- numbers
    "gt": "plus de|plus d|more than|over|above|greater than|larger than|bigger than|higher than|heavier than|depasse|depassent|depassant|superieur a|superieure a|superieurs a|superieures a|"
    "exceeding|exceeds|exceed|au dessus de|au dela de|longer than|>|plus qu|plus que|superieur|superieure|superieurs|superieures|greater",
    "ge": "au moins|at least|minimum|>=|≥|a partir de|or more|au minimum|no less than|superieur ou egal a",
    "lt": "smaller than|lower than|moins de|moins d|less than|fewer than|under|below|inferieur a|inferieure a|inferieurs a|inferieures a|en dessous de|"
    "shorter than|<|moins qu|moins que|inferieur|inferieure|inferieurs|inferieures",
    "le": "au plus|at most|maximum|<=|≤|or less|au maximum|no more than|inferieur ou egal a|pas plus de",
    "ne": "different de|differente de|differents de|different of|not equal to|<>|!=|≠|autre que",
    "eq": "=|egal a|egale a|egaux a|exactement|exactly|precisement",
    # --- what happened
    "failed": _MISSES
    + FAILED
    + "|en panne|coupure|coupures|outage|outages|indisponib*|echou*|echec*|echec|en echec|ko|nok|plante|plantes|plantee|plantees|plantent|planter|plantait|plantage|plantages|"
    "tombe|tombes|tombee|tombees|tombent|tomber|mort|morts|morte|mortes|died|crash*|fail|fails|failed|failing|failure|failures|en erreur|in error|errored|in failure|"
    "abend*|casse|cassee|casses|cassees|cassent|avorte*|aborted|broke|broken|unsuccessful*|defaillan*|defaillance*|en defaut|en anomalie|"
    "mal passe|mal passes|mal passee|mal passees|mal termine*|en rouge|in red|foire*|loupe*|en vrac|hs|rate leur*|rouge|rouges|tombe* en erreur|"
    "sorti* en erreur|finished in error|ended in error|fini en erreur|termine* en erreur|termine* en echec|sont en erreur|vautre*|chute|chutes|par terre|au tapis|petes|petee|petees|pete",
    "rejected": "retoque*|retoquage*|se sont fait jeter|s est fait jeter|turned down|turned away|knocked back|rejett*|rejeter|reject|rejects|rejecting|rejete|rejetes|rejetee|rejetees|rejet|rejets|rejected|rejection|rejections|refusal|refusals|refuse|refuses|refusee|refusees|refused|refus",
    "open": "backlog|en stock|open|unresolved|non resolu*|pas resolu*|non clos*|pas clos*|en suspens|pas encore resolu*|pas encore clos*|encore ouvert*|"
    "toujours ouvert*|still open|restent ouvert*|reste ouvert*|not resolved|not closed|not yet closed|pas ferme*|pas encore ferme*|restes ouvert*|jamais resolu*|jamais ete resolu*|pas ete resolu*|never been resolved|not been resolved|jamais ete clos*|pas ete clos*|never been closed|not been closed|jamais clos*|jamais ferme*|never resolved|never closed",
    "opened": "ouvert|ouverts|ouverte|ouvertes",
    "succeeded": SUCCEEDED
    + "|fiabilite|reliability|reliable|reliably|fiable|fiables|plus fiable|plus fiables|moins fiable|moins fiables|most reliable|least reliable|disponibilite|dispo|availability|uptime|reussi|reussis|reussie|reussies|reussissent|reussite|reussites|reussir|succes|success|successes|succeed*|successful|successfully|ok|abouti*|bien passe|"
    "vert|verts|verte|vertes|green|bien passes|bien passee|bien passees|bien termine*|avec succes|correctement|en vert|termine* ok|"
    "fini ok|with success|end normally|ends normally|ended normally|finish normally|finished normally|completed normally|terminated normally|pass|termine* normalement|fini* normalement|passe* normalement|termine* avec succes|sans probleme*|sans aucun probleme|sans souci*|sans aucun souci|sans encombre|sans incident|sans accroc*|sans anicroche*|without problem*|without a problem|without any problem*|without issue*|without an issue|without any issue*|without incident|without a hitch",
    "running": RUNNING
    + "|en cours|running|en train de tourner|in progress|ongoing|still running|still processing|currently processing|being processed|still executing|actif|actifs|active|actives|non termine|non termines|"
    "toujours en cours|non terminee|non terminees|not finished|unfinished|en execution|tournent encore|tourne encore|en cours d execution|"
    "still going|still going on|toujours en route|encore en route|toujours en marche|encore en marche|currently running|encore en cours|still active|pas fini|pas finis|pas termine|pas termines|pas encore fini*|pas encore termine*|pas encore acheve*|toujours pas fini*|toujours pas termine*|not finished yet|not yet finished|haven t finished|hasn t finished|have not finished|has not finished|have not yet finished|haven t yet finished|tourne toujours|tournent toujours",
    "skipped": SKIPPED
    + "|saute|sautes|sautee|sautees|skip|skips|skipped|ignore|ignores|ignoree|ignorees|annule|annules|annulee|annulees|cancelled|canceled",
    "waiting": "awaiting|attendent toujours|attendent encore|attend toujours|attend encore|toujours en attente|encore en attente|attend on|on attend|nous attendons|attendons nous|encore attendu*|toujours attendu*|still expected|still awaited|still waiting for|en attente|pending|queued|waiting|en file d attente|a venir",
    "ran": "servi|servis|servie|servies|ending|finishing|happen|happens|pushed|depose*|imprime*|expedie*|publie|publies|publiee|publiees|importe|importes|importee|importees|exporte|exportes|exportee|exportees|tourne|tournes|tournee|tournees|tournent|tourner|tournait|passe|passes|passee|passees|passent|passer|lance|lances|lancee|lancees|"
    "execute|executes|executee|executees|executed|ran|launched|started|demarre|demarres|demarree|demarrees|demarrent|joue|joues|"
    "a eu lieu|ont eu lieu|eu lieu|happened|occurred|survenu|survenus|survenue|survenues|logged|remonte|remontes|remontees|"
    "enregistre|enregistres|leve|leves|leves|levees|arrive|arrives|produit|produits|produites|raised|recorded|constate*|s est produit|"
    "se sont produit*|arrivee|arrivees|arrived|backed up|rolled out|carried out|carry out|carries out|intervenu|intervenue|intervenus|intervenues|intervened|picked up|came back|sont revenu*|est revenu*|come back|comes back|coming back|been run|processed|traite|traites|traitee|traitees|handled|effectue*|realise*|"
    "transmis|transmise|transmises|transmet|transmettent|recu|recus|recue|recues|received|envoye|envoyes|envoyee|envoyees|sent|emis|emise|emises|transfere*|livre|livres|livree|livrees|delivered|"
    "completed|termine|termines|terminee|terminees|finished|ended|fini|finis|finie|finies|declenche|declenches|declenchee|declenchees|declenchent|ouvert en|created|cree|crees|creee|creees|opened",
    "long": "lasting|lasts|long|longs|longue|longues|lent|lents|lente|lentes|slow|dure|durent|durer|durait|duraient|mettent|mettre|mettait|mettaient|prenait|prenaient|took|take|takes|lasted|mis|met|prend|prennent|pris",
    "now": NOW
    + "|as we speak|a cet instant|maintenant|now|right now|actuellement|currently|en ce moment|a l instant|at the moment|a cette heure|encore|still|presently|a l heure actuelle|a l heure qu il est|at present|as of now|a ce jour|to date",
    # --- what is not a count
    "why": "pourquoi|vient de quoi|viennent de quoi|d ou vient|d ou ca vient|d ou viennent|a cause de quoi|du a quoi|why|comment|how to|how do|how can|how should|how does|que faire|quoi faire|what to do|procedure|cause|causes|raison|raisons|explique*|"
    "explain|what causes|resoudre|corriger|fix|solve|que signifie|signifie|what does|veut dire|mode operatoire|consigne*|"
    "qu est ce que|qu est ce qu|what is a|que fait|what happens|diagnostiquer|runbook|how is|how are|documentation|doc",
}

# Words that carry no condition beyond `words.STOP`: politeness, auxiliary verbs, what questions are padded with.
FILLER = frozenset(
    "bonjour salut hello hi hey merci thanks svp stp please s il vous plait te peux pourrais pourriez peut tu vous me moi nous dis dire "
    "sais savoir veux voudrais aimerais souhaite besoin need want would like know tell bien eh alors donc ok voir vois "
    "il y a eu ete etre est sont etait etaient sera ont avons avaient avait ait soit fait faits faite faites font faire "
    "ce cet cette ces celui celle ceux celles la le les l un une des de d du au aux a en dans sur pour avec et ou où "
    "of the an in on at for with and or to from as it its this that these those there their them they he she we you i my our "
    "been be being do does did done has have had having is are was were will can could should may might must "
    "se s qu que qui quoi dont lequel laquelle n ne c j t m y si deja jamais encore aussi ainsi meme memes tout toute tous toutes "
    "gets hit hits labelled labeled etiquete etiquetes etiquetee etiquetees returned returns renvoye renvoyes renvoyee renvoie renvoient retourne retournes retourner revient reviennent needed needs require requires required necessite necessites ayant besoin already ever yet also same so then than just else actually really overall globally globalement total "
    "chez parmi entre among amongst between via durant pendant lors depuis during since until jusqu over within "
    "ensemble complet complete entier entiere whole entire global general generale details detail detaillee "
    "concerne concernent concernant concernes concernee concernees concerned involved implique impliques impliquee impliquees touchant affectant impactant impliquant affectee affectees assigne assignee assignes assignees attribue attribuee tagged tague tagues taguee marques  avance tagges taggees renseigne renseignee renseignes renseignees indiquer indique indiquez preciser precise compter taguees tagues encore regarding about relatif relative relatifs relatives lie lies liee liees related associe associes associees "
    "connu connus connue connues existe existent existant exist exists available disponible disponibles "
    "situation point etat bilan resume recap recapitulatif summary overview statistiques stats statistique stat chiffres chiffre figures "
    "moment fois time times temps periode period date dates jour jours journee journees nuit nuits semaine semaines mois annee heure heures minute minutes day days hour hours week weeks month months night nights year years evening morning quarter "
    "touchee touchees appartient appartiennent appartenant belong belongs vu vus vue vues seen observe observes touche touches touchent affecte affectes affected impacte impactes subi subis subie connaissent "
    "strictement strictly cote go goes went gone issu issus issue issues kel kels kelle kelles ki pr qqn nn pardon "
    "genere generes generee generees generent generated generate generates arrived got trouves trouvee trouvees found mesurees mesuree mesures measured "
    "sonne sonnes sonnee sonnees sonnent releve releves relevee relevees observee observees recensee recensees comptabilise comptabilises comptabilisee comptabilisees "
    "reste restent restait sorties sorti sortie sortis declare declares declaree declarees passees arrivent remontent remontant "
    "compte comptes comptent rencontre rencontres rencontree rencontrees presente presentent comporte comportent contient contiennent contenant "
    "possible aurais aurait aurions came come comes showed used due attached attache attachee rattache rattachee rattaches rattachees joint jointe anyone someone anybody somebody quelqu quelqun personne quelquun nobody ayant eus eue eues possede possedent portant porte portent nomme nommes nommee appele appeles appelee appelees called named intitule "
    "produits apparu apparus apparues apparait apparaissent appeared appear signale signales signalees reported recense recenses recensees "
    "pas plus moins tres trop assez peu beaucoup many much very too few "
    "dernierement resultat resultats result results reponse question base collection collections "
    "apres avant before after vers environ approximativement about around "
    "devant derriere sous contre hors parmi afin lorsque quand while when where who whom whose how what which any some every "
    "weekday weekdays spent generalement habituellement usually generally typically certain certains certaines quelque quelques plusieurs several divers diverses autre autres other others another "
    "tries trie triees triee classes classe classees sorted ordered ranked rank order leur leurs avec pareil idem instead plutot garde gardez garder keep chose choses thing things ones one uns unes lot lots vraiment justement precisement exactement simplement traine trainent trainait subsiste subsistent stp svp prod_ pls plz pliz fallait faut qqchose qqch chacun chacune calendar calendaire calendaires koi suffisent suffit".split()
)


@dataclass(frozen=True, slots=True)
class Cue:
    tag: str
    first: int  # of the tokens, inclusive
    last: int  # exclusive


@lru_cache(maxsize=1)
def _table() -> tuple[dict[tuple[str, ...], tuple[str, ...]], dict[str, tuple[str, ...]], int]:
    """(phrase -> tags, stem -> tags of one-word entries with a star, longest phrase)."""
    phrases: dict[tuple[str, ...], list[str]] = {}
    stems: dict[str, list[str]] = {}
    for tag, listed in _CUES.items():
        for phrase in listed.split("|"):
            words = tuple(phrase.split())
            if len(words) == 1 and words[0].endswith("*"):
                stems.setdefault(words[0][:-1], []).append(tag)
            else:
                phrases.setdefault(words, []).append(tag)
    longest = max(map(len, phrases))
    return {k: tuple(v) for k, v in phrases.items()}, {k: tuple(v) for k, v in stems.items()}, longest


@lru_cache(maxsize=65_536)
def tags_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """The tags of exactly these folded words; a `*` inside longer phrases stands for any ending."""
    phrases, stems, _ = _table()
    found = phrases.get(words)
    if found is None and len(words) == 1:
        found = _stemmed(words[0], stems)
    if found is None and len(words) > 1:
        found = next((tags for phrase, tags in _starred() if _alike(phrase, words)), None)
    return found or ()


def cue_words() -> frozenset[str]:
    """Each word of the phrases above."""
    return frozenset(word.rstrip("*") for phrases in _CUES.values() for word in phrases.replace("|", " ").split())


@lru_cache(maxsize=1)
def long_words() -> tuple[str, ...]:
    """Single words of six letters and more that ask for a number, a ranking, a time: what a typo may have meant."""
    phrases, _, _ = _table()
    asked = {"count", "avg", "median", "max", "min", "trend", "rate", "list", "compare", "top", "most", "last", "first"}
    return tuple(
        words[0] for words, tags in phrases.items() if len(words) == 1 and len(words[0]) > 5 and asked & set(tags)
    )


def _alike(phrase: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return len(phrase) == len(words) and all(
        word.startswith(wanted[:-1]) if wanted.endswith("*") else word == wanted
        for wanted, word in zip(phrase, words, strict=True)
    )


def _stemmed(word: str, stems: dict[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    for length in range(len(word), 3, -1):
        if word[:length] in stems:
            return stems[word[:length]]
    return None


@lru_cache(maxsize=1)
def _starred() -> tuple[tuple[tuple[str, ...], tuple[str, ...]], ...]:
    """Phrases of several words with stars, and their tags."""
    phrases, _, _ = _table()
    return tuple((words, tags) for words, tags in phrases.items() if any(word.endswith("*") for word in words))


def read_cues(words: list[str], taken: set[int]) -> list[Cue]:
    """Every cue, longest first where they overlap; one place may carry several tags. `taken` places are passed over."""
    _, _, longest = _table()
    found: list[Cue] = []
    i = 0
    while i < len(words):
        for n in range(min(longest, len(words) - i), 0, -1):
            if any(j in taken for j in range(i, i + n)):
                continue
            tags = tags_of(tuple(words[i : i + n]))
            if tags:
                found += [Cue(tag, i, i + n) for tag in tags]
                i += n
                break
        else:
            i += 1
    return found
