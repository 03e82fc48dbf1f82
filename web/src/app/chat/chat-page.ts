import {
  ChangeDetectorRef, Component, DestroyRef, ElementRef, Injector, afterNextRender, computed, effect, inject, input, linkedSignal, signal, untracked, viewChild,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { OpenEvidence } from '../evidence/open-evidence';
import { Language } from '../shared/i18n/language';
import { SessionList } from '../sessions/session-store';
import { Icon } from '../shared/ui/icon';
import { whenIdle } from '../shared/ui/idle';
import { SyncMenu } from '../sources/sync-menu';
import { Composer } from './composer';
import { Conversation } from './conversation';
import { EmptyState } from './empty-state';
import type { Ask, Turn, Where } from './turn';
import { TurnView } from './turn-view';

const FIRST = 6; // turns drawn at once
const SETTLING = 4; // frames
const STEP = 3; // more of them each time the browser is idle

/** The conversation at `/` (new) or `/s/<id>`. */
@Component({
  selector: 'vg-chat-page',
  imports: [Composer, EmptyState, Icon, RouterLink, SyncMenu, TurnView],
  providers: [Conversation],
  templateUrl: './chat-page.html',
  styleUrl: './chat-page.css',
  host: { '(document:keydown)': 'pressed($event)' },
})
export class ChatPage {
  readonly sessionId = input<string>();

  protected readonly language = inject(Language);
  protected readonly conversation = inject(Conversation);
  private readonly evidence = inject(OpenEvidence);
  private readonly sessions = inject(SessionList);
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  private readonly changes = inject(ChangeDetectorRef);
  private readonly composer = viewChild.required(Composer);
  private readonly scroller = viewChild.required<ElementRef<HTMLElement>>('scroller');

  protected readonly draft = signal('');
  protected readonly editing = signal<Turn | null>(null);
  protected readonly questions = computed(() => this.conversation.turns().map(({ question }) => question));

  /** A long conversation is drawn from its end, the rest above it when the browser has time. */
  private readonly hidden = linkedSignal({
    source: () => ({ id: this.conversation.sessionId(), ready: this.conversation.state() === 'ready' }),
    computation: () => Math.max(0, untracked(this.conversation.turns).length - FIRST),
  });
  protected readonly shownTurns = computed(() => this.conversation.turns().slice(this.hidden()));
  protected readonly waiting = computed(() => this.hidden() > 0);

  /** What a screen reader is told of the question asked last. */
  protected readonly announced = computed(() => {
    const texts = this.language.texts().chat;
    const asked = this.conversation.turns().findLast(({ asked }) => asked);
    if (!asked) return '';
    return { running: texts.searching, done: texts.ready, stopped: texts.stopped, failed: texts.failed }[asked.state];
  });

  constructor() {
    effect(() => {
      const id = this.sessionId() ?? null;
      untracked(() => void this.show(id));
    });
    effect(() => this.keepAddress(this.conversation.sessionId()));
    effect((onCleanup) => {
      if (this.hidden() > 0) onCleanup(whenIdle(() => this.drawMore()));
    });
    inject(DestroyRef).onDestroy(() => this.conversation.stop());
  }

  protected async ask({ question, where }: Ask): Promise<void> {
    const replacing = this.editing();
    this.editing.set(null);
    this.draft.set('');
    await this.run(question, where, replacing);
  }

  protected async retry(turn: Turn): Promise<void> {
    await this.run(turn.question, turn.where, turn);
  }

  protected edit(turn: Turn): void {
    this.editing.set(turn);
    this.write(turn.question);
  }

  protected cancelEdit(): void {
    this.editing.set(null);
    this.write('');
  }

  /** The question again, the words that a chip stands for selected: what is typed replaces them. */
  protected rephrase(turn: Turn, words: string): void {
    const question = turn.plan?.query ?? turn.question;
    const at = words ? question.toLocaleLowerCase().indexOf(words.toLocaleLowerCase()) : -1;
    if (at >= 0) this.write(question, at, at + words.length);
    else this.write(question);
  }

  protected choose({ question, where }: Ask): void {
    void this.run(question, where);
  }

  protected pressed(event: KeyboardEvent): void {
    const target = event.target as Element | null;
    if (event.key === 'Escape' && this.conversation.running()) this.conversation.stop();
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !target?.closest('input, textarea, select, [contenteditable]')) {
      event.preventDefault();
      this.composer().focus();
    }
  }

  private async show(id: string | null): Promise<void> {
    if (id === this.conversation.sessionId() && this.conversation.turns().length > 0) return;
    this.evidence.close();
    this.editing.set(null);
    await this.conversation.open(id);
    this.toLastTurn('instant');
    if (window.matchMedia('(pointer: fine)').matches) this.composer().focus();
  }

  private async run(question: string, where: Where = {}, replacing: Turn | null = null): Promise<void> {
    const asked = this.conversation.ask(question, where, replacing);
    this.toLastTurn('smooth');
    await asked;
    this.sessions.reload();
  }

  private write(text: string, from = text.length, to = text.length): void {
    this.draft.set(text);
    afterNextRender(() => this.composer().focus(from, to), { injector: this.injector });
  }

  /** A new conversation gets its address as soon as the server has named it; it stays as it is on the screen. */
  private keepAddress(id: string | null): void {
    if (id !== null && untracked(this.sessionId) !== id) {
      void this.router.navigate(['/s', id], { replaceUrl: true });
    }
  }

  private toLastTurn(behavior: ScrollBehavior): void {
    afterNextRender(
      () => {
        const last = this.scroller().nativeElement.querySelector('vg-turn:last-of-type');
        last?.scrollIntoView({ block: 'start', behavior });
        if (last && behavior === 'instant') this.settle(last, SETTLING);
      },
      { injector: this.injector },
    );
  }

  /** The turns above get their real heights as they are first laid out: the last one is held in its place meanwhile. */
  private settle(last: Element, frames: number): void {
    requestAnimationFrame(() => {
      last.scrollIntoView({ block: 'start', behavior: 'instant' });
      if (frames > 1) this.settle(last, frames - 1);
    });
  }

  /** Earlier turns, above; what is being read stays where it is. */
  private drawMore(): void {
    const scroller = this.scroller().nativeElement;
    const first = scroller.querySelector('vg-turn');
    const before = first?.getBoundingClientRect().top ?? 0;
    this.hidden.update((n) => Math.max(0, n - STEP));
    this.changes.detectChanges();
    scroller.scrollTop += (first?.getBoundingClientRect().top ?? before) - before;
  }
}
