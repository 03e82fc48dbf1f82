#!/usr/bin/env bash
# Un listener Oracle répond-il ? (ORA-12541). Retour 0 s'il répond, 1 sinon.
#
#   verifier_listener.sh --base db-vf-02 [--port 1521]
set -euo pipefail

BASE="" PORT=1521
while [ $# -gt 0 ]; do
    case "$1" in
        --base)  BASE="${2:?}"; shift 2 ;;
        --port)  PORT="${2:?}"; shift 2 ;;
        *)       echo "verifier_listener.sh : option inconnue : $1" >&2; exit 2 ;;
    esac
done
[ -n "$BASE" ] || { echo "verifier_listener.sh : --base est obligatoire" >&2; exit 2; }

if timeout 5 bash -c "exec 3<>/dev/tcp/$BASE.meridiane.example/$PORT" 2>/dev/null; then
    echo "$BASE:$PORT répond"
else
    echo "$BASE:$PORT ne répond pas : appeler l'astreinte DBA (poste 4310)" >&2
    exit 1
fi
