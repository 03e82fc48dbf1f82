import { Injectable, inject } from '@angular/core';

import { Transport } from './transport';
import type {
  AlternativePart,
  AskEvent,
  Choice,
  CollectionsReply,
  DocumentReply,
  HealthReply,
  HealthReport,
  IngestBody,
  Job,
  JobEvent,
  Kind,
  ProfileReply,
  QueryBody,
  RecordsReply,
  SessionDetail,
  SessionState,
  SessionSummary,
  StatusReply,
  SuggestionsLanguage,
  SuggestionsReply,
} from './types';

export type Asked = Pick<QueryBody, 'query'> & Partial<QueryBody>;

const INGEST: Record<Kind, string> = {
  confluence: '/ingest_confluence',
  records: '/ingest_mongo',
  code: '/ingest_local_code',
};

/** The server's operations. All throw ApiError. */
@Injectable({ providedIn: 'root' })
export class Api {
  private readonly transport = inject(Transport);

  ask(question: Asked, signal: AbortSignal): AsyncGenerator<AskEvent> {
    return this.transport.events('POST', '/query/stream', question, signal);
  }

  records(answerId: string, row: number | null, page: number, signal?: AbortSignal): Promise<RecordsReply> {
    const query = new URLSearchParams({ page: String(page) });
    if (row !== null) query.set('row', String(row));
    return this.get(`/answers/${at(answerId)}/records?${query}`, signal);
  }

  /** Questions that differ from an exact answer's in one part of it. */
  alternatives(answerId: string, part: AlternativePart, n: number, collection: string | null, signal?: AbortSignal): Promise<Choice[]> {
    const query = new URLSearchParams({ part, n: String(n) });
    if (collection !== null) query.set('collection', collection);
    return this.get(`/answers/${at(answerId)}/alternatives?${query}`, signal);
  }

  document(id: string, signal?: AbortSignal): Promise<DocumentReply> {
    return this.get(`/documents/${at(id)}`, signal);
  }

  collections(signal?: AbortSignal): Promise<CollectionsReply> {
    return this.get('/list_collections', signal);
  }

  profile(collection: string, signal?: AbortSignal): Promise<ProfileReply> {
    return this.get(`/collections/${at(collection)}/profile`, signal);
  }

  suggestions(language: SuggestionsLanguage, signal?: AbortSignal): Promise<SuggestionsReply> {
    return this.get(`/suggestions?language=${language}`, signal);
  }

  status(signal?: AbortSignal): Promise<StatusReply> {
    return this.get('/status', signal);
  }

  health(signal?: AbortSignal): Promise<HealthReply> {
    return this.get('/health', signal);
  }

  /** Probes the indexes and rebuilds what is not sound. */
  repair(): Promise<HealthReport> {
    return this.transport.json('POST', '/check', { repair: true });
  }

  sessions(words: string, signal?: AbortSignal): Promise<SessionSummary[]> {
    return this.get(words ? `/sessions?${new URLSearchParams({ q: words })}` : '/sessions', signal);
  }

  session(id: string, signal?: AbortSignal): Promise<SessionDetail> {
    return this.get(`/sessions/${at(id)}`, signal);
  }

  renameSession(id: string, title: string): Promise<SessionSummary> {
    return this.transport.json('PATCH', `/sessions/${at(id)}`, { title });
  }

  deleteSession(id: string): Promise<SessionState> {
    return this.transport.json('DELETE', `/sessions/${at(id)}`);
  }

  restoreSession(id: string): Promise<SessionState> {
    return this.transport.json('POST', `/sessions/${at(id)}/restore`);
  }

  /** Begins an ingest of a kind of source, or joins the one that runs. */
  ingest(kind: Kind, limits: Partial<IngestBody> = {}): Promise<Job> {
    return this.transport.json('POST', `${INGEST[kind]}?wait=false`, limits);
  }

  jobs(signal?: AbortSignal): Promise<Job[]> {
    return this.get('/jobs', signal);
  }

  watch(jobId: string, signal: AbortSignal): AsyncGenerator<JobEvent> {
    return this.transport.events('GET', `/jobs/${at(jobId)}/stream`, undefined, signal);
  }

  stopJob(jobId: string): Promise<Job> {
    return this.transport.json('DELETE', `/jobs/${at(jobId)}`);
  }

  private get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return this.transport.json<T>('GET', path, undefined, signal);
  }
}

function at(part: string): string {
  return encodeURIComponent(part);
}

