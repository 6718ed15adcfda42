import {
  ApartmentOutlined,
  ApiOutlined,
  AuditOutlined,
  BulbOutlined,
  EditOutlined,
  FileSearchOutlined,
  UserOutlined,
  WechatOutlined,
} from '@ant-design/icons';
import { lazy } from 'react';
import type { PageRoute } from '@/lib/pages';
import { PERMISSIONS } from '@/lib/permissions';

export const pages: PageRoute[] = [
  {
    path: '/settings/inboxes',
    component: lazy(() => import('./inboxes')),
    permission: PERMISSIONS.inboxRead,
    navigation: { group: 'settings', title: 'nav.inboxes', icon: <WechatOutlined /> },
  },
  {
    path: '/settings/inboxes/new',
    component: lazy(() => import('./inbox-wizard')),
    permission: PERMISSIONS.inboxEdit,
  },
  {
    path: '/settings/inboxes/$inbox',
    component: lazy(() => import('./inbox')),
    permission: PERMISSIONS.inboxRead,
  },
  {
    path: '/settings/knowledge-model',
    component: lazy(() => import('./knowledge-model')),
    permission: PERMISSIONS.knowledgeModel,
    navigation: { group: 'settings', title: 'nav.knowledge_model', icon: <BulbOutlined /> },
  },
  {
    path: '/settings/generation',
    component: lazy(() => import('./generation')),
    permission: PERMISSIONS.knowledgeModel,
    navigation: { group: 'settings', title: 'nav.generation', icon: <EditOutlined /> },
  },
  {
    path: '/settings/users',
    component: lazy(() => import('./users')),
    permission: PERMISSIONS.userRead,
    navigation: { group: 'settings', title: 'nav.users', icon: <UserOutlined /> },
  },
  {
    path: '/settings/members',
    component: lazy(() => import('./members')),
    permission: PERMISSIONS.tenantRead,
    headquarters: true,
    navigation: { group: 'settings', title: 'nav.members', icon: <ApartmentOutlined /> },
  },
  {
    path: '/settings/api-keys',
    component: lazy(() => import('./api-keys')),
    permission: PERMISSIONS.apiKeyManage,
    navigation: { group: 'settings', title: 'nav.api_keys', icon: <ApiOutlined /> },
  },
  {
    path: '/settings/inbound',
    component: lazy(() => import('./inbound')),
    permission: PERMISSIONS.inboundRead,
    navigation: { group: 'settings', title: 'nav.inbound', icon: <FileSearchOutlined /> },
  },
  {
    path: '/settings/audit',
    component: lazy(() => import('./audit')),
    permission: PERMISSIONS.auditRead,
    navigation: { group: 'settings', title: 'nav.audit', icon: <AuditOutlined /> },
  },
];
