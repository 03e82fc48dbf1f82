-- Qui bloque qui ? À lancer sur ORA-00060 ou quand un lot n'avance plus (compte VF_LECTURE suffit).

SELECT b.SID            AS SID_BLOQUANT,
       b.USERNAME       AS COMPTE_BLOQUANT,
       w.SID            AS SID_EN_ATTENTE,
       w.SECONDS_IN_WAIT,
       o.OBJECT_NAME
  FROM V$SESSION w
  JOIN V$SESSION b       ON b.SID = w.BLOCKING_SESSION
  LEFT JOIN ALL_OBJECTS o ON o.OBJECT_ID = w.ROW_WAIT_OBJ#
 ORDER BY w.SECONDS_IN_WAIT DESC;
