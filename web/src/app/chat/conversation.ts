import { Injectable, computed, inject, signal } from '@angular/core';

import { Api, type Asked } from '../shared/api/api';
import { ApiError } from '../shared/api/transport';
import type { AskEvent } from '../shared/api/types';
import { answerId, begun, ended, kept, type Turn, type Where } from './turn';

/** One conversation: its turns, and the question that is being answered. */
@Injectable()
export class Conversation {
  private readonly api = inject(Api);
  private readonly list = signal<readonly Turn[]>([]);
  private readonly id = signal<string | null>(null);
  private asking: AbortController | null = null;
  private asked = 0;

  readonly turns = this.list.asReadonly();
  readonly sessionId = this.id.asReadonly();
  readonly state = signal<'ready' | 'loading' | 'missing' | 'failed'>('ready');
  readonly running = computed(() => this.list().some((turn) => turn.state === 'running'));

  /** Shows a stored session; null for a new one. What is running there is let go. */
  async open(sessionId: string | null): Promise<void> {
    if (sessionId === this.id() && this.state() === 'ready') return;
    this.asking?.abort();
    this.id.set(sessionId);
    this.list.set([]);
    this.state.set(sessionId === null ? 'ready' : 'loading');
    if (sessionId === null) return;
    try {
      const detail = await this.api.session(sessionId);
      if (this.id() !== sessionId) return;
      this.list.set(detail.answers.map(kept));
      this.state.set('ready');
    } catch (error) {
      if (this.id() !== sessionId) return;
      this.state.set(error instanceof ApiError && error.status === 404 ? 'missing' : 'failed');
    }
  }

  /** Reads the session again that could not be read. */
  async reload(): Promise<void> {
    await this.open(this.id());
  }

  /** Asks; with `replacing`, in the place of that turn and of all that follow it. Resolves when it has ended. */
  async ask(question: string, where: Where = {}, replacing: Turn | null = null): Promise<void> {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const turn = begun(`asked-${++this.asked}`, question, new Date().toISOString(), where);
    this.list.update((turns) => [...(replacing ? before(turns, replacing) : turns), turn]);
    const body: Asked = { query: question, ...where };
    const session = this.id();
    if (session) body.session_id = session;
    const replaced = replacing && answerId(replacing);
    if (replaced) body.replaces = replaced;
    try {
      for await (const event of this.api.ask(body, asking.signal)) this.take(turn.key, event);
      if (this.turn(turn.key)?.state === 'running') this.change(turn.key, { state: 'failed' });
    } catch (error) {
      if (asking.signal.aborted) this.change(turn.key, { state: 'stopped' });
      else this.change(turn.key, { state: 'failed', error: troubleOf(error) });
    } finally {
      if (this.asking === asking) this.asking = null;
    }
  }

  stop(): void {
    this.asking?.abort();
  }

  private take(key: string, event: AskEvent): void {
    switch (event.event) {
      case 'plan':
        this.id.set(event.data.session_id);
        return this.change(key, { plan: event.data });
      case 'evidence':
        return this.change(key, { evidence: { citations: event.data.citations, exact: event.data.exact ?? null } });
      case 'token':
        return this.change(key, { text: (this.turn(key)?.text ?? '') + event.data.text });
      case 'answer':
        return this.change(key, ended(event.data));
      case 'error':
        return this.change(key, {
          ...(event.data.answer ? ended(event.data.answer) : {}),
          state: 'failed',
          error: { code: event.data.error, detail: event.data.detail },
        });
    }
  }

  private turn(key: string): Turn | undefined {
    return this.list().find((turn) => turn.key === key);
  }

  private change(key: string, change: Partial<Turn>): void {
    this.list.update((turns) => turns.map((turn) => (turn.key === key ? { ...turn, ...change } : turn)));
  }
}

function troubleOf(error: unknown): Turn['error'] {
  return error instanceof ApiError ? { code: error.code, detail: error.message } : { code: 'unknown', detail: String(error) };
}

function before(turns: readonly Turn[], turn: Turn): readonly Turn[] {
  const at = turns.findIndex(({ key }) => key === turn.key);
  return at < 0 ? turns : turns.slice(0, at);
}
