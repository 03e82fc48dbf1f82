#!/usr/bin/env bash
# Renouvelle le jeton OAuth d'un client technique (AUTH-401), ou le vérifie sans rien changer.
#
#   renouveler_jeton.sh --client vf-passerelle --env PROD|UAT [--verifier]
set -euo pipefail

CLIENT="" ENVIRONNEMENT="" VERIFIER=0
while [ $# -gt 0 ]; do
    case "$1" in
        --client)    CLIENT="${2:?}"; shift 2 ;;
        --env)       ENVIRONNEMENT="${2:?}"; shift 2 ;;
        --verifier)  VERIFIER=1; shift ;;
        *)           echo "renouveler_jeton.sh : option inconnue : $1" >&2; exit 2 ;;
    esac
done
[ -n "$CLIENT" ] && [ -n "$ENVIRONNEMENT" ] || { echo "--client et --env sont obligatoires" >&2; exit 2; }

FICHIER="/var/lib/vanish/jetons/$CLIENT.json"
if [ "$VERIFIER" -eq 1 ]; then
    python3 -c 'import json, sys; print("expire le", json.load(open(sys.argv[1]))["expires_at"])' "$FICHIER"
    exit 0
fi

# le secret est lu dans le coffre par la commande, il ne passe ni en argument ni dans le journal
coffre lire "vanish/$ENVIRONNEMENT/$CLIENT" | python3 -c '
import sys
from vanish.auth import renouveler_jeton
jeton = renouveler_jeton(sys.argv[1], sys.stdin.read().strip())
print("jeton renouvelé, expire le", jeton.expire_le.isoformat())
' "$CLIENT"
