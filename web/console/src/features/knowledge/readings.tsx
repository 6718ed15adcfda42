import { CheckCircleOutlined, ReadOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Badge, Button, Drawer, Radio, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ContentView } from '@/components/content-view';
import { ListTable, NoRows, whole } from '@/components/list';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { api } from '@/lib/api';
import { fullMoment, shortMoment } from '@/lib/time';
import type { ReadingItem, ReadingText } from '@/lib/types';
import { READINGS as KEY, useReadings } from './unread-badge';

function Quiz({ text, onDone }: { text: ReadingText; onDone: () => void }) {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const queries = useQueryClient();
  const [answers, setAnswers] = useState<Record<number, number>>({});
  const isDone = text.record?.passed ?? false;
  const isWhole = text.quiz.every((_, nth) => answers[nth] !== undefined);
  const send = useMutation({
    mutationFn: () =>
      api.post('/knowledge/readings/{id}', {
        path: { id: text.entry },
        body: { round: text.round, answers: text.quiz.map((_, nth) => answers[nth] ?? 0) },
      }),
    onSuccess: (answer) => {
      queries.invalidateQueries({ queryKey: KEY });
      if (answer.record?.passed) report.done(t('reading.thanks'));
      if (text.quiz.length === 0) onDone();
    },
    onError: (error) => {
      queries.invalidateQueries({ queryKey: KEY });
      report.failed(error);
    },
  });
  return (
    <>
      {text.quiz.map((one, nth) => (
        <div key={one.question} className="quiz">
          <b>
            {nth + 1}. {one.question}
          </b>
          <Radio.Group
            disabled={isDone}
            value={answers[nth]}
            onChange={(event) => setAnswers({ ...answers, [nth]: event.target.value })}
          >
            {one.choices.map((choice, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a choice is known by its place
              <Radio key={at} value={at}>
                {choice} {one.right === at && <CheckCircleOutlined className="quiz-right" />}
              </Radio>
            ))}
          </Radio.Group>
        </div>
      ))}
      {text.record && !isDone && (
        <Alert
          type="warning"
          showIcon
          style={{ marginBottom: 12 }}
          data-testid="reading-failed"
          title={t('reading.failed', { n: text.record.score, of: text.record.questions })}
          description={t('reading.failed_hint', { n: text.record.tries })}
        />
      )}
      {text.record && isDone ? (
        <p data-testid="reading-done">
          <Tag color="green">{t('reading.read')}</Tag>
          {text.record.questions > 0 &&
            t('reading.score', { n: text.record.score, of: text.record.questions })}{' '}
          {text.record.tries > 1 && t('reading.tries', { n: text.record.tries })}{' '}
          <span className="muted">{fullMoment(text.record.read_at)}</span>
        </p>
      ) : (
        <Button
          type="primary"
          loading={send.isPending}
          disabled={!isWhole}
          onClick={() => send.mutate()}
          data-testid="reading-send"
        >
          {text.record
            ? t('reading.send_again')
            : t(text.quiz.length > 0 ? 'reading.send' : 'reading.confirm')}
        </Button>
      )}
    </>
  );
}

function Text({ entry, onDone }: { entry: string; onDone: () => void }) {
  const { t } = useTranslation('knowledge');
  const query = useQuery({
    queryKey: [...KEY, entry],
    queryFn: () => api.get('/knowledge/readings/{id}', { path: { id: entry } }),
  });
  return (
    <Loaded title={t('reading.title')} query={query}>
      {(text) => (
        <>
          <h3>{text.question}</h3>
          <div className="reading-text">
            {text.answers.map((content, nth) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: answers have no id and do not move
              <ContentView key={nth} content={content} />
            ))}
          </div>
          {text.quiz.length > 0 && <h4>{t('reading.quiz')}</h4>}
          <Quiz key={text.round} text={text} onDone={onDone} />
        </>
      )}
    </Loaded>
  );
}

/** 必读: what editors ask me to know, unread first. */
export default function Readings() {
  const { t } = useTranslation(['knowledge', 'common']);
  const list = useReadings();
  const [open, setOpen] = useState<string | null>(null);
  return (
    <Page title={t('common:nav.readings')} hint={t('reading.hint')}>
      <ListTable<ReadingItem>
        rowKey="entry"
        tableLayout="fixed"
        width={640}
        list={whole({ ...list, data: list.data?.items })}
        empty={<NoRows searched={false} notFound="" empty={t('reading.empty')} />}
        onOpen={(one) => setOpen(one.entry)}
        columns={[
          {
            title: t('question'),
            render: (_, one) =>
              one.record?.passed ? (
                <span className="muted">{one.question}</span>
              ) : (
                <Badge dot offset={[6, 4]}>
                  <b className="clamp-2 reading-asked">{one.question}</b>
                </Badge>
              ),
          },
          {
            title: t('reading.quiz'),
            width: 120,
            render: (_, one) =>
              one.questions > 0 ? t('reading.questions', { n: one.questions }) : '—',
          },
          {
            title: t('reading.asked_at'),
            width: 120,
            render: (_, one) => <span className="nowrap">{shortMoment(one.asked_at)}</span>,
          },
          {
            title: t('common:state'),
            width: 210,
            render: (_, one) =>
              one.record && !one.record.passed ? (
                <Tag color="gold">
                  {t('reading.not_passed', { n: one.record.score, of: one.record.questions })}
                </Tag>
              ) : one.record ? (
                <Tag color="green">
                  {t('reading.read')}
                  {one.record.questions > 0 && ` ${one.record.score}/${one.record.questions}`}
                </Tag>
              ) : (
                <Button size="small" type="primary" icon={<ReadOutlined />}>
                  {t('reading.begin')}
                </Button>
              ),
          },
        ]}
      />
      <Drawer
        open={open !== null}
        onClose={() => setOpen(null)}
        size={520}
        title={t('reading.title')}
        destroyOnHidden
      >
        {open && <Text entry={open} onDone={() => setOpen(null)} />}
      </Drawer>
    </Page>
  );
}
