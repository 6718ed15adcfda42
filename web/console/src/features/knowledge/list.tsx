import {
  ApartmentOutlined,
  CheckSquareOutlined,
  ClockCircleOutlined,
  ImportOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import { Button, Checkbox, Grid, Select, Tag, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { ListTable, NoRows, RowActs, RowSwitch, Tags } from '@/components/list';
import { Page } from '@/components/page';
import { useRehearsed } from '@/components/use-rehearsed';
import { ValidityTag } from '@/components/validity';
import { useGo, useSearchValue } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { useSession } from '@/lib/session';
import { fullMoment, shortMoment } from '@/lib/time';
import type { DraftSelection, Entry, StageName } from '@/lib/types';
import {
  useCategories,
  useDeleteEntry,
  useEntries,
  useOwners,
  useSetEnabled,
  useTags,
} from './api';
import { BatchDialog, RunningNotice } from './batch';
import { Categories } from './categories';
import { DueNotice } from './due';
import { Export } from './export';
import { ProposalTag, ProposeDialog, useAsksForTwo, type Wish } from './proposal';
import { Rules } from './rules';
import { STAGES, StageTag } from './stage';

/** So many tags stand in a row; the rest is counted. */
const MOST_TAGS = 3;

function EnabledSwitch(props: {
  entry: Entry;
  disabled: boolean;
  /** Asks a colleague, where one has to agree. */
  wish?: (wish: Wish) => void;
}) {
  const { entry, disabled, wish } = props;
  const save = useSetEnabled(entry.id);
  const rehearsed = useRehearsed();
  return (
    <RowSwitch
      enabled={entry.enabled}
      disabled={disabled}
      busy={save.isPending}
      set={async (enabled) =>
        wish
          ? wish({ entry, act: enabled ? 'enable' : 'disable' })
          : rehearsed({ act: enabled ? 'enable' : 'disable', entry: entry.id }, (accept_fall) =>
              save.mutateAsync({ enabled, accept_fall }),
            )
      }
    />
  );
}

/** Says that somebody should look whether an entry is still true, and who. */
function DueTag({ entry, owner }: { entry: Entry; owner?: string }) {
  const { t } = useTranslation('knowledge');
  if (!entry.review_at || Date.parse(entry.review_at) > Date.now()) return null;
  return (
    <Tooltip title={t('due_since', { at: fullMoment(entry.review_at) })}>
      <Tag color="volcano" icon={<ClockCircleOutlined />}>
        {owner ? t('due_by', { name: owner }) : t('due')}
      </Tag>
    </Tooltip>
  );
}

/** The knowledge base: categories beside entries. */
export default function EntryList() {
  const { t } = useTranslation(['knowledge', 'common', 'content']);
  const go = useGo();
  // on a tablet the acts at the end of a row come before figures
  const isWide = Grid.useBreakpoint().lg ?? true;
  const [search, setSearch] = useState('');
  const category = useSearchValue('category');
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const categories = useCategories();
  const isMember = useSession().tenant.kind === 'member';
  const mayManage = useCan(PERMISSIONS.knowledgeManage);
  const [stage, setStage] = useState<StageName>();
  const [tag, setTag] = useState<string>();
  const [owner, setOwner] = useState<string>();
  const due = useSearchValue('due') === 'true';
  const imported = useSearchValue('import');
  const filter = { category, draft: stage, tag, owner, due: due || undefined, import: imported };
  const query = useSettled(search);
  const list = useEntries(filter, query);
  const [ticked, setTicked] = useState<string[]>([]);
  // what the filter hides is not acted on
  const chosen = ticked.filter((id) => list.items.some((one) => one.id === id));
  const [acts, setActs] = useState(false);
  const [batch, setBatch] = useState<string>();
  const [selection, setSelection] = useState<DraftSelection>();
  const actOnDrafts = () => {
    setSelection(chosen.length > 0 ? { entries: chosen } : { ...filter, query });
    setBatch(undefined);
    setActs(true);
  };
  const tags = useTags().data ?? [];
  const owners = useOwners().data ?? [];
  const remove = useDeleteEntry();
  const asksForTwo = useAsksForTwo();
  const [wish, setWish] = useState<Wish>();
  const [asks, setAsks] = useState(false);
  const ask = (wanted: Wish) => {
    setWish(wanted);
    setAsks(true);
  };
  const rehearsed = useRehearsed();
  const nameOf = (id?: string | null) => categories.data?.find((one) => one.id === id)?.name;
  const ownerOf = (id?: string | null) => owners.find((one) => one.id === id)?.name;
  const open = (entry: Entry) => go(`/knowledge/entries/${entry.id}`);
  const create = mayEdit && (
    <Button
      type="primary"
      icon={<PlusOutlined />}
      onClick={() => go('/knowledge/entries/new', { category })}
    >
      {t('new')}
    </Button>
  );
  const imports = mayEdit && (
    <Button icon={<ImportOutlined />} onClick={() => go('/knowledge/import')}>
      {t('common:nav.import')}
    </Button>
  );
  return (
    <Page
      title={t('common:nav.knowledge')}
      hint={t('hint')}
      actions={
        <>
          {mayManage && <Rules />}
          {isMember && (
            <Button icon={<ApartmentOutlined />} onClick={() => go('/knowledge/shared')}>
              {t('shared.title')}
            </Button>
          )}
          <Export />
          {imports}
          {create}
        </>
      }
    >
      {!due && (
        <DueNotice
          onShow={(me) => {
            setOwner(me);
            go('/knowledge', { due: 'true' });
          }}
        />
      )}
      <RunningNotice
        mayEdit={mayEdit}
        onShow={(id) => {
          setBatch(id);
          setActs(true);
        }}
      />
      <div className="kb">
        <Categories
          categories={categories.data ?? []}
          selected={category}
          mayEdit={mayEdit}
          onSelect={(id) => go('/knowledge', { category: id })}
        />
        <ListTable<Entry>
          rowKey="id"
          tableLayout="fixed"
          width={(isWide ? 760 : 556) + (mayEdit ? 32 : 0)}
          list={list}
          rowSelection={
            mayEdit
              ? {
                  columnWidth: 32,
                  selectedRowKeys: chosen,
                  onChange: (keys) => setTicked(keys.map(String)),
                  getCheckboxProps: (entry) => ({ disabled: !entry.draft }),
                }
              : undefined
          }
          search={{ text: search, onText: setSearch, hint: t('search') }}
          filters={
            <>
              <Select
                allowClear
                style={{ width: 120 }}
                aria-label={t('stage.title')}
                placeholder={t('stage.title')}
                value={stage}
                onChange={setStage}
                options={STAGES.map((value) => ({ value, label: t(`stage.${value}`) }))}
              />
              <Select
                allowClear
                showSearch
                style={{ width: 120 }}
                aria-label={t('tags')}
                placeholder={t('tags')}
                value={tag}
                onChange={setTag}
                options={tags.map((one) => ({ value: one.tag, label: `${one.tag} ${one.count}` }))}
              />
              <Select
                allowClear
                showSearch={{ optionFilterProp: 'label' }}
                style={{ width: 120 }}
                aria-label={t('owner')}
                placeholder={t('owner')}
                value={owner}
                onChange={setOwner}
                options={owners.map((one) => ({ value: one.id, label: one.name }))}
              />
              <Checkbox
                checked={due}
                onChange={(event) =>
                  go('/knowledge', { category, due: event.target.checked ? 'true' : undefined })
                }
              >
                {t('due')}
              </Checkbox>
              {imported && (
                <Tag closable onClose={() => go('/knowledge', { category })}>
                  {t('batch.import')}
                </Tag>
              )}
              {mayEdit && (chosen.length > 0 || stage || imported) && (
                <Button icon={<CheckSquareOutlined />} onClick={actOnDrafts}>
                  {chosen.length > 0 ? t('batch.chosen', { n: chosen.length }) : t('batch.all')}
                </Button>
              )}
            </>
          }
          empty={
            <NoRows
              searched={Boolean(search || stage || tag || owner || due || imported)}
              notFound={t('nothing_found')}
              empty={t(category ? 'empty_category' : 'empty')}
            >
              {create}
              {create && ' '}
              {imports}
            </NoRows>
          }
          columns={[
            {
              title: t('question'),
              render: (_, entry) => (
                <div>
                  <button type="button" className="plain" onClick={() => open(entry)}>
                    <b className="clamp-2">{entry.question}</b>
                  </button>
                  <div className="kb-tags">
                    {entry.version === 0 && <Tag>{t('never_published')}</Tag>}
                    {entry.draft && (
                      <StageTag stage={entry.draft.stage} at={entry.draft.publish_at} />
                    )}
                    {entry.proposal && <ProposalTag proposal={entry.proposal} />}
                    <ValidityTag from={entry.valid_from} until={entry.valid_until} />
                    {entry.sharing && <Tag color="cyan">{t('sharing.shared')}</Tag>}
                    {entry.origin && <Tag color="blue">{t('shared.local')}</Tag>}
                    {(entry.origin?.version ?? 0) > (entry.origin?.seen ?? 0) && (
                      <Tag color="gold">{t('shared.behind')}</Tag>
                    )}
                    <DueTag entry={entry} owner={ownerOf(entry.owner)} />
                  </div>
                  {entry.tags.length > 0 && (
                    <Tags words={entry.tags} most={MOST_TAGS} variant="outlined" />
                  )}
                  <div className="muted kb-answer ellipsis">
                    {entry.answers[0] && contentLine(entry.answers[0], t)}
                  </div>
                </div>
              ),
            },
            {
              title: t('similar_count'),
              responsive: ['lg'],
              width: 88,
              align: 'right',
              render: (_, entry) => (
                <Tooltip title={entry.similar.slice(0, 12).join(' / ')}>
                  {entry.similar.length}
                </Tooltip>
              ),
            },
            {
              title: t('category'),
              width: 116,
              ellipsis: true,
              render: (_, entry) => nameOf(entry.category) ?? <span className="muted">—</span>,
            },
            {
              title: t('common:updated_at'),
              responsive: ['lg'],
              width: 116,
              render: (_, entry) => (
                <Tooltip title={fullMoment(entry.updated_at)}>
                  <span className="nowrap">{shortMoment(entry.updated_at)}</span>
                </Tooltip>
              ),
            },
            {
              title: t('common:enabled'),
              width: 84,
              // what was never published is not in force, switched on or not
              render: (_, entry) =>
                entry.version === 0 ? (
                  <span className="muted">—</span>
                ) : (
                  <EnabledSwitch
                    entry={entry}
                    disabled={!mayEdit}
                    wish={asksForTwo(entry) ? ask : undefined}
                  />
                ),
            },
            {
              width: 132,
              render: (_, entry) => (
                <RowActs
                  mayEdit={mayEdit}
                  onOpen={() => open(entry)}
                  onDelete={asksForTwo(entry) ? () => ask({ entry, act: 'delete' }) : undefined}
                  deletion={{
                    title: t('delete_title'),
                    text: t('delete_text'),
                    run: () =>
                      rehearsed({ act: 'delete', entry: entry.id }, (accept_fall) =>
                        remove.mutateAsync({ id: entry.id, accept_fall }),
                      ),
                  }}
                />
              ),
            },
          ]}
        />
      </div>
      <BatchDialog
        open={acts}
        selection={selection}
        stage={stage}
        batch={batch}
        onBegun={(id) => {
          setBatch(id);
          setTicked([]);
        }}
        onClose={() => setActs(false)}
      />
      {wish && <ProposeDialog wish={wish} open={asks} onClose={() => setAsks(false)} />}
    </Page>
  );
}
