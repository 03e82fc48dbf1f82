import type { Lang } from '../shared/i18n/language';
import french from './skip-reasons.fr.json';

const PLACES: Record<string, string> = {
  'line {}': 'ligne {}',
  'lines {} and {} more': 'lignes {} et {} de plus',
  'lines {}': 'lignes {}',
  'document {}': 'document {}',
  '{} more': '{} de plus',
};

type Rule = readonly [pattern: RegExp, words: string];

/** Templates with `{}` for what varies: the most specific first. */
function rules(templates: Record<string, string>): readonly Rule[] {
  return Object.entries(templates)
    .sort(([a], [b]) => written(b) - written(a))
    .map(([english, words]) => [pattern(english), words] as const);
}

function written(template: string): number {
  return template.replaceAll('{}', '').length;
}

function pattern(template: string): RegExp {
  const parts = template.split('{}').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.*?)')}$`, 's');
}

const REASONS = rules(french);
const NAMES = rules(PLACES);

function said(text: string, known: readonly Rule[]): string {
  for (const [pattern, words] of known) {
    const found = pattern.exec(text)?.slice(1);
    if (found) return words.replace(/\{\}/g, () => found.shift() ?? '');
  }
  return text;
}

/** Why an item was left out. The server tells it in English; what is not known here stays as it was told. */
export function skipReason(reason: string, language: Lang): string {
  return language === 'fr' ? said(reason, REASONS) : reason;
}

/** What was left out: its own name, or its place in an export. */
export function skippedName(name: string, language: Lang): string {
  return language === 'fr' ? said(name, NAMES) : name;
}
