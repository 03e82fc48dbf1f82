"""What is said = what is read, in small letters without accents, a few on a line. The longest wins.

A `^` begins the question, a `$` ends it, a `#` is any number, which stays as it is; the telling word, which no data may
own, is the one before a `!`, else the longest.
"""

SAYINGS = """
a combien s eleve = combien | a combien s elevent = combien | a combien s elevait = combien
s eleve a combien = combien | s elevent a combien = combien | s elevait a combien = combien
a combien se monte = combien | a combien se montent = combien | se monte a combien = combien
se montent a combien = combien | a combien se chiffre = combien | a combien se chiffrent = combien
se chiffre a combien = combien | se chiffrent a combien = combien | denombre t on = compte t on
on denombre combien = combien | denombre moi = compte moi | denombrer = compter | denombrez = compter
^ ya! un = y a t il un | ^ ya! une = y a t il une | ^ ya! des = y a t il des | ^ compte! les = nombre de
^ compte! tous les = nombre de | ^ compte! toutes les = nombre de | ^ denombre les = nombre de
le compte! des = le nombre des | chiffre! des = nombre des | tally of = number of
de prise! en compte = d acquittement | clearing houses! = chambres | clearing house! = chambre | tally = count
head count of = number of | fais voir = montre | fait voir = montre | faites voir = montre
fais moi voir = montre moi | faites moi voir = montre moi | pull! up = show | bring! up = show | let me see = show me
fetch = show | qu est ce qu on a comme = quels | qu est ce qu il y a comme = quels
qu est ce qu il y a eu comme = quels | qu est ce qu on a eu comme = quels | qu avons nous comme = quels
qu a t on comme = quels | qu y a t il comme = quels | on a quoi comme = quels | on a eu quoi comme = quels
y a quoi comme = quels | y a eu quoi comme = quels | detail! des = liste des | details! des = liste des
le detail! $ = la liste | les details! $ = la liste | the details! $ = the list | details! of the = list of the
une seule! fois = exactement 1 fois | qu une seule! fois = exactement 1 fois | qu une fois! = exactement 1 fois
plus qu une fois! = plus de 1 fois | plus d une fois! = plus de 1 fois | more than once! = more than 1 times
only once! = exactly 1 times | just once! = exactly 1 times | exactly once! = exactly 1 times
at least once! = at least 1 times | a single! time = exactly 1 times | only one time! = exactly 1 times
more than one time! = more than 1 times | a plusieurs reprises! = plusieurs fois
a de nombreuses reprises! = plusieurs fois | a maintes reprises! = plusieurs fois
de nombreuses fois! = plusieurs fois | a de multiples reprises! = plusieurs fois | a repetition = plusieurs fois
de facon repetee! = plusieurs fois | de maniere repetee! = plusieurs fois | de facon recurrente! = plusieurs fois
de maniere recurrente! = plusieurs fois | encore et encore! = plusieurs fois | repeatedly = several times
again and again! = several times | over and over! = several times | time and again! = several times
over and over again! = several times | on several occasions = several times | on multiple occasions = several times
multiple occasions = several times | n arrete pas de = plusieurs fois | n arretent pas de = plusieurs fois
n arrete pas d = plusieurs fois | n arretent pas d = plusieurs fois | ne cesse de = plusieurs fois
ne cessent de = plusieurs fois | ne cesse d = plusieurs fois | ne cessent d = plusieurs fois
n ont pas arrete de = plusieurs fois | n a pas arrete de = plusieurs fois | n ont cesse de = plusieurs fois
n ont pas arrete d = plusieurs fois | recidivistes = en echec plusieurs fois | recidiviste = en echec plusieurs fois
repeat offenders = failed several times | ont recidive = ont echoue plusieurs fois
a recidive = a echoue plusieurs fois | minimum! # fois = au moins # fois | # fois minimum! = au moins # fois
# fois au minimum! = au moins # fois | mini! # fois = au moins # fois | # fois mini! = au moins # fois
# fois au moins! = au moins # fois | maximum! # fois = au plus # fois | # fois maximum! = au plus # fois
# fois au maximum! = au plus # fois | maxi! # fois = au plus # fois | # fois maxi! = au plus # fois
# fois max! = au plus # fois | # fois au plus! = au plus # fois | a minimum! of # = at least #
minimum! of # = at least # | a maximum! of # = at most # | maximum! of # = at most #
minimum! # times = at least # times | # times minimum! = at least # times | # times or more! = at least # times
# times at least! = at least # times | # times at most! = at most # times | # times maximum! = at most # times
compris! entre = d entre | comprise! entre = d entre | comprises! entre = d entre | est vide! = vide
sont vides! = vide | est vides! = vide | n est pas renseigne! = vide | n est pas renseignee! = vide
is empty! = empty | is blank! = empty | is missing! = missing | is not set! = missing | isn t set! = missing
partout sauf = sauf | partout hors = hors | partout ailleurs qu = ailleurs qu | everywhere except = except
everywhere but = except | everywhere outside = outside | everywhere else than = except | anywhere but = except
par ordre croissant = croissant | par ordre decroissant = decroissant | in ascending order = ascending
in descending order = descending | classe les par = trie les par | classes par = tries par
autrement que par = sauf par | other than by = except by | plante en boucle = plante plusieurs fois
plantent en boucle = plantent plusieurs fois | echoue en boucle = echoue plusieurs fois
echouent en boucle = echouent plusieurs fois | tombe en boucle = tombe plusieurs fois
tombent en boucle = tombent plusieurs fois | the rest! $ = the others | ^ tri! par = trie par | ^ trier par = trie par
^ triez par = trie par | ^ classer par = trie par | ^ classez par = trie par | ^ classe! par = trie par
heure! a laquelle = quelle heure | l heure! a laquelle = a quelle heure | heures! auxquelles = quelle heure
l heure! ou = a quelle heure | a l heure! ou = a quelle heure | l heure! de la journee ou = a quelle heure
heure! de la journee = heure | heures! de la journee = heures | the hour! when = at which hour
the hour! of the day when = at which hour | hour! at which = which hour | le jour! ou il y a eu = quel jour il y a eu
le jour! ou il y a = quel jour il y a | le jour! ou on a = quel jour on a | heure! par heure = par heure
heures! par heures = par heure | hour! by hour = by hour | ceux qui sont! = ceux | celles qui sont! = celles
those that are = those | the ones that are = the ones | those which are = those | ^ et au maximum! $ = et le max
^ au maximum! $ = le max | ^ et au minimum! $ = et le min | ^ au minimum! $ = le min | mep = mises en production
meps = mises en production | ayant demande! = avec | ont demande! = ont eu | ayant necessite = avec
ont necessite = ont eu | plus lentement = plus lent | ralentit il = est il plus lent
ralentit elle = est elle plus lente | plus ou moins! qu = par rapport a | plus ou moins! que = par rapport a
more or less! than = compared to | ^ plus! qu = par rapport a | ^ moins! qu = par rapport a
^ is that more! than = compared to | ^ is it more! than = compared to | ^ was that more! than = compared to
^ is that less! than = compared to | ^ is it less! than = compared to | ^ is that fewer! than = compared to
^ c est plus! qu = par rapport a | ^ c est plus! que = par rapport a | ^ c est moins! qu = par rapport a
^ c est moins! que = par rapport a | ^ est ce plus! qu = par rapport a | ^ est ce plus! que = par rapport a
^ est ce moins! qu = par rapport a | ^ est ce moins! que = par rapport a | le pire! en nombre de = avec le plus de
la pire! en nombre de = avec la plus de | worst! in number of = with the most | ayant cumule! plus de = avec plus de
ont cumule! plus de = ont eu plus de | a cumule! plus de = a eu plus de | piled! up more than = had more than
racked! up more than = had more than | ne sont plus! = ne sont pas | n est plus! = n est pas
journal! entries = entries | journal! entry = entry | jeux! de donnees = datasets | jeu! de donnees = dataset
which one! had = which had | which one! has = which has | en euros! = en eur | in euros! = in eur
en dollars! = en usd | in dollars! = in usd | operating! system = os | operating! systems = os
systeme d exploitation! = os | systemes d exploitation! = os | a # bit! = # | # bit! = # | # bits! = #
^ rien! de = aucun | ^ rien! en = aucun | ^ rien! n a = aucun | ^ rien! qui a = aucun | ^ rien! qui soit = aucun
^ nothing! failed = no failed | ^ nothing! broken = no failed | ^ nothing! crashed = no failed | ^ nothing! ko = no ko
la plus chargee! = avec le plus d executions | le plus charge! = avec le plus d executions
les plus charges! = avec le plus d executions | les plus chargees! = avec le plus d executions
version actuelle! de = derniere version de | version actuelle! du = derniere version du
current version! of = last version of | version courante! de = derniere version de | et deja! = et aussi
and already! = and also | files the most! = has the most | file the most! = have the most
opens the most! = has the most | raises the most! = has the most | submits the most! = has the most
logs the most! = has the most | total minutes! spent by = total duration of
total hours! spent by = total duration of | etat actuel! = dernier etat | statut actuel! = dernier statut
l etat actuel! = le dernier etat | le statut actuel! = le dernier statut | current! state = last state
current! status = last status | ^ ou! en est = dernier statut de | ^ ou! en sont = derniers statuts de
quel est l etat de! = quel est le dernier etat de | quel est l etat du! = quel est le dernier etat du
quel est le statut de! = quel est le dernier statut de | quel est le statut du! = quel est le dernier statut du
^ statut de! = dernier statut de | ^ statut du! = dernier statut du
what is the status of! = what is the last state of | what is the state of! = what is the last state of
what s the status of! = what is the last state of | ^ status of! = last state of
dans quel etat est! = quel est le dernier etat de | # msg! = # messages | # msgs! = # messages | zero! rows = 0 rows
zero! lines = 0 lines | zero! ligne = 0 ligne | zero! lignes = 0 lignes | ete renvoyes! plus de = ete relances plus de
ete renvoye! plus de = ete relance plus de | ete renvoyees! plus de = ete relancees plus de
ete renvoyee! plus de = ete relancee plus de | ete renvoyes! au moins = ete relances au moins
ete renvoyees! au moins = ete relancees au moins | ete renvoyes! # fois = ete relances # fois
non nul! = different de 0 | non nulle! = different de 0 | non nuls! = different de 0 | non nulles! = different de 0
non zero! = different of 0 | nonzero = different of 0 | non egal! a = different de | non egale! a = different de
heure de pointe! des = quelle heure avec le plus de | heures de pointe! des = quelles heures avec le plus de
heure de pointe! pour les = quelle heure avec le plus de | peak! hour for = which hour with the most
on how many occasions! = how many times | how many occasions! = how many times | a row! = sequence
^ qui sont! les = quels | ^ qui sont! nos = quels | ^ qui est! le = quel | ^ qui est! la = quelle
^ who are! the = which | ^ who is! the = which | ^ who s the! = which | ^ who were! the = which
^ who was! the = which | ^ c est quel! = quel | ^ c est quelle! = quelle | mets face a face! = compare
mets cote a cote! = compare | mets en regard! = compare | ^ et le pire! $ = et le max
^ and the worst! $ = and the max | so far! = to date | jusqu a combien! est monte = maximum de
jusqu a combien! monte = maximum de | a combien! est monte = maximum de | pile! up = have | piled! up = had
aussi bien! de = a la fois de | aussi bien! sur = a la fois sur | aussi bien! en = a la fois en
aussi bien! a = a la fois a | nuit allant! du = nuit du | la centaine! d = 100 | la centaine! de = 100
au max le plus haut! = au maximum | cumule! le plus grand nombre = a le plus grand nombre
cumulent! le plus grand nombre = ont le plus grand nombre | pire! temps = temps max | pire! duree = duree max
pire! delai = delai max | worst! time = max time | worst! response time = max response time
worst! duration = max duration | qte! $ = combien | nb! $ = combien | rather! for each = by | rather! by = by
et combien! cote = vs cote | et combien! sur = vs sur | et combien! en = vs en | et combien! pour = vs pour
et combien! chez = vs chez | et combien! a = vs a | et combien! au = vs au | and how many! on = vs on
and how many! in = vs in | and how many! at = vs at | and how many! for = vs for | and how many! from = vs from
and how many! with = vs with | combien de to = combien de tb | nombre de to = nombre de tb | se sont soldes! par = en
se sont soldees! par = en | s est solde! par = en | s est soldee! par = en | un ou plusieurs! = au moins 1
une ou plusieurs! = au moins 1 | un ou plus = au moins 1 | une ou plus = au moins 1 | ou davantage! = ou plus
un minimum! de # = au moins # | minimum! de # = au moins # | un maximum! de # = au plus # | maximum! de # = au plus #
minimum! # = au moins # | maximum! # = au plus # | mini! # = au moins # | pas connu! = pas eu
pas enregistre! = pas eu | pas subi! = pas eu | pas connu! un seul = pas un seul | pas eu un seul! = pas un seul
pas eu une seule! = pas une seule | pas enregistre! un seul = pas un seul | pas subi! un seul = pas un seul
il manque! = sans | a qui il manque! = sans | ou il manque! = sans | auxquels il manque! = sans
auxquelles il manque! = sans | a laquelle il manque! = sans | auquel il manque! = sans
not seen! since = not run since | pas vus! depuis = pas tourne depuis | pas vu! depuis = pas tourne depuis
plus vus! depuis = pas tourne depuis | plus vu! depuis = pas tourne depuis | a t il ralenti! = est il plus lent
a t elle ralenti! = est elle plus lente | a ralenti! = est plus lent | ont ils ralenti! = sont ils plus lents
ont elles ralenti! = sont elles plus lentes | ont ralenti! = sont plus lents | a t il accelere! = est il plus rapide
a t elle accelere! = est elle plus rapide | a accelere! = est plus rapide | ont ils accelere! = sont ils plus rapides
ont elles accelere! = sont elles plus rapides | slowed! down = is slower | slow! down = is slower
sped! up = is faster | speed! up = is faster | ^ on a eu! des = y a t il eu des | ^ on a eu! un = y a t il eu un
^ on a eu! une = y a t il eu une | ^ on a! des = y a t il des | pour quelle raison! = pourquoi
for what reason! = why | what makes! = why | erreurs les plus courantes! = erreurs les plus frequentes
au bout! de # = depuis plus de # | erreurs les plus repandues! = erreurs les plus frequentes | stopped by a! = with a
stopped by an! = with an | halted by a! = with a | arretes par! une = avec une | arrete par! une = avec une
arretees par! une = avec une | arretee par! une = avec une | arretes par! un = avec un
interrompus par! une = avec une | interrompu par! une = avec une | ayant laisse! = avec | ayant genere! = avec
ayant produit! des = avec des | laissant! des = avec des | totalisent! plus de = ont au total plus de
totalisant! plus de = avec au total plus de | cumulent! plus de = ont au total plus de
cumulant! plus de = avec au total plus de | totalise! plus de = a au total plus de
totalisent! au moins = ont au total au moins | totalisant! au moins = avec au total au moins
cumulent! au moins = ont au total au moins | cumulant! au moins = avec au total au moins
totalisent! moins de = ont au total moins de | cumulent! moins de = ont au total moins de
le plus gros! total de = le plus de | le plus grand! total de = le plus de | le plus gros! cumul de = le plus de
the largest! total of = the most | the highest! total of = the most | the biggest! total of = the most
s est pris! un = a eu un | s est pris! une = a eu une | s est pris! des = a eu des | s est mange! un = a eu un
s est mange! une = a eu une | s est mange! des = a eu des | trainent! depuis = toujours ouverts depuis
traine! depuis = toujours ouvert depuis | ^ heure! ou = a quelle heure | ^ jour! ou = quel jour
^ mois! ou = quel mois | ^ semaine! ou = quelle semaine | ^ hour! with = which hour has | ^ day! with = which day has
plus generateur! d = qui genere le plus d | plus generateur! de = qui genere le plus de
plus longue! duree d = duree max d | plus longue! duree de = duree max de | plus longue! duree des = duree max des
plus longue! duree du = duree max du | longest! duration of = max duration of | plus courte! duree d = duree min d
plus courte! duree de = duree min de | plus courte! duree des = duree min des | mais aussi! en = et aussi en
mais aussi! sur = et aussi sur | mais aussi! chez = et aussi chez | mais aussi! a = et aussi a
but also! in = and also in | but also! on = and also on | absents! = qui n ont pas tourne
absentes! = qui n ont pas tourne | hebdomadaires! = par semaine | quotidiens! = par jour | quotidiennes! = par jour
mensuels! = par mois | mensuelles! = par mois | n ont pas eu! de reponse = sans reponse
n a pas eu! de reponse = sans reponse | pas obtenu! de reponse = sans reponse | au plus grand nombre! de = le plus de
au plus grand nombre! d = le plus d | idle! since = not run since | inactifs! depuis = qui n ont pas tourne depuis
inactives! depuis = qui n ont pas tourne depuis | inactif! depuis = qui n a pas tourne depuis
sortis en! anomalie = en anomalie | sorti en! anomalie = en anomalie | sortis en! echec = en echec
sorti en! echec = en echec | sortent! en = tombent en | a la main par! un = par un
detient! le record de = a le plus de | detient! le record d = a le plus d | detiennent! le record de = ont le plus de
quelle tranche! horaire = quelle heure | quelles tranches! horaires = quelles heures
quel creneau! horaire = quelle heure | tranche! horaire = heure | tranches! horaires = heures
a dure! combien = combien de temps | ont dure! combien = combien de temps | durait! combien = combien de temps
duraient! combien = combien de temps | dure! combien = combien de temps | durent! combien = combien de temps
combien pesent! en tout = taille totale de | combien pesent! = taille totale de | combien pese! = taille totale de
comme! sur = et aussi sur | comme! chez = et aussi chez | a l arret depuis! = qui n ont pas tourne depuis
n a t on pas! = n ont pas ete | n a t on jamais! = n ont jamais ete | n a t on plus! = n ont pas ete
n avons nous pas! = n ont pas ete | n avons nous jamais! = n ont jamais ete | avec qui! = avec quel partenaire
clean record! = no failure | nobody! approved = without approver | no one! approved = without approver
nobody! validated = without validator | hebdo! = par semaine | quotidien! $ = par jour | mensuel! $ = par mois
on a eu! de l = y a t il eu de l | on a eu! du = y a t il eu du | abende! combien de fois = eu combien d abends
a abende! = a eu des abends | ont abende! = ont eu des abends | plus gourmandes! en = qui consomment le plus de
plus gourmands! en = qui consomment le plus de | plus gourmande! en = qui consomment le plus de
plus gourmand! en = qui consomment le plus de | plus gourmandes! de = qui consomment le plus de
plus voraces! en = qui consomment le plus de | plus consommatrices! de = qui consomment le plus de
plus consommateurs! de = qui consomment le plus de | plus consommatrices! en = qui consomment le plus de
plus consommateurs! en = qui consomment le plus de | ouverture! de session = logon | ouvertures! de session = logons
laquelle des deux! = quelle | lequel des deux! = quel | which of the two! = which | rame! plus = est plus lent
rament! plus = sont plus lents | rame t il! plus = est il plus lent | add! up to = total | adds! up to = total
per calendar! month = per month | par mois calendaire! = par mois | failures in a row! = consecutive failures
echecs d affilee! = echecs consecutifs | echecs de suite! = echecs consecutifs
the highest! total number of = the most | the largest! total number of = the most | highest! total number of = most
les gens! qui = qui | counting! at least = with at least | counting! more than = with more than
autrement! qu en = sauf en | stuck! waiting = waiting | ^ heure! de la journee ou = a quelle heure
^ heures! de la journee ou = a quelle heure
"""
