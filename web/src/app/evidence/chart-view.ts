import { Component, ElementRef, afterRenderEffect, computed, inject, input, signal, viewChild } from '@angular/core';

import { Language } from '../shared/i18n/language';
import { ThemeChoice } from '../shared/ui/theme';
import type { ChartData } from './chart-data';

const BAR_REM = 2;

/** A chart of computed rows. The table beside it has the same numbers for who cannot see it. */
@Component({
  selector: 'vg-chart-view',
  template: `
    <div class="room" [class.line]="data().kind === 'line'" [style.height]="height()">
      <canvas #canvas role="img" [attr.aria-label]="label()"></canvas>
    </div>
    @if (failed()) {
      <p role="alert">{{ language.texts().evidence.chartFailed }}</p>
    }
  `,
  styles: `
    :host { display: block; padding: 1rem; color: var(--muted); caret-color: var(--accent-strong); border-color: var(--line); }
    .room { position: relative; }
  `,
})
export class ChartView {
  readonly data = input.required<ChartData>();

  protected readonly language = inject(Language);
  protected readonly failed = signal(false);
  protected readonly height = computed(() =>
    this.data().kind === 'line' ? '17rem' : `${Math.max(4, this.data().labels.length) * BAR_REM + 2}rem`,
  );
  protected readonly label = computed(() => {
    const { title, labels, values, said } = this.data();
    const points = labels.map((label, i) => `${label} ${said(values[i] ?? 0)}`).join(' ; ');
    return `${this.language.texts().evidence.chartOf} ${title} : ${points}`;
  });
  private readonly theme = inject(ThemeChoice);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');

  constructor() {
    afterRenderEffect((onCleanup) => {
      const data = this.data();
      this.theme.dark();
      let erase: (() => void) | null = null;
      let left = false;
      onCleanup(() => {
        left = true;
        erase?.();
      });
      import('./draw-chart').then(
        ({ drawChart }) => {
          if (!left) erase = drawChart(this.canvas().nativeElement, data, this.colours());
        },
        () => this.failed.set(true),
      );
    });
  }

  /** As the styles resolve them in this theme. */
  private colours(): { series: string; text: string; grid: string } {
    const style = getComputedStyle(this.host);
    return { series: style.caretColor, text: style.color, grid: style.borderTopColor };
  }
}
