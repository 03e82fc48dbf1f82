import { Injectable, signal } from '@angular/core';

import { allowedLink } from './render';

/** The sites that texts may link to: what the server is configured with. */
@Injectable({ providedIn: 'root' })
export class LinkPolicy {
  readonly origins = signal<ReadonlySet<string>>(new Set());

  allow(origins: readonly string[]): void {
    const known = this.origins();
    if (origins.length !== known.size || origins.some((origin) => !known.has(origin))) {
      this.origins.set(new Set(origins));
    }
  }

  link(href: string | null): string | null {
    return href === null ? null : allowedLink(href, this.origins());
  }
}
