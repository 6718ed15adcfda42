import { Button, Input, Popconfirm, Switch, Table, type TableProps, Tag, Tooltip } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LoadMore, Nothing } from './page';
import { ProblemAlert, useReport } from './problem';

/** What a table shows: a keyset list, or all of a short one. */
export interface Listed<T> {
  items: T[];
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage?: boolean;
  isFetchingNextPage?: boolean;
  fetchNextPage?: () => unknown;
}

/** A query that answers everything at once, as a list. */
export function whole<T>(query: Omit<Listed<T>, 'items'> & { data?: T[] }): Listed<T> {
  const { data, isPending, isError, error, refetch } = query;
  return { items: data ?? [], isPending, isError, error, refetch };
}

/** The words typed above a list. */
export interface Search {
  text: string;
  onText: (text: string) => void;
  hint: string;
}

type FromTable =
  | 'rowKey'
  | 'columns'
  | 'size'
  | 'tableLayout'
  | 'expandable'
  | 'title'
  | 'rowSelection';

/** The column of acts, the last one without a name, stays where it is when a narrow window scrolls the others. */
function withActsInSight<T>(columns: TableProps<T>['columns']): TableProps<T>['columns'] {
  const last = columns?.at(-1);
  if (!columns || !last || last.title) return columns;
  return [...columns.slice(0, -1), { ...last, fixed: 'end' }];
}

/**
 * A list as every page shows it: the search and the filters, the rows, what to do when there are
 * none, and the way to more of them.
 */
export function ListTable<T extends object>(
  props: Pick<TableProps<T>, FromTable> & {
    list: Listed<T>;
    /** Below this width the table scrolls sideways in itself. */
    width: number;
    empty: ReactNode;
    search?: Search;
    filters?: ReactNode;
    onOpen?: (row: T) => void;
  },
) {
  const { list, width, empty, search, filters, onOpen, columns, ...table } = props;
  return (
    <div className="panel" style={{ minWidth: 0 }}>
      {(search || filters) && (
        <div className="toolbar">
          {search && (
            <Input.Search
              allowClear
              style={{ width: 320 }}
              placeholder={search.hint}
              aria-label={search.hint}
              value={search.text}
              onChange={(event) => search.onText(event.target.value)}
            />
          )}
          {filters}
        </div>
      )}
      {list.isError && <ProblemAlert error={list.error} onRetry={() => list.refetch()} />}
      <Table<T>
        size="middle"
        {...table}
        columns={withActsInSight(columns)}
        loading={list.isPending}
        dataSource={list.items}
        pagination={false}
        scroll={{ x: width }}
        // while it loads, nothing is said to be missing
        locale={{
          emptyText: !list.isPending && !list.isError ? empty : <div style={{ height: 160 }} />,
        }}
        onRow={onOpen && ((row) => ({ onClick: () => onOpen(row), style: { cursor: 'pointer' } }))}
      />
      <LoadMore
        more={list.hasNextPage ?? false}
        loading={list.isFetchingNextPage ?? false}
        onMore={() => list.fetchNextPage?.()}
      />
    </div>
  );
}

/** Nothing there, or nothing found: one says what to do first, the other what to try. */
export function NoRows(props: {
  searched?: boolean;
  empty: string;
  notFound?: string;
  children?: ReactNode;
}) {
  if (props.searched) return <Nothing text={props.notFound ?? props.empty} />;
  return <Nothing text={props.empty}>{props.children}</Nothing>;
}

/** Some of many short words; the rest is counted, and told where one points. */
export function Tags(props: {
  words: string[];
  most: number;
  mono?: boolean;
  variant?: 'outlined';
}) {
  const { words, most, mono, variant } = props;
  const { t } = useTranslation();
  const shown = words.length > most + 1 ? words.slice(0, most) : words;
  const rest = words.slice(shown.length);
  return (
    <span className="tags">
      {shown.map((word) => (
        <Tag key={word} title={word} variant={variant} className={mono ? 'mono' : undefined}>
          {word}
        </Tag>
      ))}
      {rest.length > 0 && (
        <Tooltip title={rest.slice(0, 40).join(' / ')}>
          <small className="muted nowrap">{t('more_of', { n: rest.length })}</small>
        </Tooltip>
      )}
    </span>
  );
}

/** Switches a row on or off in its place. */
export function RowSwitch(props: {
  enabled: boolean;
  disabled: boolean;
  busy: boolean;
  set: (enabled: boolean) => Promise<unknown>;
}) {
  const { t } = useTranslation();
  const report = useReport();
  return (
    <Switch
      size="small"
      aria-label={t('enabled')}
      checked={props.enabled}
      disabled={props.disabled}
      loading={props.busy}
      onChange={(enabled) => props.set(enabled).catch(report.failed)}
    />
  );
}

/** Edit and delete at the end of a row. */
export function RowActs(props: {
  mayEdit: boolean;
  onOpen: () => void;
  /** What deleting means, asked before it is done. `run` gives `null` when it was given up. */
  deletion: { title: string; text: string; run: () => Promise<unknown> };
  /** Asks in its own way what deleting needs, in the place of that question. */
  onDelete?: () => void;
}) {
  const { t } = useTranslation();
  const report = useReport();
  const remove = (
    <Button type="link" size="small" danger onClick={props.onDelete}>
      {t('delete')}
    </Button>
  );
  return (
    <span className="nowrap row-acts">
      <Button type="link" size="small" onClick={props.onOpen}>
        {t(props.mayEdit ? 'edit' : 'view')}
      </Button>
      {props.mayEdit && props.onDelete && remove}
      {props.mayEdit && !props.onDelete && (
        <Popconfirm
          title={props.deletion.title}
          description={props.deletion.text}
          okText={t('delete')}
          okButtonProps={{ danger: true }}
          onConfirm={() => {
            // what it asks then stands over the page, not under this question
            props.deletion
              .run()
              .then((done) => done !== null && report.done(t('deleted')), report.failed);
          }}
        >
          {remove}
        </Popconfirm>
      )}
    </span>
  );
}
