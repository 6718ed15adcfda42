import {
  ApartmentOutlined,
  BarChartOutlined,
  CheckSquareOutlined,
  DiffOutlined,
  FontSizeOutlined,
  ImportOutlined,
  QuestionCircleOutlined,
  ReadOutlined,
  RiseOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons';
import { lazy } from 'react';
import type { PageRoute } from '@/lib/pages';
import { PERMISSIONS } from '@/lib/permissions';

import { DueBadge } from './due';
import { UnreadBadge } from './unread-badge';

export const pages: PageRoute[] = [
  {
    path: '/knowledge',
    component: lazy(() => import('./list')),
    permission: PERMISSIONS.knowledgeRead,
    navigation: {
      group: 'knowledge',
      title: 'nav.entries',
      icon: <ReadOutlined />,
      badge: <DueBadge />,
    },
  },
  {
    path: '/knowledge/shared',
    component: lazy(() => import('./shared')),
    permission: PERMISSIONS.knowledgeRead,
    member: true,
    navigation: { group: 'knowledge', title: 'nav.shared', icon: <ApartmentOutlined /> },
  },
  {
    path: '/knowledge/quick-replies',
    component: lazy(() => import('./quick-replies')),
    permission: PERMISSIONS.knowledgeRead,
    navigation: { group: 'knowledge', title: 'nav.quick_replies', icon: <ThunderboltOutlined /> },
  },
  {
    path: '/knowledge/readings',
    component: lazy(() => import('./readings')),
    permission: PERMISSIONS.knowledgeRead,
    navigation: {
      group: 'knowledge',
      title: 'nav.readings',
      icon: <CheckSquareOutlined />,
      badge: <UnreadBadge />,
    },
  },
  {
    path: '/knowledge/import',
    component: lazy(() => import('./import')),
    permission: PERMISSIONS.knowledgeEdit,
    navigation: { group: 'knowledge', title: 'nav.import', icon: <ImportOutlined /> },
  },
  {
    path: '/knowledge/unresolved',
    component: lazy(() => import('./unresolved')),
    permission: PERMISSIONS.knowledgeEdit,
    navigation: { group: 'improvement', title: 'nav.unresolved', icon: <QuestionCircleOutlined /> },
  },
  {
    path: '/knowledge/learning',
    component: lazy(() => import('./learning')),
    permission: PERMISSIONS.knowledgeEdit,
    navigation: { group: 'improvement', title: 'nav.learning', icon: <RiseOutlined /> },
  },
  {
    path: '/knowledge/words',
    component: lazy(() => import('./words')),
    permission: PERMISSIONS.knowledgeRead,
    navigation: { group: 'improvement', title: 'nav.words', icon: <FontSizeOutlined /> },
  },
  {
    path: '/knowledge/twins',
    component: lazy(() => import('./twins')),
    permission: PERMISSIONS.knowledgeRead,
    navigation: { group: 'improvement', title: 'nav.twins', icon: <DiffOutlined /> },
  },
  {
    path: '/knowledge/uses',
    component: lazy(() => import('./uses')),
    permission: PERMISSIONS.knowledgeEdit,
    navigation: { group: 'improvement', title: 'nav.uses', icon: <BarChartOutlined /> },
  },
  {
    path: '/knowledge/entries/$entry',
    component: lazy(() => import('./editor')),
    permission: PERMISSIONS.knowledgeRead,
  },
];
