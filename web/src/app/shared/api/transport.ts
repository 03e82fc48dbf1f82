import { Injectable, computed, signal } from '@angular/core';

import { readEvents } from './sse';
import type { ErrorBody } from './types';

/** What the server refused, in its own words; `code` is stable, 'offline' when nothing answered. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 0,
  ) {
    super(message);
  }
}

const TOKEN = 'vigie.token';

/** A header takes bytes: a text's in UTF-8, one character each. */
function utf8(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** The one place that talks to the server. */
@Injectable({ providedIn: 'root' })
export class Transport {
  private readonly token = signal(sessionStorage.getItem(TOKEN) ?? '');
  private readonly state = signal<'up' | 'offline' | 'starting' | 'locked'>('up');

  readonly offline = computed(() => this.state() === 'offline');
  readonly starting = computed(() => this.state() === 'starting');
  readonly locked = computed(() => this.state() === 'locked');
  /** Counts up whenever requests that failed are worth another try. */
  readonly revived = signal(0);

  /** Tries this token; whether the server takes it. */
  async unlock(token: string): Promise<boolean> {
    this.token.set(token);
    try {
      await this.request('GET', '/list_collections', undefined);
    } catch (error) {
      return error instanceof ApiError && error.status !== 401;
    }
    sessionStorage.setItem(TOKEN, token);
    return true;
  }

  async json<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
    const response = await this.request(method, path, body, signal);
    return (await response.json()) as T;
  }

  /** Each event's name and JSON. Ends when the server ends it; throws ApiError, or AbortError through `signal`. */
  async *events<E extends { event: string; data: unknown }>(
    method: string,
    path: string,
    body?: unknown,
    signal?: AbortSignal,
  ): AsyncGenerator<E> {
    const response = await this.request(method, path, body, signal);
    if (response.body === null) return;
    try {
      for await (const { event, data } of readEvents(response.body)) {
        yield { event, data: JSON.parse(data) as unknown } as E;
      }
    } catch (error) {
      if (error instanceof TypeError) throw this.lost();
      throw error;
    }
  }

  private async request(method: string, path: string, body: unknown, signal?: AbortSignal): Promise<Response> {
    const headers: Record<string, string> = {};
    const token = this.token();
    if (token) headers['Authorization'] = `Bearer ${utf8(token)}`;
    if (body !== undefined) headers['Content-Type'] = 'application/json';
    let response: Response;
    try {
      const init: RequestInit = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
      response = await fetch(path, signal ? { ...init, signal } : init);
    } catch (error) {
      if (error instanceof TypeError) throw this.lost();
      throw error;
    }
    if (response.ok) {
      this.answered();
      return response;
    }
    const told = (await response.json().catch(() => ({}))) as Partial<ErrorBody>;
    if (response.status === 401) {
      if (token === this.token()) this.state.set('locked'); // else it was asked before the token was given
    } else if (told.error === 'starting') this.state.set('starting');
    else this.answered();
    throw new ApiError(told.error ?? 'unknown', told.detail ?? response.statusText, response.status);
  }

  private answered(): void {
    if (this.state() === 'up') return;
    this.state.set('up');
    this.revived.update((n) => n + 1);
  }

  private lost(): ApiError {
    this.state.set('offline');
    return new ApiError('offline', 'offline');
  }
}
