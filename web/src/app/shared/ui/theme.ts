import { Injectable, computed, effect, signal } from '@angular/core';

export type Theme = 'system' | 'light' | 'dark';

const SYSTEM = window.matchMedia('(prefers-color-scheme: dark)');
const KEPT = 'vigie.theme';
const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };

/** Light, dark, or as the system has it. `public/theme.js` applies it before the first paint. */
@Injectable({ providedIn: 'root' })
export class ThemeChoice {
  private readonly chosen = signal<Theme>((document.documentElement.dataset['theme'] as Theme | undefined) ?? 'system');

  private readonly system = signal(SYSTEM.matches);

  readonly current = this.chosen.asReadonly();
  /** What is shown. */
  readonly dark = computed(() => (this.chosen() === 'system' ? this.system() : this.chosen() === 'dark'));

  constructor() {
    SYSTEM.addEventListener('change', ({ matches }) => this.system.set(matches));
    effect(() => {
      const theme = this.chosen();
      if (theme === 'system') {
        delete document.documentElement.dataset['theme'];
        localStorage.removeItem(KEPT);
      } else {
        document.documentElement.dataset['theme'] = theme;
        localStorage.setItem(KEPT, theme);
      }
    });
  }

  cycle(): void {
    this.chosen.update((theme) => NEXT[theme]);
  }
}
