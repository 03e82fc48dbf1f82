import { Component, ElementRef, computed, effect, inject, input, model, output, signal, viewChild } from '@angular/core';

import type { Kind } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { Catalogue } from '../sources/catalogue';
import type { Ask, Where } from './turn';

/** Where a question is written: Enter sends, up recalls, and a choice of where to look. */
@Component({
  selector: 'vg-composer',
  imports: [Icon],
  templateUrl: './composer.html',
  styleUrl: './composer.css',
})
export class Composer {
  readonly text = model('');
  readonly running = input(false);
  readonly editing = input(false);
  /** Earlier questions, oldest first. */
  readonly history = input<readonly string[]>([]);
  readonly send = output<Ask>();
  readonly stop = output<void>();
  readonly cancelEdit = output<void>();

  protected readonly language = inject(Language);
  private readonly catalogue = inject(Catalogue);
  private readonly area = viewChild.required<ElementRef<HTMLTextAreaElement>>('area');
  private recalled = 0; // questions back from the latest

  /** '' everywhere, `kind:code`, or `collection:vanish_flows`. */
  protected readonly place = signal('');
  protected readonly kinds = this.catalogue.kinds;
  protected readonly collections = computed(() =>
    this.catalogue.sources().filter(({ source }) => source === 'records').map(({ name }) => name),
  );

  constructor() {
    effect(() => {
      const area = this.area().nativeElement;
      const text = this.text();
      if (area.value !== text) area.value = text;
      area.style.height = 'auto';
      area.style.height = `${area.scrollHeight}px`;
    });
  }

  focus(from?: number, to?: number): void {
    const area = this.area().nativeElement;
    area.focus();
    if (from !== undefined) area.setSelectionRange(from, to ?? from);
  }

  protected submit(): void {
    const question = this.text().trim();
    if (!question) return;
    this.recalled = 0;
    this.send.emit({ question, where: this.where() });
  }

  protected pressed(event: KeyboardEvent): void {
    if (event.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
      this.recall(event, event.key === 'ArrowUp' ? 1 : -1);
    } else if (event.key === 'Escape' && this.editing()) {
      event.stopPropagation();
      this.cancelEdit.emit();
    }
  }

  /** Up in an empty field, or while going through what was recalled. */
  private recall(event: KeyboardEvent, step: number): void {
    const history = this.history();
    const shown = this.recalled > 0 && this.text() === history.at(-this.recalled);
    if (this.text() !== '' && !shown) return;
    const next = (shown ? this.recalled : 0) + step;
    if (next < 0 || next > history.length) return;
    event.preventDefault();
    this.recalled = next;
    this.text.set(next === 0 ? '' : (history.at(-next) ?? ''));
  }

  private where(): Where {
    const [what, name] = this.place().split(/:(.*)/s);
    if (what === 'kind') return { sources: [name as Kind] };
    return what === 'collection' && name ? { collection_name: name } : {};
  }
}
