/** Tableau de bord « Flux de nuit » : une pastille par flux, d'après son dernier run. */

export type Statut = "OK" | "KO" | "RUNNING" | "SKIPPED";

export interface Run {
  flow: string;
  status: Statut;
  started_at: string; // ISO 8601, UTC
  error?: { code: string; message: string | null; retry: number };
}

export type Couleur = "vert" | "rouge" | "orange" | "gris";

/** Le dernier run de chaque flux. */
export function derniersRuns(runs: readonly Run[]): Map<string, Run> {
  const derniers = new Map<string, Run>();
  for (const run of runs) {
    const connu = derniers.get(run.flow);
    if (!connu || connu.started_at < run.started_at) derniers.set(run.flow, run);
  }
  return derniers;
}

/** Orange: it runs for more than three hours, which no flow does; somebody must look. */
export function couleur(run: Run, maintenant: Date): Couleur {
  switch (run.status) {
    case "OK":
      return "vert";
    case "KO":
      return "rouge";
    case "SKIPPED":
      return "gris";
    case "RUNNING": {
      const heures = (maintenant.getTime() - Date.parse(run.started_at)) / 3_600_000;
      return heures > 3 ? "orange" : "gris";
    }
  }
}
