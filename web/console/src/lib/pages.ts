import type { ComponentType, LazyExoticComponent, ReactNode } from 'react';
import type { Permission } from './permissions';

export type NavigationGroup =
  | 'desk'
  | 'contacts'
  | 'knowledge'
  | 'improvement'
  | 'bot'
  | 'settings';

/** One page a feature offers; the router and the navigation are made from these. */
export interface PageRoute {
  /** TanStack notation, e.g. `/contacts/$contact`. */
  path: string;
  component: LazyExoticComponent<ComponentType>;
  permission?: Permission;
  /** Only the headquarters sees it. */
  headquarters?: boolean;
  /** Only members see it. */
  member?: boolean;
  /** Present when the page stands in the navigation. */
  navigation?: { group: NavigationGroup; title: string; icon: ReactNode; badge?: ReactNode };
}
