import { Component, DestroyRef, ElementRef, Injector, afterNextRender, computed, inject, input, output, resource, signal, viewChild } from '@angular/core';

import { Api } from '../shared/api/api';
import type { AlternativePart, Condition, Exact, PlanEvent, Route, Understood, Window } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon, type IconName } from '../shared/ui/icon';
import { Catalogue } from '../sources/catalogue';
import type { Ask, Where } from './turn';

interface Chip {
  text: string;
  icon: IconName | null;
  /** The words of the question it comes from, to be replaced. */
  words: string;
  /** What may stand in its place: values that the server knows, or another place to look in. */
  offers: { part: AlternativePart; n: number } | 'places' | null;
}

interface Offer {
  label: string;
  ask: Ask;
}

const ROUTE_ICON: Record<Route, IconName> = { exact: 'table', passages: 'wiki', clarify: 'edit', none: 'search' };
const GAP = 6; // pixels

/** How a question was understood, part by part; each part opens the question for a change of it. */
@Component({
  selector: 'vg-plan-chips',
  imports: [Icon],
  templateUrl: './plan-chips.html',
  styleUrl: './plan-chips.css',
})
export class PlanChips {
  readonly question = input.required<string>();
  readonly where = input.required<Where>();
  readonly plan = input.required<PlanEvent | null>();
  readonly exact = input.required<Exact | null>();
  /** Once it is answered. */
  readonly answered = input<{ answer_id: string; route: Route } | null>(null);
  readonly edit = output<string>();
  readonly choose = output<Ask>();

  protected readonly language = inject(Language);
  private readonly api = inject(Api);
  private readonly catalogue = inject(Catalogue);
  private readonly injector = inject(Injector);
  private readonly menu = viewChild.required<ElementRef<HTMLElement>>('menu');

  protected readonly opened = signal<Chip | null>(null);
  private left: AbortController | null = null; // what the open menu listens to

  protected readonly chips = computed<Chip[]>(() => {
    const plan = this.plan();
    const understood: Understood | null = this.exact() ?? plan?.understood ?? null;
    const route = this.route();
    const texts = this.language.texts().chat;
    const chips: Chip[] = [];
    if (route) chips.push({ text: texts.plan[route], icon: ROUTE_ICON[route], words: '', offers: 'places' });
    if (plan?.follow_up) {
      const completed = understood || plan.query === this.question() ? '' : `${this.language.texts().colon}${plan.query}`;
      chips.push({ text: texts.plan.followUp + completed, icon: null, words: '', offers: null });
    }
    for (const kind of plan?.scope.kinds ?? []) chips.push({ text: texts.kinds[kind], icon: null, words: '', offers: 'places' });
    if (understood) return [...chips, ...this.parts(understood)];
    const collection = plan?.scope.collection;
    if (collection) chips.push({ text: collection, icon: null, words: collection, offers: 'places' });
    return chips;
  });

  /** As it was planned; as it went where that could not be computed, or where only the answer is known. */
  private readonly route = computed<Route | null>(() => {
    const [planned, went] = [this.plan()?.route, this.answered()?.route];
    if (planned && !(planned === 'exact' && went === 'passages')) return planned;
    return went === undefined || went === 'none' ? null : went;
  });

  private readonly alternatives = resource({
    params: () => {
      const [chip, answered] = [this.opened(), this.answered()];
      const offers = chip?.offers;
      if (!answered || !offers || offers === 'places') return undefined;
      return { id: answered.answer_id, ...offers, collection: this.where().collection_name ?? null };
    },
    loader: ({ params, abortSignal }) => this.api.alternatives(params.id, params.part, params.n, params.collection, abortSignal),
  });

  protected readonly loading = computed(() => this.alternatives.isLoading());
  protected readonly offers = computed<Offer[]>(() => {
    if (this.opened()?.offers === 'places') return this.places();
    if (!this.alternatives.hasValue()) return [];
    return this.alternatives.value().map(({ label, question }) => ({ label, ask: { question, where: this.where() } }));
  });

  constructor() {
    inject(DestroyRef).onDestroy(() => this.left?.abort());
  }

  /** A menu of what may stand there instead; before the answer, and where nothing else may, the question itself. */
  protected open(chip: Chip, event: Event): void {
    if (this.answered() === null || chip.offers === null) {
      this.edit.emit(chip.words);
      return;
    }
    this.opened.set(chip);
    const menu = this.menu().nativeElement;
    menu.showPopover();
    const at = event.currentTarget as Element;
    const follow = () => this.place(menu, at);
    this.left?.abort();
    this.left = new AbortController();
    document.addEventListener('scroll', follow, { capture: true, signal: this.left.signal });
    afterNextRender(() => (follow(), menu.querySelector('button')?.focus()), { injector: this.injector });
  }

  protected toggled({ newState }: ToggleEvent): void {
    if (newState !== 'closed') return;
    this.left?.abort();
    this.opened.set(null);
  }

  protected rewrite(words: string): void {
    this.menu().nativeElement.hidePopover();
    this.edit.emit(words);
  }

  protected take(ask: Ask): void {
    this.menu().nativeElement.hidePopover();
    this.choose.emit(ask);
  }

  private parts({ collection, conditions, window, windows }: Understood): Chip[] {
    const spans = windows.length > 0 ? windows : window ? [window] : [];
    const told = conditions.map((condition, n) => ({ text: this.conditionText(condition), icon: null, words: condition.because, offers: { part: 'condition' as const, n } }));
    return [
      { text: collection, icon: null, words: '', offers: { part: 'collection', n: 0 } },
      // One that is meant twice, such as the part of a rate, is told once.
      ...told.filter(({ text }, n) => told.findIndex((other) => other.text === text) === n),
      ...spans.map((span) => ({ text: this.windowText(span), icon: null, words: span.phrase, offers: { part: 'window' as const, n: 0 } })),
    ];
  }

  private conditionText({ path, op, value }: Condition): string {
    const ops = this.language.texts().evidence.ops;
    const values = (Array.isArray(value) ? value : [value]).filter((v) => v !== null && v !== undefined).map(String);
    return `${path} ${op === 'in' ? '' : (ops[op] ?? op)} ${values.join(', ')}`.replace(/\s+/g, ' ').trim();
  }

  private windowText({ phrase, start, end, timezone }: Window): string {
    const form: Intl.DateTimeFormatOptions = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', timeZone: timezone };
    const at = (iso: string | null) => (iso ? this.language.date(new Date(iso), form) : '…');
    return `${phrase} ${at(start)} → ${at(end)}`.trim();
  }

  private places(): Offer[] {
    const { everywhere, kinds } = this.language.texts().chat;
    const question = this.question();
    const found = this.catalogue.kinds().map((kind) => ({ label: kinds[kind], ask: { question, where: { sources: [kind] } } }));
    return [{ label: everywhere, ask: { question, where: {} } }, ...found];
  }

  private place(menu: HTMLElement, chip: Element): void {
    const at = chip.getBoundingClientRect();
    const below = window.innerHeight - at.bottom > menu.offsetHeight + GAP || at.top < menu.offsetHeight + GAP;
    menu.style.left = `${Math.max(GAP, Math.min(at.left, window.innerWidth - menu.offsetWidth - GAP))}px`;
    menu.style.top = below ? `${at.bottom + GAP}px` : 'auto';
    menu.style.bottom = below ? 'auto' : `${window.innerHeight - at.top + GAP}px`;
  }
}
