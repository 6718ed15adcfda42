import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { Spin } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Nothing } from '@/components/page';
import { endSession, useSessionQuery, useSetupOpen } from '@/features/session/api';
import { Setup } from '@/features/session/setup';
import { SignIn } from '@/features/session/sign-in';
import { whenSignedOut } from '@/lib/api';
import { problemOf } from '@/lib/problem';
import { SessionContext } from '@/lib/session';
import { LiveProvider } from './live';
import { router } from './router';
import { Theme } from './theme';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) => {
        const { status } = problemOf(error);
        return (status === 0 || status >= 500) && count < 3;
      },
    },
  },
});

whenSignedOut(() => endSession(queries));

/** Decides what may be seen: the first run, the log-in, or the console. */
function Gate() {
  const { t } = useTranslation('session');
  const session = useSessionQuery();
  const signedOut = session.data === null;
  const setup = useSetupOpen(signedOut);
  const tenant = session.data?.tenant.name;
  useEffect(() => {
    document.title = tenant ? `${tenant} · 触点` : '触点 Chudian';
  }, [tenant]);
  if (session.data) {
    return (
      <SessionContext value={session.data}>
        <LiveProvider>
          <RouterProvider router={router} />
        </LiveProvider>
      </SessionContext>
    );
  }
  if (session.failureCount > 0 && session.isPending) {
    return <Nothing text={`${t('unreachable')} · ${t('unreachable_text')}`} />;
  }
  if (!signedOut || setup.isPending) {
    return (
      <div className="full-center">
        <Spin size="large" />
      </div>
    );
  }
  return setup.data?.open ? <Setup /> : <SignIn />;
}

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Theme>
        <Gate />
      </Theme>
    </QueryClientProvider>
  );
}
