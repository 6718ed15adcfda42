import { Skeleton } from 'antd';
import type { ReactNode } from 'react';
import { Page } from './page';
import { ProblemAlert } from './problem';

/** A page about one thing: waits for it, or says why it does not come. */
export function Loaded<T>(props: {
  /** The page's title while there is nothing else to show. */
  title: string;
  query: { data?: T; isError: boolean; error: unknown; refetch: () => unknown };
  children: (data: T) => ReactNode;
}) {
  const { data, isError, error, refetch } = props.query;
  if (isError) {
    return (
      <Page title={props.title}>
        <ProblemAlert error={error} onRetry={() => refetch()} />
      </Page>
    );
  }
  if (data === undefined) return <Skeleton active style={{ padding: 32 }} />;
  return props.children(data);
}
