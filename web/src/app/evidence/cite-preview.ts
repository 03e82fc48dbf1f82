import { Component, ElementRef, afterRenderEffect, computed, inject, input, output } from '@angular/core';

import type { Citation } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { plainText } from '../shared/markdown/render';

const GAP = 8; // pixels

/** What a citation number stands for, beside it while it is pointed at. */
@Component({
  selector: 'vg-cite-preview',
  template: `
    <p class="kind">{{ language.texts().chat.kinds[citation().source] }}</p>
    <p class="title">{{ citation().title }}</p>
    <p class="locator">{{ citation().locator }}</p>
    <p class="quote">{{ quote() }}</p>
  `,
  styleUrl: './cite-preview.css',
  host: { popover: 'manual', role: 'tooltip', '(document:keydown.escape)': 'dismiss.emit()' },
})
export class CitePreview {
  readonly citation = input.required<Citation>();
  readonly anchor = input.required<Element>();
  readonly dismiss = output<void>();

  protected readonly language = inject(Language);
  protected readonly quote = computed(() => (this.citation().source === 'code' ? this.citation().quote : plainText(this.citation().quote)));
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    afterRenderEffect(() => {
      this.citation();
      this.host.showPopover();
      const at = this.anchor().getBoundingClientRect();
      const { width, height } = this.host.getBoundingClientRect();
      const above = at.top > height + 2 * GAP;
      this.host.style.left = `${Math.max(GAP, Math.min(at.left, window.innerWidth - width - GAP))}px`;
      this.host.style.top = `${above ? at.top - height - GAP : at.bottom + GAP}px`;
    });
  }
}
