import { pages as bot } from '@/features/bot/routes';
import { pages as contacts } from '@/features/contacts/routes';
import { pages as desk } from '@/features/desk/routes';
import { pages as knowledge } from '@/features/knowledge/routes';
import { pages as settings } from '@/features/settings/routes';
import type { PageRoute } from '@/lib/pages';
import type { Session } from '@/lib/types';

/** Every page of the console, in the order of the rail. */
export const pages: PageRoute[] = [...desk, ...contacts, ...knowledge, ...bot, ...settings];

/** Whether this session may open a page. */
export function mayOpen(page: PageRoute, session: Session): boolean {
  if (page.headquarters && session.tenant.kind !== 'headquarters') return false;
  if (page.member && session.tenant.kind !== 'member') return false;
  return !page.permission || session.permissions.includes(page.permission);
}

/** What the rail and the command bar offer this session. */
export function navigation(session: Session) {
  return pages.flatMap((page) =>
    page.navigation && mayOpen(page, session) ? [{ path: page.path, ...page.navigation }] : [],
  );
}
