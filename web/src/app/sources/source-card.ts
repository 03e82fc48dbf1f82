import { Component, computed, inject, input, output } from '@angular/core';

import type { SourceDetail } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { skipReason, skippedName } from './skip-reasons';

/** One source: what is indexed of it, how its last sync ended, what it left out and why. */
@Component({
  selector: 'vg-source-card',
  imports: [Icon],
  templateUrl: './source-card.html',
  styleUrl: './source-card.css',
})
export class SourceCard {
  readonly detail = input.required<SourceDetail>();
  readonly busy = input(false);
  readonly sync = output<void>();

  protected readonly language = inject(Language);
  protected readonly source = computed(() => this.detail().source);
  protected readonly skips = computed(() => {
    const language = this.language.current();
    return this.detail().skipped.map(({ native_id, reason, transient }) => ({
      name: skippedName(native_id, language),
      reason: skipReason(reason, language),
      transient,
    }));
  });
  protected readonly counts = computed(() => {
    const { source, documents, chunks, records } = this.source();
    const texts = this.language.texts().sources;
    const number = (n: number) => this.language.number(n);
    if (source === 'records') return `${number(records)} ${texts.recordsCount} · ${number(documents)} ${texts.signatures}`;
    return `${number(documents)} ${texts.documents} · ${number(chunks)} ${texts.passages}`;
  });
}
