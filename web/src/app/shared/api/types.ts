/** Names for the shapes of the OpenAPI document; nothing is described here a second time. */
import type { components, operations } from './schema';

type Schemas = components['schemas'];

export type AlternativePart = operations['answer_alternatives']['parameters']['query']['part'];
export type Answer = Schemas['Answer'];
export type Choice = Schemas['Choice'];
export type Citation = Schemas['Citation'];
export type CollectionsReply = Schemas['CollectionsReply'];
export type Condition = Schemas['Condition'];
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
export type Route = PlanEvent['route'];
export type SessionDetail = Schemas['SessionDetail'];
export type SessionState = Schemas['SessionState'];
export type SessionSummary = Schemas['SessionSummary'];
export type SourceDetail = Schemas['SourceDetail'];
export type SourceView = Schemas['SourceView'];
export type StatusReply = Schemas['StatusReply'];
export type SuggestionsLanguage = NonNullable<NonNullable<operations['suggestions']['parameters']['query']>['language']>;
export type SuggestionsReply = Schemas['SuggestionsReply'];
export type TokenEvent = Schemas['TokenEvent'];
export type Understood = Schemas['Understood'];
export type Window = Schemas['Window'];

/** What a stream of an answer holds, by its event's name. */
export type AskEvent =
  | { event: 'plan'; data: PlanEvent }
  | { event: 'evidence'; data: EvidenceEvent }
  | { event: 'token'; data: TokenEvent }
  | { event: 'answer'; data: Answer }
  | { event: 'error'; data: ErrorEvent };

export type JobEvent = { event: 'progress' | 'done'; data: Job };
