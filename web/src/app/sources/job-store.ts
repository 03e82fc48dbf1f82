import { Injectable, computed, effect, inject, resource, signal, untracked } from '@angular/core';

import { Api } from '../shared/api/api';
import { ApiError, Transport } from '../shared/api/transport';
import type { IngestBody, Job, Kind, Progress } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Toasts } from '../shared/ui/toast';
import { Catalogue } from './catalogue';

export function isOpen(job: Job): boolean {
  return job.state === 'queued' || job.state === 'running';
}

/** The part of a source's work that is done, 0 to 1; null while it is not known. */
export function share({ done, total, stage }: Progress): number | null {
  if (stage === 'done') return 1;
  return total ? Math.min(1, done / total) : null;
}

const LOOK_MS = 15_000; // how often jobs begun elsewhere are noticed

/** Ingests: begun here or elsewhere, each watched as long as it runs. */
@Injectable({ providedIn: 'root' })
export class Jobs {
  private readonly api = inject(Api);
  private readonly catalogue = inject(Catalogue);
  private readonly transport = inject(Transport);
  private readonly toasts = inject(Toasts);
  private readonly language = inject(Language);
  private readonly seen = signal<readonly Job[]>([]);
  private readonly watched = new Set<string>();

  private readonly reply = resource({
    params: () => this.transport.revived(),
    loader: ({ abortSignal }) => this.api.jobs(abortSignal),
  });

  readonly jobs = this.seen.asReadonly();
  readonly running = computed(() => this.seen().filter(isOpen));
  /** What the server refused, by kind of source. */
  readonly refused = signal<Partial<Record<Kind, string>>>({});
  /** Counts up at each job that ends. */
  readonly ended = signal(0);

  constructor() {
    effect(() => {
      if (!this.reply.hasValue()) return;
      const jobs = this.reply.value();
      untracked(() => {
        this.seen.set(jobs);
        jobs.filter(isOpen).forEach((job) => void this.watch(job));
      });
    });
    setInterval(() => {
      if (document.visibilityState === 'visible' && !this.transport.offline()) this.reply.reload();
    }, LOOK_MS);
  }

  /** The running job that is at this kind of source. */
  of(kind: Kind): Job | null {
    return this.running().find(({ kinds }) => kinds.includes(kind)) ?? null;
  }

  async start(kind: Kind, limits: Partial<IngestBody> = {}): Promise<void> {
    this.refused.update((all) => ({ ...all, [kind]: undefined }));
    try {
      void this.watch(await this.api.ingest(kind, limits));
    } catch (error) {
      const told = error instanceof ApiError ? this.language.trouble(error.code, error.message) : String(error);
      this.refused.update((all) => ({ ...all, [kind]: told }));
    }
  }

  async stop(job: Job): Promise<void> {
    await this.toasts.attempt(this.api.stopJob(job.id));
  }

  private async watch(job: Job): Promise<void> {
    this.put(job);
    if (this.watched.has(job.id)) return;
    this.watched.add(job.id);
    try {
      for await (const { data } of this.api.watch(job.id, new AbortController().signal)) this.put(data);
    } catch {
      this.reply.reload(); // the stream was lost: what became of the job is in the list
    } finally {
      this.watched.delete(job.id);
      this.catalogue.reload();
      this.ended.update((n) => n + 1);
    }
  }

  private put(job: Job): void {
    this.seen.update((jobs) => {
      const known = jobs.some(({ id }) => id === job.id);
      return known ? jobs.map((one) => (one.id === job.id ? job : one)) : [job, ...jobs];
    });
  }
}
