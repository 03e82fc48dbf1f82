import { Component, ElementRef, computed, inject, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';

import type { Kind } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { Catalogue } from './catalogue';
import { Jobs } from './job-store';
import { ProgressBar } from './progress-bar';

const KINDS: readonly Kind[] = ['confluence', 'records', 'code'];

/** In the chat: how fresh each kind of source is, and a button to sync it. */
@Component({
  selector: 'vg-sync-menu',
  imports: [Icon, ProgressBar, RouterLink],
  templateUrl: './sync-menu.html',
  styleUrl: './sync-menu.css',
})
export class SyncMenu {
  protected readonly language = inject(Language);
  protected readonly jobs = inject(Jobs);
  private readonly catalogue = inject(Catalogue);
  private readonly popover = viewChild.required<ElementRef<HTMLElement>>('popover');

  protected readonly kinds = computed(() =>
    KINDS.map((kind) => {
      const sources = this.catalogue.sources().filter(({ source }) => source === kind);
      const dates = sources.map(({ last_sync }) => last_sync).filter((date) => date !== null).sort();
      return { kind, present: sources.length > 0, last: dates[0] ?? null, job: this.jobs.of(kind) };
    }),
  );

  protected close(): void {
    this.popover().nativeElement.hidePopover();
  }
}
