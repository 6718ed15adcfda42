import { MessageOutlined } from '@ant-design/icons';
import { lazy } from 'react';
import type { PageRoute } from '@/lib/pages';
import { PERMISSIONS } from '@/lib/permissions';

export const pages: PageRoute[] = [
  {
    path: '/desk',
    component: lazy(() => import('./desk')),
    permission: PERMISSIONS.conversationRead,
    navigation: { group: 'desk', title: 'nav.desk', icon: <MessageOutlined /> },
  },
];
