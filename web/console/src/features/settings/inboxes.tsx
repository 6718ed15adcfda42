import { PlusOutlined, WechatFilled } from '@ant-design/icons';
import { Button, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows, whole } from '@/components/list';
import { Page } from '@/components/page';
import { useGo } from '@/lib/go';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { fullMoment } from '@/lib/time';
import type { Inbox } from '@/lib/types';
import { useInboxes } from './api';

export default function Inboxes() {
  const { t } = useTranslation(['settings', 'common']);
  const go = useGo();
  const mayEdit = useCan(PERMISSIONS.inboxEdit);
  const inboxes = useInboxes();
  const create = mayEdit && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => go('/settings/inboxes/new')}>
      {t('wizard.title')}
    </Button>
  );
  return (
    <Page title={t('common:nav.inboxes')} hint={t('inbox.hint')} actions={create}>
      <ListTable<Inbox>
        rowKey="id"
        width={720}
        list={whole(inboxes)}
        empty={<NoRows empty={t('inbox.empty')}>{create}</NoRows>}
        onOpen={(inbox) => go(`/settings/inboxes/${inbox.id}`)}
        columns={[
          {
            title: t('common:name'),
            render: (_, inbox) => (
              <button
                type="button"
                className="plain"
                onClick={() => go(`/settings/inboxes/${inbox.id}`)}
              >
                <WechatFilled style={{ color: '#2aae67' }} /> <b>{inbox.name}</b>
              </button>
            ),
          },
          {
            title: t('inbox.account_kind'),
            render: (_, inbox) =>
              t(`inbox.kind.${inbox.settings.account_kind}`, { defaultValue: '—' }),
          },
          {
            title: 'AppID',
            render: (_, inbox) => <span className="mono">{inbox.settings.app_id}</span>,
          },
          {
            title: t('inbox.last_title'),
            render: (_, inbox) =>
              inbox.last_inbound_at ? (
                fullMoment(inbox.last_inbound_at)
              ) : (
                <Tag color="gold">{t('inbox.none_yet')}</Tag>
              ),
          },
          {
            title: t('common:state'),
            render: (_, inbox) => (
              <>
                <Tag color={inbox.disabled ? 'default' : 'green'}>
                  {t(inbox.disabled ? 'common:disabled' : 'common:enabled')}
                </Tag>
                {(inbox.troubles?.length ?? 0) > 0 && <Tag color="gold">{t('trouble.tag')}</Tag>}
              </>
            ),
          },
        ]}
      />
    </Page>
  );
}
