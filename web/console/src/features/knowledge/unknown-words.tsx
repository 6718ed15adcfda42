import { Button, Form, Input, Popconfirm } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { ListTable, NoRows, whole } from '@/components/list';
import { useReport } from '@/components/problem';
import { useRehearsed } from '@/components/use-rehearsed';
import type { UnknownWord } from '@/lib/types';
import { useIgnoreWords, useJoinWord, useUnknownWords } from './learning-api';
import './learning.css';

function JoinDialog({ word, onClose }: { word?: UnknownWord; onClose: () => void }) {
  const { t } = useTranslation(['knowledge', 'common']);
  const join = useJoinWord();
  const rehearsed = useRehearsed();
  return (
    <FormDialog<{ known: string }>
      open={word !== undefined}
      title={t('unknown.join_title', { word: word?.word })}
      okText={t('unknown.join_run')}
      done={t('unknown.joined')}
      submit={({ known }) => {
        const both = { word: word?.word ?? '', known };
        return rehearsed({ act: 'join_words', words: [known, both.word] }, (accept_fall) =>
          join.mutateAsync({ ...both, accept_fall }),
        );
      }}
      onClose={onClose}
      before={
        word?.nearest && <p className="muted">{t('unknown.nearest', { question: word.nearest })}</p>
      }
    >
      <Form.Item
        name="known"
        label={t('unknown.known')}
        extra={t('unknown.known_hint')}
        rules={[{ required: true, whitespace: true, message: t('common:required') }]}
      >
        <Input maxLength={20} autoFocus />
      </Form.Item>
    </FormDialog>
  );
}

/** Words that customers use and that stand in no question of the base. */
export function UnknownWords() {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const list = useUnknownWords();
  const ignore = useIgnoreWords();
  const [joining, setJoining] = useState<UnknownWord>();
  return (
    <>
      <p className="muted">{t('unknown.hint')}</p>
      <ListTable<UnknownWord>
        rowKey="word"
        tableLayout="fixed"
        width={720}
        list={whole({ ...list, data: list.data?.items })}
        empty={<NoRows empty={t('unknown.empty')} />}
        columns={[
          { title: t('unknown.word'), width: 160, render: (_, it) => <b>{it.word}</b> },
          { title: t('unknown.count'), width: 120, align: 'right', dataIndex: 'count' },
          {
            title: t('unknown.examples'),
            render: (_, it) => (
              <span className="muted l-examples">
                {it.examples.map((text) => (
                  <span key={text}>{text}</span>
                ))}
              </span>
            ),
          },
          {
            width: 190,
            render: (_, it) => (
              <span className="nowrap">
                <Button type="link" size="small" onClick={() => setJoining(it)}>
                  {t('unknown.join')}
                </Button>
                <Popconfirm
                  title={t('unknown.ignore_title')}
                  description={t('unknown.ignore_text')}
                  okText={t('unknown.ignore')}
                  onConfirm={() => ignore.mutate([it.word], { onError: report.failed })}
                >
                  <Button type="link" size="small" danger>
                    {t('unknown.ignore')}
                  </Button>
                </Popconfirm>
              </span>
            ),
          },
        ]}
      />
      <JoinDialog key={joining?.word} word={joining} onClose={() => setJoining(undefined)} />
    </>
  );
}
