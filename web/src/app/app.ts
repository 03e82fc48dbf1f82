import { Component, ElementRef, computed, effect, inject, signal, viewChild } from '@angular/core';
import { Router, RouterLink, RouterOutlet } from '@angular/router';

import { EvidencePanel } from './evidence/evidence-panel';
import { OpenEvidence } from './evidence/open-evidence';
import { Api } from './shared/api/api';
import { Transport } from './shared/api/transport';
import { Language } from './shared/i18n/language';
import { Icon } from './shared/ui/icon';
import { Toast } from './shared/ui/toast';
import { Side } from './shell/side';
import { Jobs } from './sources/job-store';

const TRY_MS = 2_500; // how often a server that is away is asked again

/** The frame around every page: sessions on the left, evidence on the right, the state of the server on top. */
@Component({
  selector: 'vg-app',
  imports: [EvidencePanel, Icon, RouterLink, RouterOutlet, Side, Toast],
  templateUrl: './app.html',
  styleUrl: './app.css',
})
export class App {
  protected readonly language = inject(Language);
  protected readonly transport = inject(Transport);
  protected readonly evidence = inject(OpenEvidence);
  protected readonly jobs = inject(Jobs);
  private readonly api = inject(Api);
  private readonly router = inject(Router);
  private readonly drawer = viewChild.required<ElementRef<HTMLDialogElement>>('drawer');
  private readonly lock = viewChild<ElementRef<HTMLDialogElement>>('lock');

  protected readonly away = computed(() => this.transport.offline() || this.transport.starting());

  protected readonly drawerOpen = signal(false);
  protected readonly refused = signal(false);

  constructor() {
    effect((onCleanup) => {
      if (!this.away()) return;
      const timer = setInterval(() => void this.api.health().catch(() => undefined), TRY_MS);
      onCleanup(() => clearInterval(timer));
    });
    effect(() => this.lock()?.nativeElement.showModal());
  }

  protected openDrawer(): void {
    this.drawerOpen.set(true);
    this.drawer().nativeElement.showModal();
  }

  protected closeDrawer(): void {
    this.drawer().nativeElement.close();
  }

  protected async unlock(token: string): Promise<void> {
    this.refused.set(false);
    this.refused.set(!(await this.transport.unlock(token)));
  }

  protected newSession(): void {
    this.closeDrawer();
    void this.router.navigateByUrl('/');
  }
}
