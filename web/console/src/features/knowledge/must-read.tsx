import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import {
  Button,
  Checkbox,
  Input,
  Modal,
  Popconfirm,
  Progress,
  Radio,
  Select,
  Skeleton,
  Tag,
} from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemAlert, useReport } from '@/components/problem';
import { api } from '@/lib/api';
import { shortMoment } from '@/lib/time';
import type { EntryReading, QuizQuestion, ReadingRecord } from '@/lib/types';

const ROLES = [
  'agent',
  'supervisor',
  'editor',
  'marketer',
  'engineer',
  'auditor',
  'administrator',
] as const;

function QuestionFields(props: {
  nth: number;
  value: QuizQuestion;
  onChange: (value: QuizQuestion) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation('knowledge');
  const { nth, value, onChange } = props;
  return (
    <div className="panel quiz-edit">
      <div className="quiz-row">
        <Input
          value={value.question}
          maxLength={200}
          placeholder={t('reading.quiz_question', { n: nth + 1 })}
          onChange={(event) => onChange({ ...value, question: event.target.value })}
        />
        <Button
          type="text"
          danger
          aria-label={t('reading.remove_question')}
          icon={<DeleteOutlined />}
          onClick={props.onRemove}
        />
      </div>
      <Radio.Group
        value={value.right}
        onChange={(event) => onChange({ ...value, right: event.target.value })}
      >
        {value.choices.map((choice, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a choice is known by its place
          <div key={at} className="quiz-row">
            <Radio value={at} aria-label={t('reading.right', { n: at + 1 })} />
            <Input
              value={choice}
              maxLength={200}
              placeholder={t('reading.choice', { n: at + 1 })}
              onChange={(event) =>
                onChange({
                  ...value,
                  choices: value.choices.map((one, i) => (i === at ? event.target.value : one)),
                })
              }
            />
          </div>
        ))}
      </Radio.Group>
      {value.choices.length < 6 && (
        <Button
          type="link"
          size="small"
          onClick={() => onChange({ ...value, choices: [...value.choices, ''] })}
        >
          {t('reading.add_choice')}
        </Button>
      )}
    </div>
  );
}

/** Without the choices that were left empty; the right one keeps its mark. */
function tidy(quiz: QuizQuestion[]): QuizQuestion[] {
  return quiz.map((one) => {
    const kept = one.choices.map((text, at) => ({ text, at })).filter(({ text }) => text.trim());
    return {
      question: one.question.trim(),
      choices: kept.map(({ text }) => text.trim()),
      right: Math.max(
        0,
        kept.findIndex(({ at }) => at === one.right),
      ),
    };
  });
}

function Demand(props: { entry: string; reading: EntryReading; onClose: () => void }) {
  const { t } = useTranslation(['knowledge', 'common']);
  const { entry, reading } = props;
  const report = useReport();
  const queries = useQueryClient();
  const isNew = reading.version === 0;
  const [roles, setRoles] = useState(isNew ? ['agent'] : reading.roles);
  const [users, setUsers] = useState(reading.users);
  const [quiz, setQuiz] = useState(reading.quiz);
  const [again, setAgain] = useState(false);
  const people = useQuery({
    queryKey: ['knowledge', 'readers'],
    queryFn: async () => (await api.get('/knowledge/readers')).items,
  });
  const save = useMutation({
    mutationFn: () =>
      api.put('/knowledge/entries/{id}/reading', {
        path: { id: entry },
        body: {
          roles: roles as EntryReading['roles'],
          users,
          quiz: tidy(quiz),
          again,
          version: reading.version,
        },
      }),
    onSuccess: () => {
      report.done(t('common:saved'));
      props.onClose();
    },
    onError: report.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: ['knowledge', 'reading', entry] }),
  });
  return (
    <Modal
      open
      width={640}
      title={t('reading.demand')}
      okText={t(isNew ? 'reading.ask' : 'common:save')}
      okButtonProps={{ loading: save.isPending, disabled: !roles.length && !users.length }}
      onOk={() => save.mutate()}
      onCancel={props.onClose}
    >
      <h4>{t('reading.who')}</h4>
      <Select
        mode="multiple"
        style={{ width: '100%' }}
        value={roles}
        onChange={setRoles}
        placeholder={t('reading.roles')}
        aria-label={t('reading.roles')}
        options={ROLES.map((role) => ({ value: role, label: t(`common:role.${role}`) }))}
      />
      {people.isSuccess && (
        <Select
          mode="multiple"
          style={{ width: '100%', marginTop: 8 }}
          value={users}
          onChange={setUsers}
          optionFilterProp="label"
          placeholder={t('reading.users')}
          aria-label={t('reading.users')}
          options={people.data.map((one) => ({ value: one.id, label: one.name }))}
        />
      )}
      <h4>{t('reading.quiz')}</h4>
      <p className="muted">{t('reading.quiz_hint')}</p>
      {quiz.map((one, nth) => (
        <QuestionFields
          // biome-ignore lint/suspicious/noArrayIndexKey: questions have no id; fields are controlled
          key={nth}
          nth={nth}
          value={one}
          onChange={(value) => setQuiz(quiz.map((old, at) => (at === nth ? value : old)))}
          onRemove={() => setQuiz(quiz.filter((_, at) => at !== nth))}
        />
      ))}
      {quiz.length < 5 && (
        <Button
          icon={<PlusOutlined />}
          onClick={() => setQuiz([...quiz, { question: '', choices: ['', ''], right: 0 }])}
        >
          {t('reading.add_question')}
        </Button>
      )}
      {!isNew && (
        <p>
          <Checkbox checked={again} onChange={(event) => setAgain(event.target.checked)}>
            {t('reading.again')}
          </Checkbox>
        </p>
      )}
    </Modal>
  );
}

/** How one reader is doing, in a few words. */
function Standing({ record, version }: { record?: ReadingRecord | null; version: number }) {
  const { t } = useTranslation('knowledge');
  if (!record) return ` · ${t('reading.unread')}`;
  const { score, questions, tries, passed } = record;
  const words = [
    passed
      ? questions > 0 && `${score}/${questions}`
      : t('reading.not_passed', { n: score, of: questions }),
    tries > 1 && t('reading.tries', { n: tries }),
    shortMoment(record.read_at),
    record.entry_version < version && t('reading.older', { n: record.entry_version }),
  ];
  return words
    .filter(Boolean)
    .map((one) => ` · ${one}`)
    .join('');
}

function Readers({ reading }: { reading: EntryReading }) {
  const { t } = useTranslation('knowledge');
  const read = reading.readers.filter((one) => one.record?.passed).length;
  const all = reading.readers.length;
  return (
    <>
      <Progress
        percent={all > 0 ? Math.round((read / all) * 100) : 0}
        format={() => t('reading.progress', { n: read, all })}
      />
      <div className="readers">
        {reading.readers.map((one) => (
          <Tag
            key={one.user.id}
            color={one.record ? (one.record.passed ? 'green' : 'gold') : undefined}
          >
            {one.user.name}
            <Standing record={one.record} version={reading.entry_version} />
          </Tag>
        ))}
      </div>
    </>
  );
}

/** Below an entry: who must read it, who has, and how they did in the quiz. */
export function MustReadPanel({ entry }: { entry: string }) {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const queries = useQueryClient();
  const [editing, setEditing] = useState(false);
  const key = ['knowledge', 'reading', entry];
  const query = useQuery({
    queryKey: key,
    queryFn: () => api.get('/knowledge/entries/{id}/reading', { path: { id: entry } }),
  });
  const withdraw = useMutation({
    mutationFn: () => api.remove('/knowledge/entries/{id}/reading', { path: { id: entry } }),
    onError: report.failed,
    onSettled: () => queries.invalidateQueries({ queryKey: key }),
  });
  const reading = query.data;
  const isAsked = (reading?.version ?? 0) > 0;
  return (
    <section className="panel use-panel" data-testid="must-read">
      <header>
        <h3>{t('reading.panel')}</h3>
        <span>
          {isAsked && (
            <Popconfirm title={t('reading.withdraw_title')} onConfirm={() => withdraw.mutate()}>
              <Button type="link" danger>
                {t('reading.withdraw')}
              </Button>
            </Popconfirm>
          )}
          {reading && (
            <Button onClick={() => setEditing(true)} data-testid="demand-reading">
              {t(isAsked ? 'reading.change' : 'reading.demand')}
            </Button>
          )}
        </span>
      </header>
      {query.isPending && <Skeleton active paragraph={{ rows: 1 }} />}
      {query.isError && <ProblemAlert error={query.error} onRetry={() => query.refetch()} />}
      {reading && isAsked && <Readers reading={reading} />}
      {reading && !isAsked && <p className="muted">{t('reading.nobody')}</p>}
      {reading && reading.members.length > 0 && (
        <>
          <h4>{t('reading.by_member')}</h4>
          <div className="readers" data-testid="reading-members">
            {reading.members.map((one) => (
              <Tag
                key={one.id}
                color={one.asked > 0 && one.read === one.asked ? 'green' : undefined}
              >
                {one.name} · {t('reading.progress', { n: one.read, all: one.asked })}
                {one.failed > 0 && ` · ${t('reading.failed_people', { n: one.failed })}`}
              </Tag>
            ))}
          </div>
        </>
      )}
      {reading && editing && (
        <Demand entry={entry} reading={reading} onClose={() => setEditing(false)} />
      )}
    </section>
  );
}
