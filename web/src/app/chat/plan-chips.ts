import { Component, computed, inject, input, output } from '@angular/core';

import type { Exact, PlanEvent, Window } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon, type IconName } from '../shared/ui/icon';

export interface Chip {
  text: string;
  icon: IconName | null;
  /** The words of the question it comes from, to be replaced; null when it says what is done, not what was asked. */
  words: string | null;
}

const ROUTE_ICON: Record<PlanEvent['route'], IconName> = { exact: 'table', passages: 'wiki', clarify: 'edit', none: 'search' };

/** How a question was understood, part by part; a part opens the question for a change of it. */
@Component({
  selector: 'vg-plan-chips',
  imports: [Icon],
  templateUrl: './plan-chips.html',
  styleUrl: './plan-chips.css',
})
export class PlanChips {
  readonly plan = input.required<PlanEvent | null>();
  readonly exact = input.required<Exact | null>();
  readonly edit = output<string>();

  protected readonly language = inject(Language);

  protected readonly chips = computed<Chip[]>(() => {
    const [plan, exact] = [this.plan(), this.exact()];
    const texts = this.language.texts().chat;
    const chips: Chip[] = [];
    if (plan) chips.push({ text: texts.plan[plan.route], icon: ROUTE_ICON[plan.route], words: null });
    if (plan?.follow_up) chips.push({ text: `${texts.plan.followUp} : ${plan.query}`, icon: null, words: '' });
    for (const kind of plan?.scope.kinds ?? []) chips.push({ text: texts.kinds[kind], icon: null, words: null });
    if (exact) return [...chips, ...this.computed(exact)];
    if (plan?.scope.collection) chips.push({ text: plan.scope.collection, icon: null, words: plan.scope.collection });
    return chips;
  });

  private computed(exact: Exact): Chip[] {
    const windows = exact.windows.length > 0 ? exact.windows : exact.window ? [exact.window] : [];
    const ops = this.language.texts().evidence.ops;
    return [
      { text: exact.collection, icon: null, words: '' },
      ...exact.conditions.map(({ path, op, value, because }) => {
        const values = (Array.isArray(value) ? value : [value]).filter((v) => v !== null && v !== undefined).map(String).join(', ');
        return { text: `${path} ${op === 'in' ? '' : (ops[op] ?? op)} ${values}`.replace(/\s+/g, ' ').trim(), icon: null, words: because };
      }),
      ...windows.map((window) => ({ text: this.windowText(window), icon: null, words: window.phrase })),
    ];
  }

  private windowText({ phrase, start, end, timezone }: Window): string {
    const form: Intl.DateTimeFormatOptions = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', timeZone: timezone };
    const at = (iso: string | null) => (iso ? this.language.date(new Date(iso), form) : '…');
    return `${phrase} ${at(start)} → ${at(end)}`.trim();
  }
}
