import { Injectable, computed, signal } from '@angular/core';

import type { Citation, Context } from '../shared/api/types';

/** What stands open beside the conversation. */
export type Shown =
  | { kind: 'citation'; answerId: string | null; citations: readonly Citation[]; contexts: readonly Context[]; n: number }
  | { kind: 'records'; answerId: string; row: number | null; title: string };

/** Which piece of evidence is open; each page has one such place. */
@Injectable({ providedIn: 'root' })
export class OpenEvidence {
  private readonly open = signal<Shown | null>(null);
  private opener: Element | null = null;

  readonly shown = this.open.asReadonly();
  readonly isOpen = computed(() => this.open() !== null);

  show(evidence: Shown): void {
    if (!this.isOpen()) this.opener = document.activeElement;
    this.open.set(evidence);
  }

  /** Closes, and gives the focus back to what opened it. */
  close(): void {
    if (!this.isOpen()) return;
    this.open.set(null);
    if (this.opener instanceof HTMLElement && this.opener.isConnected) this.opener.focus();
    this.opener = null;
  }
}
