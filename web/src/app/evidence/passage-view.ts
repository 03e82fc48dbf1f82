import { Component, ElementRef, afterRenderEffect, computed, inject, input, viewChild } from '@angular/core';

import { LinkPolicy } from '../shared/markdown/link-policy';
import { markQuote } from '../shared/markdown/decorate';
import { rendered } from '../shared/markdown/render';

/** A passage of a wiki page with the cited words marked. */
@Component({
  selector: 'vg-passage-view',
  template: `<div #text class="markdown passage"></div>`,
})
export class PassageView {
  readonly text = input.required<string>();
  readonly quote = input('');

  private readonly links = inject(LinkPolicy);
  private readonly place = viewChild.required<ElementRef<HTMLElement>>('text');
  private readonly content = computed(() => ({ text: this.text(), quote: this.quote(), origins: this.links.origins() }));

  constructor() {
    afterRenderEffect(() => {
      const { text, quote, origins } = this.content();
      const host = this.place().nativeElement;
      host.replaceChildren(rendered(text, origins));
      markQuote(host, quote)?.scrollIntoView({ block: 'nearest' });
    });
  }
}
