import { Component, Injectable, inject, signal } from '@angular/core';

import { ApiError } from '../api/transport';
import { Language } from '../i18n/language';
import { Icon } from './icon';

interface Message {
  text: string;
  action: string | null;
  run: (() => void) | null;
}

const SHOWN_MS = 8_000;

/** One message at a time, with at most one thing to do about it. */
@Injectable({ providedIn: 'root' })
export class Toasts {
  private readonly language = inject(Language);
  readonly message = signal<Message | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  show(text: string, action: string | null = null, run: (() => void) | null = null): void {
    this.message.set({ text, action, run });
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.dismiss(), SHOWN_MS);
  }

  /** Whether it could be done; if not, why is shown. */
  async attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work;
      return true;
    } catch (error) {
      this.show(error instanceof ApiError ? this.language.trouble(error.code, error.message) : String(error));
      return false;
    }
  }

  dismiss(): void {
    clearTimeout(this.timer);
    this.message.set(null);
  }
}

@Component({
  selector: 'vg-toast',
  imports: [Icon],
  template: `
    <div role="status" aria-live="polite">
      @if (toasts.message(); as message) {
        <div class="toast">
          <span>{{ message.text }}</span>
          @if (message.action) {
            <button type="button" class="action" (click)="act()">{{ message.action }}</button>
          }
          <button type="button" class="icon-button" (click)="toasts.dismiss()" [attr.aria-label]="language.texts().app.close">
            <vg-icon name="close" />
          </button>
        </div>
      }
    </div>
  `,
  styles: `
    :host { position: fixed; inset: auto 0 5.5rem; display: grid; justify-items: center; pointer-events: none; z-index: 40; }
    .toast { pointer-events: auto; display: flex; align-items: center; gap: .75rem; padding: .5rem .5rem .5rem 1rem; border-radius: 999px;
      background: var(--ink); color: var(--paper); box-shadow: var(--shadow); }
    .action { border: 0; background: none; color: inherit; font: inherit; font-weight: 650; text-decoration: underline; text-underline-offset: 3px; cursor: pointer; }
    .icon-button { color: inherit; }
  `,
})
export class Toast {
  protected readonly toasts = inject(Toasts);
  protected readonly language = inject(Language);

  protected act(): void {
    this.toasts.message()?.run?.();
    this.toasts.dismiss();
  }
}
