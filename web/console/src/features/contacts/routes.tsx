import { TeamOutlined } from '@ant-design/icons';
import { lazy } from 'react';
import type { PageRoute } from '@/lib/pages';
import { PERMISSIONS } from '@/lib/permissions';

export const pages: PageRoute[] = [
  {
    path: '/contacts',
    component: lazy(() => import('./list')),
    permission: PERMISSIONS.contactRead,
    navigation: { group: 'contacts', title: 'nav.contacts', icon: <TeamOutlined /> },
  },
  {
    path: '/contacts/$contact',
    component: lazy(() => import('./detail')),
    permission: PERMISSIONS.contactRead,
  },
];
