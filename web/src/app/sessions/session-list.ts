import { Component, ElementRef, Injector, afterNextRender, inject, output, signal, viewChild } from '@angular/core';
import { Router, RouterLink, RouterLinkActive } from '@angular/router';

import type { SessionSummary } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon } from '../shared/ui/icon';
import { Toasts } from '../shared/ui/toast';
import { SessionList } from './session-store';

const TYPING_MS = 200;

/** The conversations: search, open, rename, delete with a way back. */
@Component({
  selector: 'vg-session-list',
  imports: [Icon, RouterLink, RouterLinkActive],
  templateUrl: './session-list.html',
  styleUrl: './session-list.css',
})
export class SessionListView {
  readonly opened = output<void>();

  protected readonly language = inject(Language);
  protected readonly store = inject(SessionList);
  protected readonly renaming = signal<string | null>(null);
  private readonly title = viewChild<ElementRef<HTMLInputElement>>('title');
  private readonly toasts = inject(Toasts);
  private readonly router = inject(Router);
  private readonly injector = inject(Injector);
  private typing: ReturnType<typeof setTimeout> | undefined;

  protected search(words: string): void {
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.store.search(words), TYPING_MS);
  }

  protected begin(session: SessionSummary): void {
    this.renaming.set(session.session_id);
    afterNextRender(() => this.title()?.nativeElement.select(), { injector: this.injector });
  }

  protected async rename(session: SessionSummary, title: string): Promise<void> {
    if (this.renaming() === null) return;
    this.renaming.set(null);
    if (title.trim() !== session.title) await this.toasts.attempt(this.store.rename(session.session_id, title.trim()));
  }

  protected async remove({ session_id: id }: SessionSummary): Promise<void> {
    const texts = this.language.texts().sessions;
    const address = this.router.url;
    if (!(await this.toasts.attempt(this.store.remove(id)))) return;
    if (address === `/s/${id}`) await this.router.navigateByUrl('/');
    this.toasts.show(texts.deleted, texts.undo, () => void this.restore(id, address));
  }

  private async restore(id: string, address: string): Promise<void> {
    if (!(await this.toasts.attempt(this.store.restore(id)))) return;
    if (address === `/s/${id}`) await this.router.navigateByUrl(address);
  }
}
