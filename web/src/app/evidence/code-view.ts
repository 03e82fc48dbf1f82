import { Component, ElementRef, afterRenderEffect, inject, input } from '@angular/core';

import { coloured } from '../shared/markdown/coloured';

/** Lines of a file under their own numbers, those that are cited marked. Coloured once the colours are loaded. */
@Component({
  selector: 'vg-code-view',
  template: '',
  host: { class: 'code-view', tabindex: '0', role: 'group', '[attr.aria-label]': 'label()' },
})
export class CodeView {
  readonly text = input.required<string>();
  readonly language = input('');
  readonly label = input('');
  /** The number of the first line. */
  readonly first = input(1);
  readonly marked = input<{ from: number; to: number } | null>(null);

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    afterRenderEffect(() => {
      const [text, language, first, marked] = [this.text(), this.language(), this.first(), this.marked()];
      this.host.replaceChildren(...numbered(plainLines(text), first, marked));
      this.host.querySelector('.marked')?.scrollIntoView({ block: 'center' });
      if (language) void this.colour(text, language, first, marked);
    });
  }

  private async colour(text: string, language: string, first: number, marked: { from: number; to: number } | null): Promise<void> {
    const fragment = await coloured(text, language);
    if (fragment === null || text !== this.text()) return;
    const top = this.host.scrollTop;
    this.host.replaceChildren(...numbered(splitLines(fragment), first, marked));
    this.host.scrollTop = top;
  }
}

function plainLines(text: string): DocumentFragment[] {
  return text.split('\n').map((line) => {
    const fragment = document.createDocumentFragment();
    fragment.append(line);
    return fragment;
  });
}

/** Cuts coloured code at its line ends; what spans several lines is repeated in each. */
export function splitLines(code: DocumentFragment): DocumentFragment[] {
  const lines = [document.createDocumentFragment()];
  const open: Element[] = [];
  let at: Node = lines[0] as Node;
  const newLine = () => {
    const line = document.createDocumentFragment();
    at = line;
    for (const element of open) at = at.appendChild(element.cloneNode(false));
    lines.push(line);
  };
  const walk = (node: Node): void => {
    if (node.nodeType === Node.TEXT_NODE) {
      (node.textContent ?? '').split('\n').forEach((part, i) => {
        if (i > 0) newLine();
        if (part) at.appendChild(document.createTextNode(part));
      });
      return;
    }
    const element = node as Element;
    open.push(element);
    at = at.appendChild(element.cloneNode(false));
    element.childNodes.forEach(walk);
    open.pop();
    at = at.parentNode as Node;
  };
  code.childNodes.forEach(walk);
  return lines;
}

function numbered(lines: DocumentFragment[], first: number, marked: { from: number; to: number } | null): HTMLElement[] {
  return lines.map((line, i) => {
    const number = first + i;
    const row = document.createElement('div');
    row.className = marked && number >= marked.from && number <= marked.to ? 'line marked' : 'line';
    const label = document.createElement('span');
    label.className = 'number';
    label.dataset['n'] = String(number);
    const code = document.createElement('code');
    code.append(line);
    row.append(label, code);
    return row;
  });
}
