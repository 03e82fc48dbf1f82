import { Routes, UrlMatchResult, UrlSegment } from '@angular/router';

import { ChatPage } from './chat/chat-page';

/** `/` and `/s/<id>` are one page: a conversation that gets its address while it is being answered stays as it is. */
export function conversationAddress(segments: UrlSegment[]): UrlMatchResult | null {
  if (segments.length === 0) return { consumed: [] };
  const [first, id] = segments;
  if (segments.length !== 2 || first?.path !== 's' || id === undefined) return null;
  return { consumed: segments, posParams: { sessionId: id } };
}

export const routes: Routes = [
  { path: 'sources', loadComponent: () => import('./sources/sources-page').then((m) => m.SourcesPage) },
  { matcher: conversationAddress, component: ChatPage },
  { path: '**', redirectTo: '' },
];
