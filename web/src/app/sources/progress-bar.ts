import { Component, computed, inject, input } from '@angular/core';

import type { Progress } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { share } from './job-store';

/** How far one source of a running ingest is. */
@Component({
  selector: 'vg-progress-bar',
  template: `
    <div class="text">
      <span>{{ progress().ref.name }}</span>
      <span>
        {{ language.texts().sources.stages[progress().stage] }} · {{ language.number(progress().done) }}
        @if (progress().total; as total) {
          / {{ language.number(total) }}
        }
      </span>
    </div>
    <progress [attr.aria-label]="progress().ref.name" max="1" [attr.value]="part()"></progress>
  `,
  styles: `
    :host { display: block; }
    .text { display: flex; justify-content: space-between; gap: 1rem; font-size: .85rem; color: var(--muted); font-variant-numeric: tabular-nums; }
    progress { display: block; width: 100%; height: .35rem; margin: .2rem 0; border: 0; border-radius: 999px; overflow: hidden; background: var(--field); accent-color: var(--accent-strong); }
    progress::-webkit-progress-bar { background: var(--field); }
    progress::-webkit-progress-value { background: var(--accent-strong); transition: width .3s; }
  `,
})
export class ProgressBar {
  readonly progress = input.required<Progress>();
  protected readonly language = inject(Language);
  protected readonly part = computed(() => share(this.progress()));
}
