import { Injectable, computed, inject, resource, signal } from '@angular/core';

import { Api } from '../shared/api/api';
import { Transport } from '../shared/api/transport';
import type { SessionSummary } from '../shared/api/types';

export type Age = 'today' | 'yesterday' | 'week' | 'older';

const DAY_MS = 86_400_000;

/** How long ago, in calendar days here. */
export function ageOf(iso: string, now: Date): Age {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).valueOf();
  const at = new Date(iso).valueOf();
  if (at >= midnight) return 'today';
  if (at >= midnight - DAY_MS) return 'yesterday';
  return at >= midnight - 6 * DAY_MS ? 'week' : 'older';
}

/** The list of conversations. What the server has changed is changed here without reading the list again. */
@Injectable({ providedIn: 'root' })
export class SessionList {
  private readonly api = inject(Api);
  private readonly transport = inject(Transport);
  readonly words = signal('');

  private readonly reply = resource({
    params: () => ({ words: this.words(), revived: this.transport.revived() }),
    loader: ({ params, abortSignal }) => this.api.sessions(params.words, abortSignal),
  });
  /** What was last known, while another search is under way. */
  private readonly known = signal<readonly SessionSummary[] | null>(null);

  /** What was changed here since the list was read: a title, or null for what was deleted. */
  private readonly changed = signal<ReadonlyMap<string, string | null>>(new Map());

  readonly sessions = computed(() => {
    const changed = this.changed();
    const read = this.reply.hasValue() ? this.reply.value() : (this.known() ?? []);
    return read
      .filter(({ session_id }) => changed.get(session_id) !== null)
      .map((session) => ({ ...session, title: changed.get(session.session_id) ?? session.title }));
  });
  readonly loading = computed(() => this.reply.isLoading());

  readonly groups = computed(() => {
    const now = new Date();
    const groups = new Map<Age, SessionSummary[]>();
    for (const session of this.sessions()) {
      const age = ageOf(session.updated_at, now);
      groups.set(age, [...(groups.get(age) ?? []), session]);
    }
    return [...groups].map(([age, sessions]) => ({ age, sessions }));
  });

  search(words: string): void {
    this.known.set(this.sessions());
    this.words.set(words.trim());
  }

  reload(): void {
    this.changed.set(new Map());
    this.reply.reload();
  }

  async rename(id: string, title: string): Promise<void> {
    const renamed = await this.api.renameSession(id, title);
    this.change(id, renamed.title);
  }

  async remove(id: string): Promise<void> {
    await this.api.deleteSession(id);
    this.change(id, null);
  }

  async restore(id: string): Promise<void> {
    await this.api.restoreSession(id);
    this.reload();
  }

  private change(id: string, title: string | null): void {
    this.changed.update((changed) => new Map(changed).set(id, title));
  }
}
