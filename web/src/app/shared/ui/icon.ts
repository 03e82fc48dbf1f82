import { Component, computed, input } from '@angular/core';

const PATHS = {
  add: 'M12 5v14M5 12h14',
  chart: 'M4 20V10M10 20V4M16 20v-7M21 20H3',
  check: 'm5 12 5 5L20 7',
  chevron: 'm6 9 6 6 6-6',
  close: 'M6 6l12 12M18 6 6 18',
  code: 'm8 7-5 5 5 5M16 7l5 5-5 5',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  download: 'M12 4v11m-5-4 5 5 5-5M5 20h14',
  edit: 'M4 20h4L19 9l-4-4L4 16z',
  external: 'M14 4h6v6M20 4 10 14M18 14v6H4V6h6',
  language: 'M3 12h18M12 3c3 3 4 6 4 9s-1 6-4 9c-3-3-4-6-4-9s1-6 4-9zM21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z',
  menu: 'M4 7h16M4 12h16M4 17h16',
  moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z',
  records: 'M4 6h16v4H4zM4 14h16v4H4z',
  retry: 'M20 5v5h-5M19.5 10A8 8 0 1 0 20 14',
  search: 'M16 11a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0zM15 15l5 5',
  send: 'M12 19V5m-6 6 6-6 6 6',
  sort: 'M8 5v14m-3-3 3 3 3-3M16 19V5m-3 3 3-3 3 3',
  sources: 'M12 3 3 8l9 5 9-5zM3 12l9 5 9-5M3 16l9 5 9-5',
  stop: 'M7 7h10v10H7z',
  sun: 'M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.5 1.5M17.5 17.5 19 19M19 5l-1.5 1.5M6.5 17.5 5 19',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  table: 'M4 5h16v14H4zM4 10h16M4 15h16M10 5v14',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  warning: 'M12 4 2.5 20h19zM12 10v4M12 17v.5',
  wiki: 'M5 4h11l3 3v13H5zM9 10h6M9 14h6',
} as const;

export type IconName = keyof typeof PATHS;

/** A drawing beside a text or a label: always hidden from assistive technology. */
@Component({
  selector: 'vg-icon',
  template: `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false"><path [attr.d]="path()" /></svg>`,
  styles: `
    :host { display: inline-flex; flex: none; }
    svg { width: 1.15em; height: 1.15em; fill: none; stroke: currentColor; stroke-width: 1.8; stroke-linecap: round; stroke-linejoin: round; }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly path = computed(() => PATHS[this.name()]);
}
