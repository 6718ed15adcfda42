import { App, Button, Drawer, Select, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { followed } from '@/lib/sentences';
import { fullMoment } from '@/lib/time';
import type { Entry, EntryVersion } from '@/lib/types';
import { useRestore, useVersions } from './api';
import { Differences } from './differences';
import { ProposeDialog, useAsksForTwo, type Wish } from './proposal';

function VersionLine(props: {
  entry: Entry;
  version: EntryVersion;
  onCompare: () => void;
  onPropose: (restores: number) => void;
}) {
  const { entry, version } = props;
  const { t } = useTranslation(['knowledge', 'common']);
  const { modal } = App.useApp();
  const report = useReport();
  const restore = useRestore(entry.id);
  const rehearsed = useRehearsed();
  const { version: number } = version;
  /** A modal within a modal would hang: this one closes, and what is found has its own. */
  const bringBack = () =>
    rehearsed({ act: 'restore', entry: entry.id, version: number }, (accept_fall) =>
      restore.mutateAsync({ version: number, over: entry.version, accept_fall }),
    ).then(
      (note) => note !== null && report.done(followed(t('versions.restored', { n: number }), note)),
      report.failed,
    );
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const isPresent = version.version === entry.version;
  const writers = version.writers.map((one) => one.name).filter(Boolean);
  const asksForTwo = useAsksForTwo();
  const confirm = () => {
    if (asksForTwo(entry)) {
      props.onPropose(number);
      return;
    }
    modal.confirm({
      title: t('versions.restore_title', { n: version.version }),
      content: t('versions.restore_text', { n: entry.version + 1 }),
      okText: t('versions.restore'),
      onOk: () => {
        bringBack();
      },
    });
  };
  return (
    <li>
      <div className="grow">
        <b>{t('versions.number', { n: version.version })}</b>{' '}
        <span className="muted">
          {fullMoment(version.published_at)} · {version.published_by?.name || t('versions.program')}
        </span>
        {writers.length > 0 && writers.join() !== version.published_by?.name && (
          <div className="muted">{t('versions.written_by', { names: writers.join('、') })}</div>
        )}
        {version.restored_from && <div>{t('versions.from', { n: version.restored_from })}</div>}
        {version.note && <div>{version.note}</div>}
      </div>
      {isPresent ? (
        <span className="muted">{t('versions.present')}</span>
      ) : (
        <span className="nowrap">
          <Button type="link" size="small" onClick={props.onCompare}>
            {t('versions.compare')}
          </Button>
          {mayEdit && (
            <Button type="link" size="small" loading={restore.isPending} onClick={confirm}>
              {t('versions.restore')}
            </Button>
          )}
        </span>
      )}
    </li>
  );
}

/** Every version that was published: compare any two texts, bring an old one back. */
export function Versions(props: {
  entry: Entry;
  open: boolean;
  /** The texts to begin with. */
  begin: [from: string, to: string];
  onClose: () => void;
}) {
  const { entry, open } = props;
  const { t } = useTranslation('knowledge');
  const versions = useVersions(entry.id, open);
  const [chosen, setChosen] = useState<[string, string]>();
  const [wish, setWish] = useState<Wish>();
  const [asks, setAsks] = useState(false);
  const [from, to] = chosen ?? props.begin;
  const items = versions.data?.items ?? [];
  const options = [
    ...(entry.origin?.version ? [{ value: 'origin', label: t('origin.title') }] : []),
    ...(entry.draft ? [{ value: 'draft', label: t('versions.draft') }] : []),
    { value: 'published', label: t('versions.published') },
    ...items.map(({ version }) => ({
      value: String(version),
      label: t('versions.number', { n: version }),
    })),
  ];
  return (
    <Drawer
      open={open}
      size={720}
      title={t('versions.title')}
      onClose={() => {
        setChosen(undefined);
        props.onClose();
      }}
      destroyOnHidden
    >
      {versions.isError && (
        <ProblemAlert error={versions.error} onRetry={() => versions.refetch()} />
      )}
      <div className="diff-choice">
        <Select
          aria-label={t('versions.older')}
          value={from}
          options={options}
          onChange={(value) => setChosen([value, to])}
        />
        <span className="muted">{t('versions.against')}</span>
        <Select
          aria-label={t('versions.newer')}
          value={to}
          options={options}
          onChange={(value) => setChosen([from, value])}
        />
      </div>
      {open && <Differences id={entry.id} from={from} to={to} />}
      <h3>{t('versions.all')}</h3>
      {versions.isPending && <Skeleton active />}
      {versions.data && items.length === 0 && <p className="muted">{t('versions.none')}</p>}
      <ul className="versions">
        {items.map((version) => (
          <VersionLine
            key={version.version}
            entry={entry}
            version={version}
            onCompare={() => setChosen([String(version.version), 'published'])}
            onPropose={(restores) => {
              setWish({ entry, act: 'restore', restores });
              setAsks(true);
            }}
          />
        ))}
      </ul>
      {wish && <ProposeDialog wish={wish} open={asks} onClose={() => setAsks(false)} />}
    </Drawer>
  );
}
