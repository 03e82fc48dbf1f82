import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';

import type { Exact } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { compared, isNumeric, presented, shown } from './cells';
import { chartOf } from './chart-data';
import { ChartView } from './chart-view';
import { csvOf, download } from './csv';

interface Line {
  /** The row's place in the answer, which the records behind it are asked by. */
  row: number;
  cells: string[];
}

const FIRST = 20;
const MORE = 100;
const FILTER_FROM = 8; // rows; fewer are read at a glance

/** Computed rows that sort, filter and export; a row opens the records behind it. */
@Component({
  selector: 'vg-answer-table',
  imports: [ChartView, Icon],
  templateUrl: './answer-table.html',
  styleUrl: './answer-table.css',
})
export class AnswerTable {
  readonly exact = input.required<Exact>();
  readonly openRow = output<number>();

  protected readonly language = inject(Language);
  protected readonly filter = signal('');
  protected readonly order = signal<{ column: number; descending: boolean } | null>(null);
  protected readonly limit = linkedSignal({ source: this.filter, computation: () => FIRST });

  protected readonly withFilter = computed(() => this.exact().rows.length >= FILTER_FROM);
  protected readonly columns = computed(() => {
    const exact = this.exact();
    const named = this.language.texts().evidence.columns;
    return exact.columns.map((name, i) => ({ name: named[name] ?? name, numeric: isNumeric(exact, i), ident: name === '_id' }));
  });

  protected readonly chart = computed(() => chartOf(this.exact(), this.language));
  /** A line says more than its numbers; bars are asked for. */
  protected readonly asChart = linkedSignal(() => this.chart()?.kind === 'line');

  private readonly lines = computed<Line[]>(() => {
    const exact = this.exact();
    return exact.rows.map((cells, row) => ({ row, cells: cells.map((cell, i) => shown(cell, exact, i, this.language)) }));
  });

  /** One record is read from top to bottom. */
  protected readonly single = computed(() => {
    const [line, another] = this.lines();
    if (line === undefined || another !== undefined || presented(this.exact()).form !== 'records') return null;
    return this.columns().map(({ name, ident }, i) => ({ name, ident, cell: line.cells[i] ?? '' }));
  });

  private readonly matching = computed(() => {
    const words = this.filter().toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const found = this.lines().filter(({ cells }) => {
      const text = cells.join(' ').toLocaleLowerCase();
      return words.every((word) => text.includes(word));
    });
    const order = this.order();
    if (order === null) return found;
    const rows = this.exact().rows;
    const sign = order.descending ? -1 : 1;
    return found.toSorted((a, b) => sign * compared(rows[a.row]?.[order.column], rows[b.row]?.[order.column]));
  });

  protected readonly visible = computed(() => this.matching().slice(0, this.limit()));
  protected readonly count = computed(() => this.matching().length);

  protected sorting(column: number): 'ascending' | 'descending' | 'none' {
    const order = this.order();
    if (order?.column !== column) return 'none';
    return order.descending ? 'descending' : 'ascending';
  }

  /** Up, down, as it came. */
  protected sort(column: number): void {
    const now = this.sorting(column);
    this.order.set(now === 'descending' ? null : { column, descending: now === 'ascending' });
  }

  protected showMore(): void {
    this.limit.update((limit) => limit + MORE);
  }

  protected export(): void {
    const { collection, columns, rows } = this.exact();
    download(`vigie-${collection}.csv`, csvOf(columns, this.matching().map(({ row }) => rows[row] ?? [])));
  }
}
