import { Injectable, computed, effect, inject, resource } from '@angular/core';

import { Api } from '../shared/api/api';
import { Transport } from '../shared/api/transport';
import type { Kind } from '../shared/api/types';
import { LinkPolicy } from '../shared/markdown/link-policy';

const KINDS: readonly Kind[] = ['confluence', 'records', 'code'];

/** What can be asked: sources and collections, shared by the chat's pickers and the sources page. */
@Injectable({ providedIn: 'root' })
export class Catalogue {
  private readonly api = inject(Api);
  private readonly transport = inject(Transport);
  private readonly links = inject(LinkPolicy);

  private readonly reply = resource({
    params: () => this.transport.revived(),
    loader: ({ abortSignal }) => this.api.collections(abortSignal),
  });

  readonly loaded = computed(() => this.reply.hasValue());
  readonly sources = computed(() => (this.reply.hasValue() ? this.reply.value().sources : []));
  /** The kinds of source that are there, in the order they are shown. */
  readonly kinds = computed(() => {
    const present = new Set(this.sources().map(({ source }) => source));
    return KINDS.filter((kind) => present.has(kind));
  });
  readonly isEmpty = computed(() => this.loaded() && this.sources().every(({ chunks }) => chunks === 0));

  constructor() {
    effect(() => {
      if (this.reply.hasValue()) this.links.allow(this.reply.value().origins);
    });
  }

  reload(): void {
    this.reply.reload();
  }
}
