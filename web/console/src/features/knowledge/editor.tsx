import { ArrowLeftOutlined, DownOutlined, HistoryOutlined } from '@ant-design/icons';
import { Button, Dropdown, Form, Select, Tag, TreeSelect } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswerFields } from '@/components/answer-fields';
import { isOutdated, OutdatedNote, useEditVersion } from '@/components/edit-version';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { QuestionField } from '@/components/question-field';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { useRehearsed } from '@/components/use-rehearsed';
import { entryPlace } from '@/lib/entry';
import { useGo, useParam, useSearchValue } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fieldProblems, problemOf } from '@/lib/problem';
import { followed } from '@/lib/sentences';
import { useSession } from '@/lib/session';
import { fullMoment } from '@/lib/time';
import type { Entry, EntryDraft } from '@/lib/types';
import {
  useCategories,
  useDraft,
  useEntry,
  useKnowledgeSettings,
  usePublish,
  useSaveEntry,
  useSubmit,
} from './api';
import { categoryTree } from './categories';
import { ChannelFields, Preview } from './channels';
import { DraftBar, MomentDialog } from './draft-bar';
import { inputOf, stampOf, type Values, valuesOf, withAsked } from './entry-values';
import { MustReadPanel } from './must-read';
import { CareFields, Counted, RelatedField } from './particulars';
import { ProposalBar } from './proposal';
import { OriginBar, SharingField } from './sharing';
import { StageTag } from './stage';
import { EntryUsePanel } from './use';
import { Versions } from './versions';
import { WordsDialog } from './words-dialog';

/** What a click is for, once the form is found to be right. */
type Aim = 'draft' | 'publish' | 'submit' | 'schedule';

interface FormProps {
  entry?: Entry;
  draft?: EntryDraft;
  /** A newer draft is on its way; until it is here nothing is newer. */
  waits?: boolean;
  category?: string;
  refresh?: () => void;
}

function EntryForm({ entry, draft, waits, category, refresh }: FormProps) {
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const go = useGo();
  const report = useReport();
  const rehearsed = useRehearsed();
  const [trying, setTrying] = useState(false);
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const categories = useCategories();
  const fourEyes = useKnowledgeSettings().data?.four_eyes ?? false;
  const [form] = Form.useForm<Values>();
  // questions without an answer come here by the address
  const asked = useSearchValue('asked')?.split('|').filter(Boolean) ?? [];
  const [changed, setChanged] = useState(Boolean(entry) && asked.length > 0);
  const [place, setPlace] = useState<string>();
  const [asks, setAsks] = useState<'note' | 'moment' | null>(null);
  const [compared, setCompared] = useState<[string, string] | null>(null);
  const save = useSaveEntry(entry?.id);
  const submit = useSubmit(entry?.id ?? '');
  const publish = usePublish(entry?.id ?? '');
  const busy = trying || save.isPending || submit.isPending || publish.isPending;
  const values: Partial<Values> | undefined = Form.useWatch([], form);
  const release = useLeaveGuard(changed);
  const newest = entry && !waits ? { version: stampOf(entry, draft), entry, draft } : undefined;
  const edit = useEditVersion(newest, changed, (newer) => {
    form.setFieldsValue(valuesOf(newer.entry, newer.draft));
    setChanged(false);
  });
  const failed = (error: unknown) => {
    if (isOutdated(error)) refresh?.();
    form.setFields(fieldProblems(error) as never);
    report.failed(error);
  };
  /** Stores the form; gives the entry as it is then. */
  const store = async (published: boolean, accept_fall = false): Promise<Entry> => {
    const [version = 0, revision = 0] = (edit.version ?? '').split('.').map(Number);
    const began = entry ? { version, revision } : {};
    const input = inputOf(await form.validateFields(), entry);
    const stored = await save.mutateAsync({
      ...input,
      ...began,
      publish: published,
      accept_fall,
    });
    edit.stored(stampOf(stored, stored.draft));
    setChanged(false);
    return stored;
  };
  /** The number of the draft that says what the form says. */
  const drafted = async (): Promise<Entry> =>
    entry && draft && !changed ? entry : await store(false);
  const run = async (aim: Aim, extra: { note?: string; at?: string } = {}) => {
    try {
      if (aim === 'publish') {
        const {
          question: asked,
          similar,
          valid_from,
          valid_until,
        } = inputOf(await form.validateFields(), entry);
        setTrying(true);
        let stored: Entry | undefined;
        const text = { question: asked, similar, valid_from, valid_until };
        const note = await rehearsed(
          { act: 'write', entry: entry?.id, ...text },
          async (accept) => {
            stored = await store(true, accept);
          },
        );
        if (note === null) return;
        report.done(followed(t('published'), note));
        release();
        go('/knowledge', { category: stored?.category ?? undefined });
        return;
      }
      const stored = aim === 'draft' ? await store(false) : await drafted();
      const revision = stored.draft?.revision ?? draft?.revision ?? 0;
      if (aim === 'submit') await submit.mutateAsync({ revision, note: extra.note });
      if (aim === 'schedule') {
        setTrying(true);
        const { version } = stored;
        const note = await rehearsed({ act: 'draft', entry: stored.id }, (accept_fall) =>
          publish.mutateAsync({ revision, version, at: extra.at, accept_fall }),
        );
        if (note === null) return;
      }
      report.done(t(`done.${aim}`));
      setAsks(null);
      if (!entry) {
        release();
        go(`/knowledge/entries/${stored.id}`);
      }
    } catch (error) {
      // what the form itself found stands at its fields
      if (error instanceof Error) failed(error);
    } finally {
      setTrying(false);
    }
  };
  const canSubmit = fourEyes && draft?.stage !== 'review' && draft?.stage !== 'scheduled';
  const more = [
    ...(!fourEyes && entry ? [{ key: 'note', label: t('submit.act') }] : []),
    ...((fourEyes ? draft?.may_publish && draft.stage === 'review' && !changed : entry)
      ? [{ key: 'moment', label: t('schedule.act') }]
      : []),
  ];
  return (
    <Page
      title={
        <>
          {entry ? entry.question : t('new')} {draft && <StageTag stage={draft.stage} />}
          {entry?.enabled === false && <Tag>{t('disabled')}</Tag>}
        </>
      }
      hint={
        entry &&
        (entry.version > 0
          ? t('version', { n: entry.version, at: fullMoment(entry.updated_at) })
          : t('never_published'))
      }
      actions={
        <>
          <Button icon={<ArrowLeftOutlined />} onClick={() => go('/knowledge', { category })}>
            {t('common:back')}
          </Button>
          {entry && entry.version > 0 && (
            <Button
              icon={<HistoryOutlined />}
              onClick={() =>
                setCompared(
                  draft
                    ? ['published', 'draft']
                    : [String(Math.max(1, entry.version - 1)), 'published'],
                )
              }
            >
              {t('versions.title')}
            </Button>
          )}
          {mayEdit && more.length > 0 && (
            <Dropdown
              menu={{ items: more, onClick: ({ key }) => setAsks(key as 'note' | 'moment') }}
            >
              <Button icon={<DownOutlined />} iconPlacement="end">
                {t('more_acts')}
              </Button>
            </Dropdown>
          )}
          {mayEdit && (
            <Button
              type={fourEyes && !canSubmit ? 'primary' : 'default'}
              loading={busy}
              disabled={Boolean(entry) && !changed}
              onClick={() => run('draft')}
              data-testid="save-draft"
            >
              {t('save_draft')}
            </Button>
          )}
          {mayEdit && canSubmit && (
            <Button
              type="primary"
              loading={busy}
              disabled={!draft && !changed}
              onClick={() => setAsks('note')}
              data-testid="submit"
            >
              {t('submit.act')}
            </Button>
          )}
          {mayEdit && !fourEyes && (
            <Button
              type="primary"
              loading={busy}
              disabled={Boolean(entry) && !draft && !changed}
              onClick={() => run('publish')}
              data-testid="save"
            >
              {t('publish')}
            </Button>
          )}
        </>
      }
    >
      {edit.isBehind && !busy && (
        <OutdatedNote
          at={draft?.updated_at ?? entry?.updated_at}
          onTheirs={edit.takeTheirs}
          onMine={edit.keepMine}
        />
      )}
      {entry?.origin && (
        <OriginBar
          entry={entry}
          mayEdit={mayEdit}
          onCompare={() => setCompared(['origin', draft ? 'draft' : 'published'])}
        />
      )}
      {entry?.proposal && (
        <ProposalBar
          entry={entry}
          proposal={entry.proposal}
          mayEdit={mayEdit}
          onCompare={(version) => setCompared(['published', String(version)])}
          onDeleted={() => {
            release();
            go('/knowledge', { category });
          }}
        />
      )}
      {entry && draft && (
        <DraftBar
          entry={entry}
          draft={draft}
          mayEdit={mayEdit}
          changed={changed}
          onCompare={() => setCompared(['published', 'draft'])}
          onDiscarded={() => {
            release();
            setChanged(false);
            if (entry.version === 0) go('/knowledge', { category });
          }}
        />
      )}
      <div className="row-2">
        <div className="panel" style={{ padding: 20 }}>
          <Form
            form={form}
            layout="vertical"
            disabled={!mayEdit}
            initialValues={withAsked(valuesOf(entry, draft, category), !entry, asked)}
            onValuesChange={() => setChanged(true)}
          >
            <QuestionField length={values?.question?.length ?? 0} autoFocus={!entry} />
            <Form.Item
              name="similar"
              label={<Counted name={t('similar')} n={values?.similar?.length ?? 0} />}
              extra={t('similar_hint')}
            >
              <Select
                className="kb-wordings"
                mode="tags"
                open={false}
                suffixIcon={null}
                tokenSeparators={['\n', '|']}
              />
            </Form.Item>
            <Form.Item name="category" label={t('category')}>
              <TreeSelect
                allowClear
                treeDefaultExpandAll
                treeData={categoryTree(categories.data ?? [])}
              />
            </Form.Item>
            <AnswerFields count={values?.answers?.length ?? 0} switched={false}>
              <ChannelFields />
              <RelatedField self={entry?.id} />
            </AnswerFields>
            <CareFields />
            <SharingField />
          </Form>
        </div>
        <div className="sticky">
          <Preview values={values ?? {}} place={place} onPlace={setPlace} />
        </div>
      </div>
      {entry && mayEdit && entry.version > 0 && <MustReadPanel entry={entry.id} />}
      {entry && mayEdit && <EntryUsePanel entry={entry.id} />}
      <WordsDialog
        open={asks === 'note'}
        title={t('submit.title')}
        hint={t('submit.hint')}
        ok={t('submit.act')}
        busy={busy}
        onClose={() => setAsks(null)}
        onOk={(note) => run('submit', { note: note || undefined })}
      />
      <MomentDialog
        open={asks === 'moment'}
        busy={busy}
        onClose={() => setAsks(null)}
        onOk={(at) => run('schedule', { at })}
      />
      {entry && (
        <Versions
          entry={entry}
          open={compared !== null}
          begin={compared ?? ['published', 'published']}
          onClose={() => setCompared(null)}
        />
      )}
    </Page>
  );
}

function StoredEntry({ entry, refresh }: { entry: Entry; refresh: () => void }) {
  const { t } = useTranslation('common');
  const query = useDraft(entry.id, entry.draft?.revision);
  const form = (draft?: EntryDraft) => (
    <EntryForm
      key={entry.id}
      entry={entry}
      draft={draft}
      waits={query.isPlaceholderData}
      category={entry.category ?? undefined}
      refresh={refresh}
    />
  );
  if (!entry.draft) return form();
  return (
    <Loaded title={t('nav.knowledge')} query={query}>
      {form}
    </Loaded>
  );
}

export default function EntryEditor() {
  const { t } = useTranslation('common');
  const id = useParam('entry');
  const category = useSearchValue('category');
  const entry = useEntry(id === 'new' ? undefined : id);
  const go = useGo();
  const isMember = useSession().tenant.kind === 'member';
  // a key that somebody wrote down may be headquarters'
  const elsewhere = isMember && entry.isError && problemOf(entry.error).status === 404;
  useEffect(() => {
    if (elsewhere) go(...entryPlace(id, true));
  }, [elsewhere, go, id]);
  if (id === 'new') return <EntryForm category={category} />;
  return (
    <Loaded title={t('nav.knowledge')} query={entry}>
      {(stored) => <StoredEntry entry={stored} refresh={() => entry.refetch()} />}
    </Loaded>
  );
}
