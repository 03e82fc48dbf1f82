import { Component, ElementRef, afterRenderEffect, computed, inject, viewChild } from '@angular/core';

import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { CitationView } from './citation-view';
import { OpenEvidence } from './open-evidence';
import { RecordsPanel } from './records-panel';

/** What stands beside the conversation: cited passages, or records. */
@Component({
  selector: 'vg-evidence-panel',
  imports: [CitationView, Icon, RecordsPanel],
  templateUrl: './evidence-panel.html',
  styleUrl: './evidence-panel.css',
  host: { '(keydown.escape)': 'leave($event)' },
})
export class EvidencePanel {
  protected readonly language = inject(Language);
  protected readonly evidence = inject(OpenEvidence);
  private readonly heading = viewChild<ElementRef<HTMLElement>>('heading');

  protected readonly cited = computed(() => {
    const shown = this.evidence.shown();
    if (shown?.kind !== 'citation') return null;
    const citation = shown.citations.find(({ n }) => n === shown.n);
    if (citation === undefined) return null;
    return { ...shown, citation, context: shown.contexts.find(({ metadata }) => metadata['n'] === shown.n) ?? null };
  });
  protected readonly records = computed(() => {
    const shown = this.evidence.shown();
    return shown?.kind === 'records' ? shown : null;
  });

  constructor() {
    afterRenderEffect(() => {
      if (this.evidence.isOpen()) this.heading()?.nativeElement.focus({ preventScroll: true });
    });
  }

  protected choose(n: number): void {
    const shown = this.evidence.shown();
    if (shown?.kind === 'citation') this.evidence.show({ ...shown, n });
  }

  protected leave(event: Event): void {
    event.stopPropagation();
    this.evidence.close();
  }
}
