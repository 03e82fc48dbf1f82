import { TestBed } from '@angular/core/testing';

import type { Exact } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { compared, measured, shown } from './cells';
import { chartOf } from './chart-data';
import { fileLines, headings } from './locator';
import { unwrapped } from './json-tree';

const BASE: Exact = {
  collection: 'vanish_flows', columns: ['env', 'share', 'part', 'whole'], types: ['text', 'number', 'integer', 'integer'],
  units: [null, null, null, null], rows: [['DEV', 0.138, 8, 58], ['PROD', null, 0, 0]], matched: 58, total: 100, truncated: false,
  window: null, windows: [], conditions: [], presence: {}, reading: '', plan: { form: 'table', keys: [{ path: 'env', bucket: null }] },
  pipeline: [],
};

describe('cells', () => {
  let language: Language;
  beforeEach(() => {
    localStorage.setItem('vigie.language', 'fr');
    language = TestBed.inject(Language);
  });

  it('show shares as percentages, nothing as a dash, durations as people say them', () => {
    expect(shown(0.138, BASE, 1, language).replace(/\s/g, ' ')).toBe('13,8 %');
    expect(shown(null, BASE, 1, language)).toBe('–');
    expect(shown(true, BASE, 0, language)).toBe('oui');
    expect(measured(2_815_872.8, 'ms', language)).toBe('46 min 56 s');
    expect(measured(7_260, 's', language)).toBe('2 h 01 min');
    expect(measured(3_600, 's', language)).toBe('1 h');
    expect(measured(10, 'min', language)).toBe('10 min');
    expect(measured(3, 'Mo', language)).toBe('3 Mo');
  });

  it('show days in the zone of the question, whatever the zone of the browser', () => {
    const window = { field: 'started_at', start: null, end: null, timezone: 'Europe/Paris', phrase: '' };
    const exact: Exact = { ...BASE, window, types: ['datetime', 'integer'], plan: { keys: [{ path: 'started_at', bucket: 'day' }] } };
    expect(shown('2026-11-06T23:00:00Z', exact, 0, language)).toContain('07/11/2026');
  });

  it('sort numbers by size, words with their numbers, nothing last', () => {
    expect([10, 9, null, 100].toSorted(compared)).toEqual([9, 10, 100, null]);
    expect(['lot 10', 'lot 9', 'été', 'etc'].toSorted(compared)).toEqual(['etc', 'été', 'lot 9', 'lot 10']);
  });

  it('make a chart where one says more', () => {
    expect(chartOf(BASE, language)).toMatchObject({ kind: 'bars', labels: ['DEV', 'PROD'], values: [0.138, null] });
    expect(chartOf({ ...BASE, rows: BASE.rows.slice(1) }, language)).toBeNull();
    expect(chartOf({ ...BASE, plan: { keys: [] } }, language)).toBeNull();
  });
});

describe('places', () => {
  it('are lines of a file, or headings', () => {
    expect(fileLines('src/a#b.py#L10-L42')).toEqual({ path: 'src/a#b.py', from: 10, to: 42 });
    expect(fileLines('a.sh#L3')).toEqual({ path: 'a.sh', from: 3, to: 3 });
    expect(fileLines('Accueil > Jetons')).toBeNull();
    expect(headings('Accueil > Jetons › AUTH-401')).toEqual(['Accueil', 'Jetons', 'AUTH-401']);
  });
});

describe('the lines of a chart', () => {
  const chart = (values: number[], unit: string | null, type: string) =>
    chartOf(
      { ...BASE, columns: ['env', 'value'], types: ['text', type], units: [null, unit], rows: values.map((value, n) => [`E${n}`, value]) },
      TestBed.inject(Language),
    )?.step;

  it('stand at round times, and between things that are counted', () => {
    expect(chart([3_500_000, 12_000], 'ms', 'number')).toBe(600_000);
    expect(chart([40, 55], 'min', 'number')).toBe(10);
    expect(chart([1, 4], null, 'integer')).toBe(1);
    expect(chart([10, 400], null, 'integer')).toBeNull();
    expect(chart([0.2, 1.4], 's', 'number')).toBeNull();
  });
});

describe('Extended JSON', () => {
  it('is shown as what it wraps', () => {
    expect(unwrapped({ $oid: 'abc' })).toBe('abc');
    expect(unwrapped({ $date: '2026-11-20T00:00:00Z' })).toEqual(new Date('2026-11-20T00:00:00Z'));
    expect(unwrapped({ $date: { $numberLong: '0' } })).toEqual(new Date(0));
    expect(unwrapped({ $set: 1 })).toEqual({ $set: 1 });
    expect(unwrapped({ $oid: 'a', b: 1 })).toEqual({ $oid: 'a', b: 1 });
  });
});
