import { Component, computed, effect, inject, resource, signal, untracked } from '@angular/core';

import { Api } from '../shared/api/api';
import { Transport } from '../shared/api/transport';
import type { IngestBody, Kind, SourceDetail } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { Toasts } from '../shared/ui/toast';
import { Jobs } from './job-store';
import { ProgressBar } from './progress-bar';
import { SourceCard } from './source-card';

const KINDS: readonly Kind[] = ['confluence', 'records', 'code'];

function names(text: string): string[] {
  return text.split(',').map((name) => name.trim()).filter(Boolean);
}

/** `/sources`: what is indexed, syncing it, and the health of the indexes. */
@Component({
  selector: 'vg-sources-page',
  imports: [Icon, ProgressBar, SourceCard],
  templateUrl: './sources-page.html',
  styleUrl: './sources-page.css',
})
export class SourcesPage {
  protected readonly language = inject(Language);
  protected readonly jobs = inject(Jobs);
  private readonly api = inject(Api);
  private readonly transport = inject(Transport);
  private readonly toasts = inject(Toasts);

  protected readonly status = resource({
    params: () => this.transport.revived(),
    loader: ({ abortSignal }) => this.api.status(abortSignal),
  });
  protected readonly include = signal('');
  protected readonly exclude = signal('');
  protected readonly sample = signal('');
  protected readonly repairing = signal(false);

  protected readonly kinds = computed(() => {
    const texts = this.language.texts().sources;
    const titles: Record<Kind, string> = { confluence: texts.wiki, records: texts.records, code: texts.code };
    const sources = this.status.hasValue() ? this.status.value().sources : [];
    return KINDS.map((kind) => ({
      kind,
      title: titles[kind],
      sources: sources.filter(({ source }) => source.source === kind),
      job: this.jobs.of(kind),
      refused: this.jobs.refused()[kind],
    }));
  });

  constructor() {
    effect(() => {
      if (this.jobs.ended() > 0) untracked(() => this.status.reload());
    });
  }

  protected sync(kind: Kind): void {
    void this.jobs.start(kind, kind === 'records' ? this.limits() : {});
  }

  protected syncOne({ source }: SourceDetail): void {
    void this.jobs.start(source.source, { include: [source.name] });
  }

  protected async repair(): Promise<void> {
    this.repairing.set(true);
    await this.toasts.attempt(this.api.repair());
    this.repairing.set(false);
    this.status.reload();
  }

  protected syncAll(): void {
    KINDS.forEach((kind) => void this.jobs.start(kind));
  }

  private limits(): Partial<IngestBody> {
    const limits: Partial<IngestBody> = {};
    const [include, exclude, sample] = [names(this.include()), names(this.exclude()), Number(this.sample())];
    if (include.length > 0) limits.include = include;
    if (exclude.length > 0) limits.exclude = exclude;
    if (Number.isInteger(sample) && sample > 0) limits.sample_limit = sample;
    return limits;
  }
}
