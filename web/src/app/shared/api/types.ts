/** Names for the shapes of the OpenAPI document; nothing is described here a second time. */
import type { components } from './schema';

type Schemas = components['schemas'];

export type Answer = Schemas['Answer'];
export type Choice = Schemas['Choice'];
export type Citation = Schemas['Citation'];
export type CollectionsReply = Schemas['CollectionsReply'];
export type Context = Schemas['Context'];
export type DocumentReply = Schemas['DocumentReply'];
export type ErrorBody = Schemas['ErrorBody'];
export type ErrorEvent = Schemas['ErrorEvent'];
export type EvidenceEvent = Schemas['EvidenceEvent'];
export type Exact = Schemas['Exact'];
export type HealthReply = Schemas['HealthReply'];
export type HealthReport = Schemas['HealthReport'];
export type IngestBody = Schemas['IngestBody'];
export type Job = Schemas['Job'];
export type Kind = Citation['source'];
export type PlanEvent = Schemas['PlanEvent'];
export type ProfileReply = Schemas['ProfileReply'];
export type Progress = Schemas['Progress'];
export type QueryBody = Schemas['QueryBody'];
export type RecordsReply = Schemas['RecordsReply'];
export type SessionDetail = Schemas['SessionDetail'];
export type SessionState = Schemas['SessionState'];
export type SessionSummary = Schemas['SessionSummary'];
export type SourceDetail = Schemas['SourceDetail'];
export type SourceView = Schemas['SourceView'];
export type StatusReply = Schemas['StatusReply'];
export type SuggestionsReply = Schemas['SuggestionsReply'];
export type TokenEvent = Schemas['TokenEvent'];
export type Window = Schemas['Window'];

/** What a stream of an answer holds, by its event's name. */
export type AskEvent =
  | { event: 'plan'; data: PlanEvent }
  | { event: 'evidence'; data: EvidenceEvent }
  | { event: 'token'; data: TokenEvent }
  | { event: 'answer'; data: Answer }
  | { event: 'error'; data: ErrorEvent };

export type JobEvent = { event: 'progress' | 'done'; data: Job };
