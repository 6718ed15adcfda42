import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { ListTable, NoRows, RowActs, RowSwitch, Tags } from '@/components/list';
import { Page } from '@/components/page';
import { useRehearsed } from '@/components/use-rehearsed';
import { ValidityTag } from '@/components/validity';
import { useGo } from '@/lib/go';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import type { Keyword } from '@/lib/types';
import { inputOf, useDeleteKeyword, useKeywords, useSaveKeyword } from './api';

function EnabledSwitch({ keyword, disabled }: { keyword: Keyword; disabled: boolean }) {
  const save = useSaveKeyword(keyword.id);
  const { version } = keyword;
  const rehearsed = useRehearsed();
  return (
    <RowSwitch
      enabled={keyword.enabled}
      disabled={disabled}
      busy={save.isPending}
      set={(enabled) => {
        const rule = { ...inputOf(keyword), enabled, version };
        return rehearsed({ act: 'put_keyword', keyword: keyword.id, rule }, (accept_fall) =>
          save.mutateAsync({ ...rule, accept_fall }),
        );
      }}
    />
  );
}

export default function Keywords() {
  const { t } = useTranslation(['bot', 'common', 'content']);
  const go = useGo();
  const [search, setSearch] = useState('');
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const list = useKeywords(useSettled(search));
  const remove = useDeleteKeyword();
  const rehearsed = useRehearsed();
  const open = (keyword: Keyword) => go(`/bot/keywords/${keyword.id}`);
  const create = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go('/bot/keywords/new')}>
      {t('keyword.new')}
    </Button>
  );
  return (
    <Page title={t('common:nav.keywords')} hint={t('keyword.hint')} actions={create}>
      <ListTable<Keyword>
        rowKey="id"
        tableLayout="fixed"
        width={820}
        list={list}
        search={{ text: search, onText: setSearch, hint: t('keyword.search') }}
        empty={
          <NoRows
            searched={Boolean(search)}
            notFound={t('keyword.nothing_found')}
            empty={t('keyword.empty')}
          >
            {create}
          </NoRows>
        }
        columns={[
          {
            title: t('keyword.words'),
            render: (_, keyword) => (
              <button type="button" className="plain tags" onClick={() => open(keyword)}>
                <Tags words={keyword.words} most={6} mono={keyword.match === 'regex'} />
                <ValidityTag from={keyword.valid_from} until={keyword.valid_until} />
              </button>
            ),
          },
          {
            title: t('keyword.match'),
            width: 128,
            render: (_, keyword) => t(`match.${keyword.match}`),
          },
          {
            title: t('keyword.answer'),
            ellipsis: true,
            render: (_, keyword) => (
              <span className="muted">
                {keyword.answers[0] && contentLine(keyword.answers[0], t)}
              </span>
            ),
          },
          { title: t('keyword.priority'), width: 96, align: 'right', dataIndex: 'priority' },
          {
            title: t('common:enabled'),
            width: 84,
            render: (_, keyword) => <EnabledSwitch keyword={keyword} disabled={!mayEdit} />,
          },
          {
            width: 136,
            render: (_, keyword) => (
              <RowActs
                mayEdit={mayEdit}
                onOpen={() => open(keyword)}
                deletion={{
                  title: t('keyword.delete_title'),
                  text: t('keyword.delete_text'),
                  run: () =>
                    rehearsed({ act: 'delete_keyword', keyword: keyword.id }, (accept_fall) =>
                      remove.mutateAsync({ id: keyword.id, accept_fall }),
                    ),
                }}
              />
            ),
          },
        ]}
      />
    </Page>
  );
}
