import type { Exact } from '../shared/api/types';
import type { Language } from '../shared/i18n/language';
import { isNumeric, isShare, measured, perSecond, presented, shown } from './cells';

export interface ChartData {
  kind: 'bars' | 'line';
  title: string;
  labels: string[];
  values: (number | null)[];
  said: (value: number) => string;
  /** Between two lines of the grid, where the chart's own choice would not be round. */
  step: number | null;
}

const MOST_BARS = 40; // more are read better in the table
const IN_TIME = ['hour', 'day', 'week', 'month'];

/** What a chart of these rows would show: one series over one key; null where a chart would say nothing more. */
export function chartOf(exact: Exact, language: Language): ChartData | null {
  const { keys = [], form } = presented(exact);
  if (exact.rows.length < 2 || (keys.length !== 1 && form !== 'sides')) return null;
  const column = exact.columns.findIndex((_, i) => i > 0 && isNumeric(exact, i));
  if (column < 0) return null;
  const inTime = form === 'trend' || IN_TIME.includes(keys[0]?.bucket ?? '');
  if (!inTime && exact.rows.length > MOST_BARS) return null;
  const values = exact.rows.map((row) => (typeof row[column] === 'number' ? row[column] : null));
  const name = exact.columns[column] ?? '';
  return {
    kind: inTime ? 'line' : 'bars',
    title: language.texts().evidence.columns[name] ?? name,
    labels: exact.rows.map((row) => (inTime ? moment(row[0], exact, language) : shown(row[0], exact, 0, language))),
    values,
    step: roundStep(values, exact.types[column] === 'integer', perSecond(exact.units[column] ?? null)),
    said: (value) => (isShare(exact, column) ? language.share(value) : measured(value, exact.units[column] ?? null, language)),
  };
}

const LINES = 6;
const ROUND_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400];

/** Whole numbers of things; seconds, minutes and hours as a clock has them. */
function roundStep(values: readonly (number | null)[], counted: boolean, second: number | null): number | null {
  const most = Math.max(0, ...values.map((value) => value ?? 0));
  if (second === null) return counted && most < LINES ? 1 : null;
  const step = ROUND_SECONDS.find((seconds) => seconds * second * LINES >= most);
  return step !== undefined && most >= LINES * second ? step * second : null;
}

/** Short enough for an axis. */
function moment(cell: unknown, exact: Exact, language: Language): string {
  const bucket = presented(exact).keys?.[0]?.bucket ?? '';
  if (bucket !== 'day' && bucket !== 'week') return shown(cell, exact, 0, language);
  const zone = exact.window?.timezone ?? exact.windows[0]?.timezone;
  const form: Intl.DateTimeFormatOptions = { weekday: 'short', day: 'numeric', month: 'numeric' };
  return language.date(new Date(String(cell)), zone ? { ...form, timeZone: zone } : form);
}
