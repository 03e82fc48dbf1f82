-- Vue lue par le job RAPPORT_NUIT (06:05) : la nuit va de 20:00 à 06:00, heure de Paris.

CREATE OR REPLACE VIEW V_RAPPORT_NUIT AS
SELECT r.FLUX,
       f.ENTITE,
       COUNT(*)                                          AS NB_RUNS,
       SUM(CASE WHEN r.STATUT = 'KO' THEN 1 ELSE 0 END)  AS NB_KO,
       MAX(r.CODE_ERREUR)                                AS DERNIER_CODE,
       MAX(r.FIN)                                        AS DERNIERE_FIN
  FROM VF_RUNS r
  JOIN VF_FLUX f ON f.NOM = r.FLUX
 WHERE r.ENV = 'PROD'
   AND r.DEBUT >= CAST(FROM_TZ(CAST(TRUNC(SYSDATE) - 4/24 AS TIMESTAMP), 'Europe/Paris') AT TIME ZONE 'UTC' AS TIMESTAMP)
   AND r.DEBUT <  CAST(FROM_TZ(CAST(TRUNC(SYSDATE) + 6/24 AS TIMESTAMP), 'Europe/Paris') AT TIME ZONE 'UTC' AS TIMESTAMP)
 GROUP BY r.FLUX, f.ENTITE;
