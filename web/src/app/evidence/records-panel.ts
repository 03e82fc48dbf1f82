import { Component, computed, inject, input, linkedSignal, resource } from '@angular/core';

import { Api } from '../shared/api/api';
import { Language } from '../shared/i18n/language';
import { JsonTree } from './json-tree';

/** The records behind a row or a citation, page by page. */
@Component({
  selector: 'vg-records-panel',
  imports: [JsonTree],
  templateUrl: './records-panel.html',
  styleUrl: './records-panel.css',
})
export class RecordsPanel {
  readonly answerId = input.required<string>();
  readonly row = input<number | null>(null);

  protected readonly language = inject(Language);
  private readonly api = inject(Api);
  private readonly place = computed(() => ({ answerId: this.answerId(), row: this.row() }));
  protected readonly page = linkedSignal({ source: this.place, computation: () => 1 });
  protected readonly records = resource({
    params: () => ({ ...this.place(), page: this.page() }),
    loader: ({ params, abortSignal }) => this.api.records(params.answerId, params.row, params.page, abortSignal),
  });
}
