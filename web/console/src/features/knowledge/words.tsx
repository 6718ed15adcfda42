import { PlusOutlined, SnippetsOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select, Space, Tabs } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FormDialog } from '@/components/form-dialog';
import { ListTable, NoRows, RowActs, Tags } from '@/components/list';
import { Page } from '@/components/page';
import { useRehearsed } from '@/components/use-rehearsed';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { shortMoment } from '@/lib/time';
import type { WordGroup, WordKind } from '@/lib/types';
import { useDeleteWords, useSaveWords, useWords } from './learning-api';
import { PasteWords } from './paste-words';
import { UnknownWords } from './unknown-words';

function WordsDialog(props: {
  open: boolean;
  kind: WordKind;
  group?: WordGroup;
  onClose: () => void;
}) {
  const { t } = useTranslation(['knowledge', 'common']);
  const { kind, group } = props;
  const save = useSaveWords(group);
  const rehearsed = useRehearsed();
  const required = { required: true, message: t('common:required') };
  return (
    <FormDialog<{ words: string[] | string }>
      open={props.open}
      title={t(group ? `words.edit.${kind}` : `words.new.${kind}`)}
      initialValues={{ words: kind === 'synonyms' ? (group?.words ?? []) : group?.words[0] }}
      done={t('common:saved')}
      submit={(values) => {
        const words = [values.words].flat();
        return rehearsed({ act: 'put_words', group: group?.id, kind, words }, (accept_fall) =>
          save.mutateAsync({ kind, words, accept_fall }),
        );
      }}
      onClose={props.onClose}
    >
      {kind === 'synonyms' ? (
        <Form.Item
          name="words"
          label={t('words.words')}
          extra={t('words.words_hint')}
          rules={[required]}
        >
          <Select
            mode="tags"
            open={false}
            suffixIcon={null}
            autoFocus
            tokenSeparators={[',', '，', '、', ';', '；']}
            placeholder={t('words.words_example')}
          />
        </Form.Item>
      ) : (
        <Form.Item
          name="words"
          label={t('words.name')}
          extra={t('words.name_hint')}
          rules={[required]}
        >
          <Input maxLength={20} autoFocus placeholder={t('words.name_example')} />
        </Form.Item>
      )}
    </FormDialog>
  );
}

/** The groups, or the names, of the own tenant. */
function List({ kind }: { kind: WordKind }) {
  const { t } = useTranslation(['knowledge', 'common']);
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<{ group?: WordGroup } | null>(null);
  const [pasting, setPasting] = useState(false);
  const list = useWords(kind, useSettled(search));
  const remove = useDeleteWords();
  const rehearsed = useRehearsed();
  const create = mayEdit && (
    <Space>
      <Button icon={<SnippetsOutlined />} onClick={() => setPasting(true)}>
        {t('words.paste')}
      </Button>
      <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing({})}>
        {t(`words.new.${kind}`)}
      </Button>
    </Space>
  );
  return (
    <>
      <p className="muted">{t(`words.hint_of.${kind}`)}</p>
      <ListTable<WordGroup>
        rowKey="id"
        tableLayout="fixed"
        width={640}
        list={list}
        search={{ text: search, onText: setSearch, hint: t('words.search') }}
        filters={create}
        empty={
          <NoRows
            searched={Boolean(search)}
            notFound={t('words.nothing_found')}
            empty={t(`words.empty.${kind}`)}
          />
        }
        columns={[
          {
            title: t(kind === 'synonyms' ? 'words.words' : 'words.name'),
            render: (_, group) => <Tags words={group.words} most={12} />,
          },
          {
            title: t('words.updated'),
            width: 130,
            render: (_, group) => (
              <span className="muted nowrap">{shortMoment(group.updated_at)}</span>
            ),
          },
          {
            width: 136,
            render: (_, group) =>
              mayEdit && (
                <RowActs
                  mayEdit
                  onOpen={() => setEditing({ group })}
                  deletion={{
                    title: t('words.delete_title'),
                    text: t('words.delete_text'),
                    run: () =>
                      rehearsed({ act: 'delete_words', group: group.id }, (accept_fall) =>
                        remove.mutateAsync({ id: group.id, accept_fall }),
                      ),
                  }}
                />
              ),
          },
        ]}
      />
      <WordsDialog
        key={editing?.group?.id ?? 'new'}
        open={editing !== null}
        kind={kind}
        group={editing?.group}
        onClose={() => setEditing(null)}
      />
      <PasteWords open={pasting} kind={kind} onClose={() => setPasting(false)} />
    </>
  );
}

/** 词语: words of one meaning, protected names, and words that only customers know. */
export default function Words() {
  const { t } = useTranslation(['knowledge', 'common']);
  const mayEdit = useCan(PERMISSIONS.knowledgeEdit);
  const tabs = [
    { key: 'synonyms', label: t('words.synonyms'), children: <List kind="synonyms" /> },
    { key: 'protected', label: t('words.protected'), children: <List kind="protected" /> },
  ];
  const unknown = { key: 'unknown', label: t('words.unknown'), children: <UnknownWords /> };
  return (
    <Page title={t('common:nav.words')} hint={t('words.hint')}>
      <Tabs destroyOnHidden items={mayEdit ? [...tabs, unknown] : tabs} />
    </Page>
  );
}
