import {
  AppstoreOutlined,
  ExperimentOutlined,
  FileDoneOutlined,
  KeyOutlined,
  PartitionOutlined,
  RobotOutlined,
} from '@ant-design/icons';
import { lazy } from 'react';
import type { PageRoute } from '@/lib/pages';
import { PERMISSIONS } from '@/lib/permissions';

const permission = PERMISSIONS.botRead;

export const pages: PageRoute[] = [
  {
    path: '/bot/keywords',
    component: lazy(() => import('./keywords')),
    permission,
    navigation: { group: 'bot', title: 'nav.keywords', icon: <KeyOutlined /> },
  },
  {
    path: '/bot/keywords/$keyword',
    component: lazy(() => import('./keyword-editor')),
    permission,
  },
  {
    path: '/bot/text-menu',
    component: lazy(() => import('./text-menu')),
    permission,
    navigation: { group: 'bot', title: 'nav.text_menu', icon: <PartitionOutlined /> },
  },
  {
    path: '/bot/account-menu',
    component: lazy(() => import('./account-menu')),
    permission,
    navigation: { group: 'bot', title: 'nav.account_menu', icon: <AppstoreOutlined /> },
  },
  {
    path: '/bot/settings',
    component: lazy(() => import('./settings')),
    permission,
    navigation: { group: 'bot', title: 'nav.bot_settings', icon: <RobotOutlined /> },
  },
  {
    path: '/bot/test',
    component: lazy(() => import('./bench')),
    permission,
    navigation: { group: 'bot', title: 'nav.bench', icon: <ExperimentOutlined /> },
  },
  {
    path: '/bot/test-sets',
    component: lazy(() => import('./test-sets')),
    permission,
    navigation: { group: 'bot', title: 'nav.test_sets', icon: <FileDoneOutlined /> },
  },
  {
    path: '/bot/test-sets/$set',
    component: lazy(() => import('./test-set')),
    permission,
  },
];
