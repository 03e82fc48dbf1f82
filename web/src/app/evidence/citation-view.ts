import { Component, computed, inject, input, linkedSignal, resource } from '@angular/core';

import { Api } from '../shared/api/api';
import type { Citation, Context } from '../shared/api/types';
import { Language } from '../shared/i18n/language';
import { LinkPolicy } from '../shared/markdown/link-policy';
import { Icon } from '../shared/ui/icon';
import { CodeView } from './code-view';
import { fileLines, headings, languageOf } from './locator';
import { PassageView } from './passage-view';
import { RecordsPanel } from './records-panel';

/** One citation: where it stands, and the passage with the cited words marked. */
@Component({
  selector: 'vg-citation-view',
  imports: [CodeView, Icon, PassageView, RecordsPanel],
  templateUrl: './citation-view.html',
  styleUrl: './citation-view.css',
})
export class CitationView {
  readonly citation = input.required<Citation>();
  readonly context = input<Context | null>(null);
  readonly answerId = input<string | null>(null);

  protected readonly language = inject(Language);
  private readonly links = inject(LinkPolicy);
  private readonly api = inject(Api);

  protected readonly whole = linkedSignal({ source: this.citation, computation: () => false });
  protected readonly link = computed(() => this.links.link(this.citation().url));
  protected readonly lines = computed(() => fileLines(this.citation().locator));
  protected readonly path = computed(() => headings(this.citation().locator));
  protected readonly codeLanguage = computed(() => languageOf(this.lines()?.path ?? ''));
  protected readonly passage = computed(() => this.context()?.content ?? this.citation().quote);

  protected readonly document = resource({
    params: () => (this.whole() ? { id: this.citation().document_id } : undefined),
    loader: ({ params, abortSignal }) => this.api.document(params.id, abortSignal),
  });
}
