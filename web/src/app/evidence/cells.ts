import type { Exact } from '../shared/api/types';
import type { Language } from '../shared/i18n/language';

/** The parts of a plan that say how its rows are shown. */
interface Presented {
  form?: string;
  keys?: { path: string; bucket: string | null }[];
}

const DATE_ONLY: Intl.DateTimeFormatOptions = { weekday: 'short', day: '2-digit', month: '2-digit', year: 'numeric' };
const MONTH: Intl.DateTimeFormatOptions = { month: 'long', year: 'numeric' };
const FULL: Intl.DateTimeFormatOptions = { ...DATE_ONLY, hour: '2-digit', minute: '2-digit', second: '2-digit' };
const HOUR: Intl.DateTimeFormatOptions = { ...DATE_ONLY, hour: '2-digit', minute: '2-digit' };

export function presented(exact: Exact): Presented {
  return exact.plan as Presented;
}

/** Is this the share of a rate: a number between 0 and 1 with its part and its whole beside it? */
export function isShare(exact: Exact, column: number): boolean {
  return exact.columns[column] === 'share' && exact.columns[column + 1] === 'part';
}

export function isNumeric(exact: Exact, column: number): boolean {
  return ['integer', 'number'].includes(exact.types[column] ?? '');
}

/** A cell as it is read. */
export function shown(cell: unknown, exact: Exact, column: number, language: Language): string {
  if (cell === null || cell === undefined) return '–';
  if (typeof cell === 'boolean') return cell ? language.texts().evidence.yes : language.texts().evidence.no;
  if (typeof cell === 'number') {
    if (isShare(exact, column)) return language.share(cell);
    return measured(cell, exact.units[column] ?? null, language);
  }
  if (Array.isArray(cell)) return cell.map((part) => shown(part, exact, column, language)).join(', ');
  if (typeof cell === 'object') return JSON.stringify(cell);
  return exact.types[column] === 'datetime' ? instant(String(cell), exact, column, language) : String(cell);
}

/** How many of a unit of time make a second; null for what is no time. */
export function perSecond(unit: string | null): number | null {
  return unit === 'ms' ? 1000 : unit === 's' ? 1 : unit === 'min' ? 1 / 60 : null;
}

/** A number with its unit; durations as people say them. */
export function measured(value: number, unit: string | null, language: Language): string {
  const second = perSecond(unit);
  if (second === null) return unit ? `${language.number(value)} ${unit}` : language.number(value);
  const seconds = value / second;
  if (Math.abs(seconds) < 60) return `${language.number(seconds)} s`;
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (n: number) => String(n).padStart(2, '0');
  if (hours > 0) return minutes > 0 ? `${hours} h ${two(minutes)} min` : `${hours} h`;
  return rest > 0 ? `${minutes} min ${two(rest)} s` : `${minutes} min`;
}

function instant(iso: string, exact: Exact, column: number, language: Language): string {
  const at = new Date(iso);
  if (Number.isNaN(at.valueOf())) return iso;
  const bucket = presented(exact).keys?.[column]?.bucket ?? null;
  const form = bucket === 'month' ? MONTH : bucket === 'hour' ? HOUR : bucket === null ? FULL : DATE_ONLY;
  // The zone the question was understood in, not the browser's.
  const zone = exact.window?.timezone ?? exact.windows[0]?.timezone;
  return language.date(at, zone ? { ...form, timeZone: zone } : form);
}

/** Numbers by size, the rest as people sort words; nothing comes last. */
export function compared(a: unknown, b: unknown): number {
  const missing = Number(a === null || a === undefined) - Number(b === null || b === undefined);
  if (missing !== 0 || a === null || a === undefined) return missing;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}
