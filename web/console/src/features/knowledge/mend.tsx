import { DownloadOutlined } from '@ant-design/icons';
import { App, Button, Input, Table } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Falls } from '@/components/falls';
import { ProblemAlert, useReport } from '@/components/problem';
import { explain, explainCode, fallsOf, problemOf } from '@/lib/problem';
import type { ImportCells, ImportReport } from '@/lib/types';
import { useImport } from './api';

export type RowError = ImportReport['errors'][number];

const COLUMNS = [
  'question',
  'similar',
  'answer',
  'category',
  'tags',
  'owner',
  'review_date',
  'related',
  'channel_answers',
  'answer_mode',
  'valid_from',
  'valid_until',
  'enabled',
  'sharing',
] as const;
type Column = (typeof COLUMNS)[number];

const WIDTHS: Partial<Record<Column, number>> = {
  question: 220,
  similar: 160,
  answer: 240,
  category: 110,
  channel_answers: 200,
};

/** Where a row stands in the file: its number, after its sheet where there are several. */
export function placeOf({ sheet, row }: RowError): string {
  return sheet ? `${sheet} · ${row}` : `${row}`;
}

/** Why a row is left out, in the reader's language. */
export function Why({ error }: { error: RowError }) {
  const { t } = useTranslation('knowledge');
  if (error.code === 'import.repeated' && error.first) {
    const { first: n, first_sheet: sheet } = error;
    return sheet && sheet !== error.sheet
      ? t('import.repeated_in', { n, sheet })
      : t('import.repeated', { n });
  }
  const words = explainCode(error.code);
  if (!words) return error.message;
  return (
    <>
      {words}
      {error.code === 'import.json' && (
        <div className="muted mono">{error.message.replace(/^[^:]*: /, '')}</div>
      )}
    </>
  );
}

/** Rows as a table that the server takes; a column that no row has is left out. */
export function tableOf(rows: ImportCells[]): string {
  const columns = COLUMNS.filter((name) => rows.some((row) => row[name] != null));
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = rows.map((row) => columns.map((name) => quoted(row[name] ?? '')).join(','));
  return `\u{feff}${[columns.join(','), ...lines].join('\r\n')}\r\n`;
}

interface BadRow {
  /** Its place in the first file, by which people know it. */
  place: string;
  error: RowError;
  cells: ImportCells;
}

/** The rows that were refused, to be mended here and imported alone. */
export function Mend(props: {
  errors: RowError[];
  publish: boolean;
  /** Is told how many rows still wait. */
  onLeft: (rows: number) => void;
}) {
  const { t } = useTranslation(['knowledge', 'common', 'guard']);
  const report = useReport();
  const { modal } = App.useApp();
  const again = useImport();
  const [rows, setRows] = useState<BadRow[]>(
    props.errors.flatMap((error) =>
      error.cells ? [{ place: placeOf(error), error, cells: error.cells }] : [],
    ),
  );
  const { onLeft } = props;
  useEffect(() => onLeft(rows.length), [onLeft, rows.length]);
  const change = (place: string, column: Column, text: string) =>
    setRows((before) =>
      before.map((row) =>
        row.place === place ? { ...row, cells: { ...row.cells, [column]: text } } : row,
      ),
    );
  const run = (accept_fall = false) => {
    const sent = rows;
    const file = new File([tableOf(sent.map((row) => row.cells))], 'mended.csv');
    again.mutate(
      { file, dry_run: false, publish: props.publish, accept_fall },
      {
        onError: (error) => {
          if (problemOf(error).code !== 'knowledge.score_falls') return;
          modal.confirm({
            title: t('guard:title'),
            content: (
              <>
                {explain(error)}
                <Falls falls={fallsOf(error)} />
              </>
            ),
            okText: t('guard:go_on'),
            cancelText: t('guard:back'),
            onOk: () => run(true),
          });
        },
        onSuccess: (answer) => {
          // below the header, row 2 is the first that was sent
          const left = answer.errors.flatMap((error) => {
            const row = sent[error.row - 2];
            return row ? [{ ...row, error }] : [];
          });
          setRows(left);
          report.done(t('mend.done', { n: answer.created + answer.updated + answer.unchanged }));
        },
      },
    );
  };
  if (rows.length === 0) return null;
  const isMany = props.errors.some((error) => error.sheet);
  const shown = COLUMNS.filter((name) => rows.some((row) => row.cells[name] != null));
  const cell = (column: Column, width: number) => ({
    title: t(`import.column_name.${column}`),
    width,
    render: (_: unknown, row: BadRow) => (
      <Input.TextArea
        autoSize={{ minRows: 1, maxRows: 6 }}
        aria-label={`${t('import.row')} ${row.place} ${t(`import.column_name.${column}`)}`}
        status={row.error.column === column ? 'error' : undefined}
        value={row.cells[column] ?? ''}
        onChange={(event) => change(row.place, column, event.target.value)}
      />
    ),
  });
  return (
    <section data-testid="mend">
      <h3>{t('mend.title', { n: rows.length })}</h3>
      <p className="muted">{t('mend.hint')}</p>
      {again.isError && <ProblemAlert error={again.error} />}
      <Table<BadRow>
        size="small"
        rowKey="place"
        dataSource={rows}
        pagination={rows.length > 50 && { pageSize: 50, showSizeChanger: false }}
        scroll={{ x: Math.max(1000, 350 + shown.length * 160) }}
        columns={[
          { title: t('import.row'), dataIndex: 'place', width: isMany ? 140 : 70 },
          { title: t('import.problem'), width: 200, render: (_, row) => <Why error={row.error} /> },
          ...shown.map((name) => cell(name, WIDTHS[name] ?? 120)),
          {
            width: 80,
            render: (_, row) => (
              <Button
                type="link"
                size="small"
                onClick={() => setRows((all) => all.filter((it) => it.place !== row.place))}
              >
                {t('mend.leave')}
              </Button>
            ),
          },
        ]}
      />
      <div className="kb-acts">
        <Button
          icon={<DownloadOutlined />}
          href={`data:text/csv;charset=utf-8,${encodeURIComponent(tableOf(rows.map((row) => row.cells)))}`}
          download="rows.csv"
          data-testid="mend-download"
        >
          {t('mend.download')}
        </Button>
        <Button
          type="primary"
          loading={again.isPending}
          onClick={() => run()}
          data-testid="mend-run"
        >
          {t('mend.run', { n: rows.length })}
        </Button>
      </div>
    </section>
  );
}
