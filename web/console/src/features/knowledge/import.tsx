import { DownloadOutlined, InboxOutlined } from '@ant-design/icons';
import { Alert, Button, Radio, Statistic, Steps, Table, Upload } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { ProblemAlert } from '@/components/problem';
import { useAskToLeave, useLeaveGuard } from '@/components/use-leave-guard';
import { fileSize } from '@/lib/bytes';
import { useGo } from '@/lib/go';
import type { ImportReport } from '@/lib/types';
import { useImport, useKnowledgeSettings } from './api';
import { endingOf } from './ending';
import { Mend, placeOf, type RowError, Why } from './mend';
import { Rehearsed } from './rehearsed';

/** The server tells so many rows and no more. */
const MOST_ERRORS = 1000;

/** What the dialog for files offers. */
const READABLE = '.csv,.xlsx,.md,.markdown,.html,.htm,.docx';

/** Which sheets of a workbook, or tables of a document, are read, and which are not. */
function Sheets({ sheets }: { sheets: NonNullable<ImportReport['sheets']> }) {
  const { t } = useTranslation('knowledge');
  const named = sheets.flatMap(({ name, rows: n }) =>
    n == null ? [] : [t('import.sheet_rows', { name: name || t('import.sheet_text'), n })],
  );
  const left = sheets.flatMap(({ name, rows }) => (rows == null ? [name] : []));
  return (
    <div className="kb-sheets" data-testid="sheets">
      {named.length > 0 && <p className="muted">{t('import.sheets', { names: named })}</p>}
      {left.length > 0 && (
        <Alert type="warning" showIcon title={t('import.sheets_left', { names: left })} />
      )}
    </div>
  );
}

function Report({ report, brief }: { report: ImportReport; brief?: boolean }) {
  const { t } = useTranslation('knowledge');
  return (
    <>
      <div className="kb-figures">
        {(['rows', 'created', 'updated', 'unchanged'] as const).map((name) => (
          <Statistic key={name} title={t(`import.${name}`)} value={report[name]} />
        ))}
        <Statistic
          title={t('import.errors')}
          value={report.errors.length}
          styles={report.errors.length > 0 ? { content: { color: 'var(--danger)' } } : undefined}
        />
      </div>
      {report.sheets && <Sheets sheets={report.sheets} />}
      {report.errors.length > 0 && !brief && (
        <Table<RowError>
          size="small"
          rowKey={(one) => `${placeOf(one)}-${one.column}-${one.code}`}
          dataSource={report.errors}
          pagination={report.errors.length > 10 && { pageSize: 10, showSizeChanger: false }}
          footer={
            report.errors.length < MOST_ERRORS
              ? undefined
              : () => <span className="muted">{t('import.most_errors', { n: MOST_ERRORS })}</span>
          }
          columns={[
            {
              title: t('import.row'),
              render: (_, one) => placeOf(one),
              width: report.sheets ? 160 : 80,
            },
            {
              title: t('import.column'),
              width: 110,
              render: (_, { column }) => column && t(`import.column_name.${column}`),
            },
            { title: t('import.problem'), render: (_, one) => <Why error={one} /> },
          ]}
        />
      )}
    </>
  );
}

/** An example file, made in the browser. */
function exampleAddress(row: string): string {
  const head = 'question,similar,answer,category';
  const text = `\u{feff}${head}\r\n${row}\r\n`;
  return `data:text/csv;charset=utf-8,${encodeURIComponent(text)}`;
}

/** Upload, look at what would happen, then do it. */
export default function Import() {
  const { t } = useTranslation(['knowledge', 'common']);
  const go = useGo();
  const [file, setFile] = useState<File | null>(null);
  const check = useImport();
  const run = useImport();
  // Where four eyes are asked for, a table becomes drafts and nothing else.
  const fourEyes = useKnowledgeSettings().data?.four_eyes ?? false;
  const [wished, setWished] = useState(true);
  const publish = wished && !fourEyes;
  // null: not known yet
  const [falls, setFalls] = useState<boolean | null>(null);
  const [accepted, setAccepted] = useState(false);
  // What was asked for: the rule may have come into force meanwhile.
  const published = run.variables?.publish ?? publish;
  const ending = run.data && endingOf(run.data);
  const step = run.data ? 2 : check.data ? 1 : 0;
  const choose = (chosen: File) => {
    setFile(chosen);
    run.reset();
    setFalls(null);
    setAccepted(false);
    check.mutate({ file: chosen, dry_run: true, publish, rehearse: publish });
  };
  // Rows that wait to be mended are held by this page alone.
  const [left, setLeft] = useState(0);
  useLeaveGuard(left > 0, t('mend.leave_text', { n: left }));
  const askToLeave = useAskToLeave();
  const tellLeft = useCallback((rows: number) => setLeft(rows), []);
  const again = async () => {
    if (left > 0 && !(await askToLeave(t('mend.leave_text', { n: left })))) return;
    setFile(null);
    setLeft(0);
    check.reset();
    run.reset();
  };
  const useful = (check.data?.created ?? 0) + (check.data?.updated ?? 0);
  return (
    <Page title={t('common:nav.import')} hint={t('import.hint')} narrow={step < 2}>
      <div className="panel" style={{ padding: 24 }}>
        <Steps
          size="small"
          current={step}
          style={{ marginBottom: 24 }}
          items={[
            { title: t('import.choose') },
            { title: t('import.check') },
            { title: t('import.done') },
          ]}
        />
        {step === 0 && (
          <>
            <Radio.Group
              style={{ marginBottom: 16 }}
              value={publish}
              disabled={fourEyes}
              onChange={({ target }) => setWished(target.value)}
              options={[
                { value: true, label: t('import.as_published') },
                { value: false, label: t('import.as_drafts') },
              ]}
            />
            {fourEyes && <p className="muted">{t('import.four_eyes')}</p>}
            <Upload.Dragger
              // what is dropped is not left out without a word: the server says why it cannot be read
              accept={{ format: READABLE, filter: 'native' }}
              showUploadList={false}
              disabled={check.isPending}
              beforeUpload={(chosen) => {
                choose(chosen);
                return false;
              }}
            >
              <p className="ant-upload-drag-icon">
                <InboxOutlined />
              </p>
              <p>
                {check.isPending ? t('import.checking', { name: file?.name }) : t('import.drop')}
              </p>
              <p className="muted">{t('import.columns')}</p>
              <p className="muted">{t('import.documents')}</p>
            </Upload.Dragger>
            <Button
              type="link"
              icon={<DownloadOutlined />}
              href={exampleAddress(t('import.example_row'))}
              download="knowledge.csv"
              style={{ marginTop: 12 }}
            >
              {t('import.example')}
            </Button>
            {check.isError && (
              <div style={{ marginTop: 12 }}>
                <ProblemAlert error={check.error} />
              </div>
            )}
          </>
        )}
        {step === 1 && check.data && file && (
          <>
            <Alert
              type={check.data.errors.length > 0 ? 'warning' : 'success'}
              showIcon
              style={{ marginBottom: 16 }}
              title={`${file.name} · ${fileSize(file.size)}`}
              description={t(
                useful === 0
                  ? 'import.nothing'
                  : check.data.errors.length > 0
                    ? 'import.with_errors'
                    : 'import.clean',
              )}
            />
            <Report report={check.data} />
            {useful > 0 && check.data.rehearsal && (
              <div style={{ marginTop: 16 }}>
                <Rehearsed
                  id={check.data.rehearsal}
                  accepted={accepted}
                  onFound={setFalls}
                  onAccept={setAccepted}
                />
              </div>
            )}
            {run.isError && <ProblemAlert error={run.error} />}
            <div className="kb-acts">
              <Button onClick={again}>{t('import.other')}</Button>
              <Button
                type="primary"
                disabled={useful === 0 || (falls === true && !accepted)}
                loading={run.isPending}
                onClick={() => run.mutate({ file, dry_run: false, publish, accept_fall: accepted })}
              >
                {t('import.run', { n: useful })}
              </Button>
            </div>
          </>
        )}
        {step === 2 && run.data && (
          <>
            <Alert
              type={ending === 'changed_nothing' ? 'info' : 'success'}
              showIcon
              title={t(`import.${ending}`)}
              style={{ marginBottom: 16 }}
            />
            {published && run.data.drafted > 0 && (
              <Alert
                type="warning"
                showIcon
                title={t('import.drafted', { n: run.data.drafted })}
                style={{ marginBottom: 16 }}
              />
            )}
            <Report report={run.data} brief={run.data.errors.some((one) => one.cells)} />
            <Mend errors={run.data.errors} publish={publish} onLeft={tellLeft} />
            <div className="kb-acts">
              <Button onClick={again}>{t('import.another')}</Button>
              <Button
                type={left > 0 ? 'default' : 'primary'}
                onClick={() => go('/knowledge', { import: run.data.import ?? undefined })}
              >
                {t(run.data.import ? 'import.look_drafts' : 'import.look')}
              </Button>
            </div>
          </>
        )}
      </div>
    </Page>
  );
}
