import { Component, computed, inject, output, resource } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Api } from '../shared/api/api';
import { Transport } from '../shared/api/transport';
import type { Kind } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { Icon, type IconName } from '../shared/ui/icon';
import { Catalogue } from '../sources/catalogue';

const ICONS: Record<Kind, IconName> = { confluence: 'wiki', records: 'records', code: 'code' };
const SHOWN: Record<Kind, number> = { records: 4, confluence: 1, code: 1 };

/** Before the first question: what can be asked here. */
@Component({
  selector: 'vg-empty-state',
  imports: [Icon, RouterLink],
  templateUrl: './empty-state.html',
  styleUrl: './empty-state.css',
})
export class EmptyState {
  readonly choose = output<string>();

  protected readonly language = inject(Language);
  protected readonly catalogue = inject(Catalogue);
  private readonly api = inject(Api);
  private readonly transport = inject(Transport);
  private readonly reply = resource({
    params: () => ({ revived: this.transport.revived(), language: this.language.current() }),
    loader: ({ params, abortSignal }) => this.api.suggestions(params.language, abortSignal),
  });

  protected readonly samples = computed(() => {
    if (!this.reply.hasValue()) return [];
    const left = { ...SHOWN };
    return this.reply
      .value()
      .questions.filter(({ source }) => left[source]-- > 0)
      .map(({ source, question }) => ({ question, icon: ICONS[source] }));
  });
}
