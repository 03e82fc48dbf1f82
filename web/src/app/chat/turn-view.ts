import { Component, computed, inject, input, output, signal } from '@angular/core';

import { AnswerTable } from '../evidence/answer-table';
import { presented } from '../evidence/cells';
import { CitePreview } from '../evidence/cite-preview';
import { Explanation } from '../evidence/explanation';
import { OpenEvidence } from '../evidence/open-evidence';
import { Language } from '../shared/i18n/language';
import { MarkdownView } from '../shared/markdown/markdown-view';
import { aroundTable } from '../shared/markdown/render';
import { copyText } from '../shared/ui/clipboard';
import { Icon } from '../shared/ui/icon';
import { PlanChips } from './plan-chips';
import type { Ask, Turn } from './turn';

const COPIED_MS = 1_500;

/** A question with its answer, as far as it has come. */
@Component({
  selector: 'vg-turn',
  imports: [AnswerTable, CitePreview, Explanation, Icon, MarkdownView, PlanChips],
  templateUrl: './turn-view.html',
  styleUrl: './turn-view.css',
})
export class TurnView {
  readonly turn = input.required<Turn>();
  readonly retry = output<void>();
  readonly edit = output<void>();
  readonly choose = output<Ask>();
  readonly rephrase = output<string>();

  protected readonly language = inject(Language);
  private readonly evidence = inject(OpenEvidence);
  protected readonly copied = signal(false);

  protected readonly complete = computed(() => this.turn().state !== 'running');
  protected readonly exact = computed(() => this.turn().evidence?.exact ?? null);
  protected readonly citations = computed(() => this.turn().evidence?.citations ?? []);
  protected readonly cited = computed<ReadonlyMap<number, string>>(
    () => new Map(this.citations().map(({ n, title }) => [n, title])),
  );
  protected readonly parts = computed(() =>
    this.exact() ? aroundTable(this.turn().text) : { lead: this.turn().text, explanation: '' },
  );
  /** One number or a yes needs no table. */
  protected readonly table = computed(() => {
    const exact = this.exact();
    if (exact === null || exact.rows.length === 0) return null;
    return ['value', 'yes_no'].includes(presented(exact).form ?? '') ? null : exact;
  });

  protected readonly pointedAt = signal<{ n: number; at: Element } | null>(null);
  protected readonly preview = computed(() => {
    const pointed = this.pointedAt();
    const citation = this.citations().find(({ n }) => n === pointed?.n);
    return pointed && citation ? { citation, anchor: pointed.at } : null;
  });

  protected cite(n: number): void {
    const { answer } = this.turn();
    const answerId = answer?.answer_id ?? null;
    this.pointedAt.set(null);
    this.evidence.show({ kind: 'citation', answerId, citations: this.citations(), contexts: answer?.contexts ?? [], n });
  }

  protected openRecords(row: number | null): void {
    const { answer } = this.turn();
    if (answer === null) return;
    const title = row === null ? '' : String(answer.exact?.rows[row]?.[0] ?? '');
    this.evidence.show({ kind: 'records', answerId: answer.answer_id, row, title });
  }

  protected async copy(): Promise<void> {
    await copyText(this.turn().text);
    this.copied.set(true);
    setTimeout(() => this.copied.set(false), COPIED_MS);
  }
}
