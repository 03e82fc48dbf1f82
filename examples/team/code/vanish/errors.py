"""Les erreurs d'un flux. Chacune porte le code que l'astreinte cherche sur le wiki."""

from __future__ import annotations


class ErreurFlux(Exception):
    """Base: a run that raises one of these is recorded KO with its code."""

    code = "INCONNU"


class JetonExpire(ErreurFlux):
    """La passerelle refuse le jeton OAuth du client technique."""

    code = "AUTH-401"


class CertificatExpire(ErreurFlux):
    """Le certificat TLS présenté par la passerelle n'est plus valable."""

    code = "CERT-EXPIRED"


class ListenerAbsent(ErreurFlux):
    """Aucun listener Oracle ne répond sur le port demandé."""

    code = "ORA-12541"


class Interblocage(ErreurFlux):
    """Deux lots attendent chacun la ligne de l'autre : Oracle annule l'un des deux."""

    code = "ORA-00060"


class TableAbsente(ErreurFlux):
    """La table ou la vue n'existe pas, ou le compte n'a pas le droit de la lire."""

    code = "ORA-00942"


class SftpDelaiDepasse(ErreurFlux):
    """Le serveur du partenaire n'a pas répondu à temps."""

    code = "SFTP-TIMEOUT"


class FichierAbsent(ErreurFlux):
    """Le fichier attendu n'est pas arrivé avant la fin de l'attente."""

    code = "SFTP-NOFILE"


class RetardKafka(ErreurFlux):
    """Le groupe de consommation a trop de messages de retard."""

    code = "KAFKA-LAG"


class SchemaInattendu(ErreurFlux):
    """Les colonnes du fichier ne sont pas celles du contrat d'interface."""

    code = "SCHEMA-MISMATCH"


class DisquePlein(ErreurFlux):
    """Plus assez de place sous /data/vf pour écrire les fichiers temporaires."""

    code = "DISK-FULL"
