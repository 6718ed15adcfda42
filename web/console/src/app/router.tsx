import { createRootRoute, createRoute, createRouter, Navigate } from '@tanstack/react-router';
import { Button, Result, Spin } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/components/mark';
import { useGo } from '@/lib/go';
import type { PageRoute } from '@/lib/pages';
import { useSession } from '@/lib/session';
import { mayOpen, navigation, pages } from './navigation';
import { Shell } from './shell';

function Missing() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <Result
      icon={<Mark size={56} />}
      title={t('missing.title')}
      subTitle={t('missing.text')}
      extra={
        <Button type="primary" onClick={() => go('/')}>
          {t('missing.home')}
        </Button>
      }
    />
  );
}

function Crash({ error }: { error: unknown }) {
  const { t } = useTranslation();
  return (
    <Result
      status="error"
      title={t('crash.title')}
      subTitle={t('crash.text')}
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {t('crash.reload')}
        </Button>
      }
    >
      <code>{error instanceof Error ? error.message : String(error)}</code>
    </Result>
  );
}

function Home() {
  const [first] = navigation(useSession());
  return first ? <Navigate to={first.path} replace /> : <Missing />;
}

function Guarded({ page }: { page: PageRoute }) {
  const session = useSession();
  if (!mayOpen(page, session)) return <Missing />;
  const { component: Component } = page;
  return (
    <Suspense
      fallback={
        <div className="full-center">
          <Spin />
        </div>
      }
    >
      <Component />
    </Suspense>
  );
}

const root = createRootRoute({ component: Shell, notFoundComponent: Missing });

const routes = [
  createRoute({ getParentRoute: () => root, path: '/', component: Home }),
  ...pages.map((page) =>
    createRoute({
      getParentRoute: () => root,
      path: page.path,
      component: () => <Guarded page={page} />,
      errorComponent: Crash,
    }),
  ),
];

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultErrorComponent: Crash,
});
