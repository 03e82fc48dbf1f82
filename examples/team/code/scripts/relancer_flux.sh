#!/usr/bin/env bash
# Relance un flux tombé. Le motif est obligatoire : il est relu au point du matin.
#
#   relancer_flux.sh --flux NOM --env PROD|UAT|DEV --motif TEXTE
#                    [--date AAAA-MM-JJ] [--depuis-etape controle|extraction|chargement|depot] [--simuler] [--forcer]
#
# Codes de retour : 0 flux OK, 1 flux KO, 2 demande inutilisable, 3 verrou déjà posé (le flux tourne).
set -euo pipefail

FLUX="" ENVIRONNEMENT="" MOTIF="" DATE_TRAITEMENT="$(date +%F)" ETAPE="controle" SIMULER=0 FORCER=0
VERROUS="${VERROUS:-/var/lock/vanish}"

refuser() { echo "relancer_flux.sh : $1" >&2; exit 2; }

while [ $# -gt 0 ]; do
    case "$1" in
        --flux)          FLUX="${2:?}"; shift 2 ;;
        --env)           ENVIRONNEMENT="${2:?}"; shift 2 ;;
        --motif)         MOTIF="${2:?}"; shift 2 ;;
        --date)          DATE_TRAITEMENT="${2:?}"; shift 2 ;;
        --depuis-etape)  ETAPE="${2:?}"; shift 2 ;;
        --simuler)       SIMULER=1; shift ;;
        --forcer)        FORCER=1; shift ;;
        *)               refuser "option inconnue : $1" ;;
    esac
done

[ -n "$FLUX" ] || refuser "--flux est obligatoire"
[ -n "$MOTIF" ] || refuser "--motif est obligatoire"
case "$ENVIRONNEMENT" in PROD | UAT | DEV) ;; *) refuser "--env attend PROD, UAT ou DEV" ;; esac

# --forcer enlève le verrou d'un run mort : jamais sans avoir vérifié qu'aucun processus ne tourne
VERROU="$VERROUS/$FLUX.$ENVIRONNEMENT"
if [ -e "$VERROU" ] && [ "$FORCER" -eq 0 ]; then
    echo "relancer_flux.sh : $FLUX tourne déjà (verrou $VERROU)" >&2
    exit 3
fi

if [ "$SIMULER" -eq 1 ]; then
    echo "SIMULATION : $FLUX $ENVIRONNEMENT du $DATE_TRAITEMENT depuis l'étape $ETAPE, motif « $MOTIF »"
    exit 0
fi

mkdir -p "$VERROUS"
echo "$$ $MOTIF" > "$VERROU"
trap 'rm -f "$VERROU"' EXIT
logger -t vanish "relance $FLUX $ENVIRONNEMENT $DATE_TRAITEMENT depuis $ETAPE : $MOTIF"
DATE_TRAITEMENT="$DATE_TRAITEMENT" python3 -m vanish.runner "$FLUX" --env "$ENVIRONNEMENT" --depuis-etape "$ETAPE"
