-- Purge des runs de plus de P_JOURS jours, appelée par le job PURGE_HISTORIQUE le dimanche à 06:45.
-- Par lots de 10 000 lignes : une purge d'un bloc a provoqué des ORA-00060 avec les chargements du matin.

CREATE OR REPLACE PROCEDURE PURGER_RUNS (P_JOURS IN NUMBER) AS
    V_SUPPRIMES NUMBER := 0;
BEGIN
    IF P_JOURS < 30 THEN
        RAISE_APPLICATION_ERROR(-20001, 'PURGER_RUNS : 30 jours au moins sont gardés');
    END IF;
    LOOP
        DELETE FROM VF_RUNS
         WHERE DEBUT < SYSTIMESTAMP - NUMTODSINTERVAL(P_JOURS, 'DAY')
           AND STATUT <> 'RUNNING'
           AND ROWNUM <= 10000;
        EXIT WHEN SQL%ROWCOUNT = 0;
        V_SUPPRIMES := V_SUPPRIMES + SQL%ROWCOUNT;
        COMMIT;
    END LOOP;
    DBMS_OUTPUT.PUT_LINE('PURGER_RUNS : ' || V_SUPPRIMES || ' runs supprimés');
END PURGER_RUNS;
/
