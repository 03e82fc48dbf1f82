import { Component, computed, inject, input } from '@angular/core';

import type { Exact, Window } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { MarkdownView } from '../shared/markdown/markdown-view';

/** How an exact answer was computed: conditions, windows, what was counted, and the query that ran. */
@Component({
  selector: 'vg-explanation',
  imports: [MarkdownView],
  templateUrl: './explanation.html',
  styleUrl: './explanation.css',
})
export class Explanation {
  readonly exact = input.required<Exact>();
  /** The answer's own sentences about it. */
  readonly told = input('');

  protected readonly language = inject(Language);
  protected readonly windows = computed(() => {
    const { window, windows } = this.exact();
    return windows.length > 0 ? windows : window ? [window] : [];
  });
  protected readonly presence = computed(() => Object.entries(this.exact().presence));
  protected readonly pipeline = computed(() => {
    const parts = this.exact().pipeline.map((step) => {
      const sql = step['sql'];
      return typeof sql === 'string' ? sqlBlock(sql, step['parameters']) : jsonBlock(step);
    });
    return parts.join('\n\n');
  });

  protected span({ start, end, timezone }: Window): string {
    const texts = this.language.texts().evidence;
    const at = (iso: string) => this.language.date(new Date(iso), { dateStyle: 'full', timeStyle: 'short', timeZone: timezone });
    const [from, to] = [start ? at(start) : texts.open_start, end ? at(end) : texts.open_end];
    return `${from} → ${to}`;
  }

  protected valueOf(value: unknown): string {
    return Array.isArray(value) ? value.map((part) => String(part)).join(', ') : value === null ? '' : String(value);
  }
}

/** A fence longer than any run of backticks inside. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function sqlBlock(sql: string, parameters: unknown): string {
  const broken = sql.replace(/ (FROM|WHERE|GROUP BY|ORDER BY|LIMIT|AND coalesce) ?/g, '\n$1 ');
  return fenced('sql', `${broken}\n-- ${JSON.stringify(parameters ?? [])}`);
}

function jsonBlock(step: unknown): string {
  return fenced('json', JSON.stringify(step, null, 2));
}
