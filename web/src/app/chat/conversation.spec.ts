import { TestBed } from '@angular/core/testing';

import { Api, type Asked } from '../shared/api/api';
import { ApiError } from '../shared/api/transport';
import type { Answer, AskEvent, PlanEvent } from '../shared/api/types';
import { Conversation } from './conversation';

function answer(id: string, question: string, text: string): Answer {
  return {
    answer_id: id, session_id: 's1', question, state: 'answered', route: 'passages', answer: text, exact: null, choices: [],
    citations: [], contexts: [], history: [], notices: [], model: 'composed', timestamp: '2026-11-20T06:00:00Z',
  };
}

function plan(id: string): PlanEvent {
  return { answer_id: id, session_id: 's1', route: 'passages', query: 'q', scope: { kinds: null, collection: null }, language: 'fr', follow_up: false, understood: null };
}

/** A server whose events a test decides. */
class Script {
  readonly asked: Asked[] = [];
  readonly events: (AskEvent | Error | 'wait')[][] = [];

  async *ask(question: Asked, signal: AbortSignal): AsyncGenerator<AskEvent> {
    this.asked.push(question);
    for (const event of this.events.shift() ?? []) {
      if (event instanceof Error) throw event;
      if (event === 'wait') await new Promise((_, no) => signal.addEventListener('abort', () => no(new DOMException('', 'AbortError'))));
      else yield event;
    }
  }
}

describe('a conversation', () => {
  let script: Script;
  let conversation: Conversation;
  beforeEach(() => {
    script = new Script();
    TestBed.configureTestingModule({ providers: [Conversation, { provide: Api, useValue: script }] });
    conversation = TestBed.inject(Conversation);
  });

  it('grows by tokens and ends as the answer says', async () => {
    script.events.push([
      { event: 'plan', data: plan('a1') },
      { event: 'token', data: { text: 'Il faut ' } },
      { event: 'token', data: { text: 'relancer' } },
      { event: 'answer', data: answer('a1', 'q', 'Il faut relancer [1].') },
    ]);
    await conversation.ask('q');
    expect(conversation.turns()).toMatchObject([{ question: 'q', state: 'done', text: 'Il faut relancer [1].' }]);
    expect(conversation.sessionId()).toBe('s1');
    expect(script.asked).toEqual([{ query: 'q' }]);
  });

  it('keeps what had come when it is stopped, and asks again in its place', async () => {
    script.events.push([{ event: 'plan', data: plan('a1') }, { event: 'token', data: { text: 'Il faut' } }, 'wait']);
    const asking = conversation.ask('q');
    await new Promise((done) => setTimeout(done));
    expect(conversation.running()).toBe(true);
    conversation.stop();
    await asking;
    const [turn] = conversation.turns();
    expect(turn).toMatchObject({ state: 'stopped', text: 'Il faut' });
    script.events.push([{ event: 'answer', data: answer('a2', 'q', 'Bien.') }]);
    await conversation.ask('q', { collection_name: 'vanish_flows' }, turn ?? null);
    expect(conversation.turns()).toHaveLength(1);
    expect(script.asked[1]).toEqual({ query: 'q', collection_name: 'vanish_flows', session_id: 's1', replaces: 'a1' });
  });

  it('drops the turns after one that is edited', async () => {
    for (const n of [1, 2, 3]) {
      script.events.push([{ event: 'answer', data: answer(`a${n}`, `q${n}`, 'x') }]);
      await conversation.ask(`q${n}`);
    }
    script.events.push([{ event: 'answer', data: answer('a4', 'autre', 'y') }]);
    await conversation.ask('autre', {}, conversation.turns()[1] ?? null);
    expect(conversation.turns().map(({ question }) => question)).toEqual(['q1', 'autre']);
    expect(script.asked[3]?.replaces).toBe('a2');
  });

  it('says what the server refused, and that a stream broke off', async () => {
    script.events.push([new ApiError('offline', 'offline')], [{ event: 'plan', data: plan('a1') }]);
    await conversation.ask('q');
    expect(conversation.turns()[0]).toMatchObject({ state: 'failed', error: { code: 'offline' } });
    await conversation.ask('q');
    expect(conversation.turns()[1]).toMatchObject({ state: 'failed' });
    expect(conversation.running()).toBe(false);
  });
});
