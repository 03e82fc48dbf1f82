import { Component, ElementRef, effect, inject, input, output } from '@angular/core';

import { Language } from '../i18n/language';
import { copyText } from '../ui/clipboard';
import { frameCode, frameTables, keepTogether, linkCitations } from './decorate';
import { whenIdle } from '../ui/idle';
import { coloured } from './coloured';
import { LinkPolicy } from './link-policy';
import { rendered } from './render';

const NOTHING: ReadonlyMap<number, string> = new Map();
const COPIED_MS = 1_500;

/** A text in Markdown, made inert. `complete` once no more of it comes: then code is coloured. */
@Component({
  selector: 'vg-markdown',
  template: '',
  host: {
    class: 'markdown',
    '(click)': 'clicked($event)',
    '(mouseover)': 'pointed($event)',
    '(focusin)': 'pointed($event)',
    '(mouseout)': 'point.emit(null)',
    '(focusout)': 'point.emit(null)',
  },
})
export class MarkdownView {
  readonly text = input.required<string>();
  /** What is cited, by number. */
  readonly cited = input(NOTHING);
  readonly complete = input(true);
  readonly cite = output<number>();
  /** A citation number is pointed at, or none any more. */
  readonly point = output<{ n: number; at: Element } | null>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly language = inject(Language);
  private readonly links = inject(LinkPolicy);

  constructor() {
    effect(() => {
      const texts = this.language.texts();
      const fragment = rendered(this.text(), this.links.origins());
      keepTogether(fragment);
      linkCitations(fragment, this.cited(), texts.evidence.citation);
      frameCode(fragment, texts.chat.copy, texts.chat.plainText);
      frameTables(fragment);
      this.host.replaceChildren(fragment);
      if (this.complete()) this.colour();
    });
  }

  protected clicked(event: Event): void {
    const button = (event.target as Element).closest('button');
    if (button?.className === 'cite') this.cite.emit(Number(button.dataset['n']));
    if (button?.className === 'copy-code') void this.copy(button);
  }

  protected pointed(event: Event): void {
    const at = (event.target as Element).closest<HTMLElement>('button.cite');
    if (at) this.point.emit({ n: Number(at.dataset['n']), at });
  }

  private colour(): void {
    const blocks = [...this.host.querySelectorAll<HTMLElement>('pre[data-language] > code')];
    const named = blocks.filter((block) => block.parentElement?.dataset['language']);
    for (const block of named) whenIdle(() => void this.colourOne(block));
  }

  private async colourOne(block: HTMLElement): Promise<void> {
    const fragment = await coloured(block.textContent ?? '', block.parentElement?.dataset['language'] ?? '');
    if (fragment) block.replaceChildren(fragment);
  }

  private async copy(button: HTMLButtonElement): Promise<void> {
    const code = button.closest('.code-frame')?.querySelector('code')?.textContent ?? '';
    await copyText(code);
    button.textContent = this.language.texts().chat.copied;
    setTimeout(() => (button.textContent = this.language.texts().chat.copy), COPIED_MS);
  }
}
