#!/usr/bin/env bash
# Dit quand expire le certificat d'un hôte. Retour 1 s'il expire sous --jours jours (15 par défaut).
#
#   check_cert.sh --hote api-passerelle.meridiane.example [--port 443] [--jours 15]
set -euo pipefail

HOTE="" PORT=443 JOURS=15
while [ $# -gt 0 ]; do
    case "$1" in
        --hote)   HOTE="${2:?}"; shift 2 ;;
        --port)   PORT="${2:?}"; shift 2 ;;
        --jours)  JOURS="${2:?}"; shift 2 ;;
        *)        echo "check_cert.sh : option inconnue : $1" >&2; exit 2 ;;
    esac
done
[ -n "$HOTE" ] || { echo "check_cert.sh : --hote est obligatoire" >&2; exit 2; }

CERTIFICAT="$(openssl s_client -connect "$HOTE:$PORT" -servername "$HOTE" </dev/null 2>/dev/null)"
openssl x509 -noout -subject -enddate <<<"$CERTIFICAT"
openssl x509 -noout -checkend "$((JOURS * 86400))" <<<"$CERTIFICAT"
