import { Component, computed, inject, output } from '@angular/core';
import { Router, RouterLink, RouterLinkActive } from '@angular/router';

import { SessionListView } from '../sessions/session-list';
import { Language } from '../shared/i18n/language';
import { Icon, type IconName } from '../shared/ui/icon';
import { ThemeChoice, type Theme } from '../shared/ui/theme';

const THEME_ICON: Record<Theme, IconName> = { system: 'system', light: 'sun', dark: 'moon' };

/** Beside every page, or in a drawer on a phone: sessions, the way to the sources, language and theme. */
@Component({
  selector: 'vg-side',
  imports: [Icon, RouterLink, RouterLinkActive, SessionListView],
  templateUrl: './side.html',
  styleUrl: './side.css',
})
export class Side {
  readonly leave = output<void>();

  protected readonly language = inject(Language);
  protected readonly theme = inject(ThemeChoice);
  protected readonly themeIcon = computed(() => THEME_ICON[this.theme.current()]);
  private readonly router = inject(Router);

  protected newSession(): void {
    this.leave.emit();
    void this.router.navigateByUrl('/');
  }
}
