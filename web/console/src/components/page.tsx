import { Button, Empty } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** A page's title, one sentence on what it is for, and its acts. */
export function Page(props: {
  title: ReactNode;
  hint?: ReactNode;
  actions?: ReactNode;
  narrow?: boolean;
  children: ReactNode;
}) {
  return (
    <div className={props.narrow ? 'page narrow' : 'page'}>
      <div className="page-head">
        <div className="grow">
          <h1>{props.title}</h1>
          {props.hint && <p>{props.hint}</p>}
        </div>
        {props.actions}
      </div>
      {props.children}
    </div>
  );
}

/** An empty place that says what to do next. */
export function Nothing({ text, children }: { text: string; children?: ReactNode }) {
  return (
    <div className="full-center">
      <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={text}>
        {children}
      </Empty>
    </div>
  );
}

/** The foot of a keyset list. */
export function LoadMore(props: { more: boolean; loading: boolean; onMore: () => void }) {
  const { t } = useTranslation();
  if (!props.more) return null;
  return (
    <div className="load-more">
      <Button loading={props.loading} onClick={props.onMore}>
        {t('more')}
      </Button>
    </div>
  );
}
