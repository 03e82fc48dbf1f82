#!/usr/bin/env bash
# Libère de la place sous /data/vf (DISK-FULL). Sans --executer, ne fait que lister.
#
#   purge_disk.sh --repertoire /data/vf/archive --jours 7 [--executer]
set -euo pipefail

REPERTOIRE="" JOURS=7 EXECUTER=0
while [ $# -gt 0 ]; do
    case "$1" in
        --repertoire)  REPERTOIRE="${2:?}"; shift 2 ;;
        --jours)       JOURS="${2:?}"; shift 2 ;;
        --executer)    EXECUTER=1; shift ;;
        *)             echo "purge_disk.sh : option inconnue : $1" >&2; exit 2 ;;
    esac
done

case "$REPERTOIRE" in
    /data/vf/*/tmp | /data/vf/archive | /data/vf/sauvegarde) ;;
    *) echo "purge_disk.sh : $REPERTOIRE n'est pas purgeable" >&2; exit 2 ;;
esac
[ "$JOURS" -ge 2 ] || { echo "purge_disk.sh : deux jours au moins sont gardés" >&2; exit 2; }

find "$REPERTOIRE" -type f -mtime "+$JOURS" -print
if [ "$EXECUTER" -eq 1 ]; then
    find "$REPERTOIRE" -type f -mtime "+$JOURS" -delete
    df -h "$REPERTOIRE"
fi
