import { Injectable, computed, effect, signal } from '@angular/core';

import { en } from './en';
import { fr, type Texts } from './fr';

export type Lang = 'fr' | 'en';

const KEPT = 'vigie.language';

/** The first of the browser's languages that we speak; French where it names neither. */
export function preferred(kept: string | null, browser: readonly string[]): Lang {
  if (kept === 'fr' || kept === 'en') return kept;
  const spoken = browser.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'fr' || tag === 'en');
  return spoken === 'en' ? 'en' : 'fr';
}

/** The language of the app's own words. Answers come in the language of the question. */
@Injectable({ providedIn: 'root' })
export class Language {
  private readonly chosen = signal<Lang>(preferred(localStorage.getItem(KEPT), navigator.languages));

  readonly current = this.chosen.asReadonly();
  readonly texts = computed<Texts>(() => (this.chosen() === 'en' ? en : fr));

  private readonly dates = computed(() => new Intl.DateTimeFormat(this.texts().locale, { dateStyle: 'medium', timeStyle: 'short' }));
  private readonly times = computed(() => new Intl.DateTimeFormat(this.texts().locale, { timeStyle: 'short' }));
  private readonly numbers = computed(() => new Intl.NumberFormat(this.texts().locale, { maximumFractionDigits: 2 }));
  private readonly shares = computed(
    () => new Intl.NumberFormat(this.texts().locale, { style: 'percent', maximumFractionDigits: 1 }),
  );

  private readonly formats = new Map<string, Intl.DateTimeFormat>();

  constructor() {
    effect(() => (document.documentElement.lang = this.chosen()));
  }

  toggle(): void {
    this.chosen.update((lang) => (lang === 'fr' ? 'en' : 'fr'));
    localStorage.setItem(KEPT, this.chosen());
  }

  /** Why something failed: in our words where we have some for its code, else in the server's. */
  trouble(code: string, detail: string): string {
    return this.texts().states.errors[code] ?? detail;
  }

  number(value: number): string {
    return this.numbers().format(value);
  }

  share(value: number): string {
    return this.shares().format(value);
  }

  date(at: Date, form: Intl.DateTimeFormatOptions): string {
    const key = this.texts().locale + JSON.stringify(form);
    let format = this.formats.get(key);
    if (format === undefined) this.formats.set(key, (format = new Intl.DateTimeFormat(this.texts().locale, form)));
    return format.format(at);
  }

  /** Date and time here; the text itself where it is no instant. */
  moment(iso: string): string {
    const at = new Date(iso);
    return Number.isNaN(at.valueOf()) ? iso : this.dates().format(at);
  }

  /** The time alone today, with the date before. */
  clock(iso: string, now = new Date()): string {
    const at = new Date(iso);
    return at.toDateString() === now.toDateString() ? this.times().format(at) : this.dates().format(at);
  }
}
