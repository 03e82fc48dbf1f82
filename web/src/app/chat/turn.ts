import type { Answer, Citation, Exact, PlanEvent, QueryBody } from '../shared/api/types';

/** Where to look, when not everywhere. */
export type Where = Partial<Pick<QueryBody, 'sources' | 'collection_name'>>;

/** A question to ask, and where. */
export interface Ask {
  question: string;
  where: Where;
}

/** A question and what is known of its answer so far. */
export interface Turn {
  /** Stays the same while the answer comes. */
  readonly key: string;
  readonly question: string;
  readonly where: Where;
  readonly askedAt: string;
  /** Here and now, not read from the server. */
  readonly asked: boolean;
  readonly state: 'running' | 'done' | 'stopped' | 'failed';
  readonly plan: PlanEvent | null;
  readonly evidence: { citations: readonly Citation[]; exact: Exact | null } | null;
  /** The text shown so far; the whole answer at the end. */
  readonly text: string;
  readonly answer: Answer | null;
  readonly error: { code: string; detail: string } | null;
}

export function begun(key: string, question: string, askedAt: string, where: Where = {}): Turn {
  return { key, question, where, askedAt, asked: true, state: 'running', plan: null, evidence: null, text: '', answer: null, error: null };
}

/** A turn as the server kept it. */
export function kept(answer: Answer): Turn {
  return {
    ...begun(answer.answer_id, answer.question, answer.timestamp),
    ...ended(answer),
    asked: false,
  };
}

/** What an answer changes of its turn. */
export function ended(answer: Answer): Partial<Turn> {
  const state = answer.state === 'failed' ? 'failed' : answer.state === 'cancelled' ? 'stopped' : 'done';
  return { state, answer, text: answer.answer, evidence: { citations: answer.citations, exact: answer.exact } };
}

/** The stored answer to replace when this question is asked again; none when the server never took it. */
export function answerId(turn: Turn): string | null {
  return turn.answer?.answer_id ?? turn.plan?.answer_id ?? null;
}
