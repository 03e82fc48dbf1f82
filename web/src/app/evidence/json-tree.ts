import { Component, computed, inject, input } from '@angular/core';

import { Language } from '../shared/i18n/language';

const OPEN_TO = 2; // levels that begin open

/** Extended JSON's wrappers, as what they wrap. */
export function unwrapped(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value);
  const [key, inner] = entries[0] ?? [];
  if (entries.length !== 1 || !key?.startsWith('$')) return value;
  if (key === '$date') {
    const wrapped = unwrapped(inner);
    const at = new Date(typeof wrapped === 'string' && /^-?\d+$/.test(wrapped) ? Number(wrapped) : (wrapped as string | number));
    return Number.isNaN(at.valueOf()) ? wrapped : at;
  }
  return ['$oid', '$numberLong', '$numberInt', '$numberDouble', '$numberDecimal', '$uuid'].includes(key) ? inner : value;
}

/** A value of a record, its members folding. */
@Component({
  selector: 'vg-json-tree',
  templateUrl: './json-tree.html',
  styleUrl: './json-tree.css',
})
export class JsonTree {
  readonly value = input.required<unknown>();
  readonly name = input('');
  readonly depth = input(0);

  private readonly language = inject(Language);
  private readonly plain = computed(() => unwrapped(this.value()));

  protected readonly open = computed(() => this.depth() < OPEN_TO);
  protected readonly members = computed(() => {
    const value = this.plain();
    if (typeof value !== 'object' || value === null || value instanceof Date) return null;
    return Object.entries(value).map(([name, member]) => ({ name, member: member as unknown }));
  });
  protected readonly summary = computed(() => {
    const count = this.members()?.length ?? 0;
    return Array.isArray(this.plain()) ? `[${count}]` : `{${count}}`;
  });
  protected readonly kind = computed(() => {
    const value = this.plain();
    return value === null ? 'null' : value instanceof Date ? 'date' : typeof value;
  });
  protected readonly text = computed(() => {
    const value = this.plain();
    if (value instanceof Date) return this.language.date(value, { dateStyle: 'medium', timeStyle: 'medium' });
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
