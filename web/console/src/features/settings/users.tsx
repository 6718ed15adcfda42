import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ListTable, NoRows } from '@/components/list';
import { Page } from '@/components/page';
import { useReport } from '@/components/problem';
import { useSettled } from '@/lib/list';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { useSession } from '@/lib/session';
import { fullMoment } from '@/lib/time';
import type { User } from '@/lib/types';
import { useEditUser, useUsers } from './api';
import { PasswordDialog, UserDialog } from './user-dialogs';
import './settings.css';

export default function Users() {
  const { t } = useTranslation(['settings', 'common']);
  const { modal } = App.useApp();
  const { user: me } = useSession();
  const mayManage = useCan(PERMISSIONS.userManage);
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<{ user?: User } | null>(null);
  const [resetting, setResetting] = useState<User>();
  const list = useUsers(useSettled(search));
  const edit = useEditUser();
  const report = useReport();
  const setDisabled = (user: User, disabled: boolean) =>
    edit.mutateAsync({ id: user.id, disabled }).catch(report.failed);
  const toggle = (user: User) => {
    if (user.disabled) setDisabled(user, false);
    else {
      modal.confirm({
        title: t('user.off_title', { name: user.name }),
        content: t('user.off_text'),
        okText: t('user.off'),
        okButtonProps: { danger: true },
        onOk: () => setDisabled(user, true),
      });
    }
  };
  return (
    <Page
      title={t('common:nav.users')}
      hint={t('user.hint')}
      actions={
        mayManage && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setEditing({})}>
            {t('user.new')}
          </Button>
        )
      }
    >
      <ListTable<User>
        rowKey="id"
        tableLayout="fixed"
        width={900}
        list={list}
        search={{ text: search, onText: setSearch, hint: t('user.search') }}
        empty={<NoRows empty={t('user.nothing_found')} />}
        columns={[
          {
            title: t('user.name'),
            render: (_, user) => (
              <span className="clamp-2">
                <b>{user.name}</b> {user.id === me.id && <Tag>{t('user.me')}</Tag>}
              </span>
            ),
          },
          { title: t('user.login'), dataIndex: 'login', ellipsis: true },
          {
            title: t('user.role'),
            width: 136,
            render: (_, user) => t(`common:role.${user.role}`),
          },
          {
            title: t('user.last_login'),
            width: 160,
            render: (_, user) =>
              user.last_login_at ? fullMoment(user.last_login_at) : t('user.never'),
          },
          {
            title: t('common:state'),
            width: 90,
            render: (_, user) => (
              <Tag color={user.disabled ? 'default' : 'green'}>
                {t(user.disabled ? 'common:disabled' : 'common:enabled')}
              </Tag>
            ),
          },
          {
            width: 250,
            render: (_, user) =>
              mayManage && (
                <span className="nowrap">
                  <Button type="link" size="small" onClick={() => setEditing({ user })}>
                    {t('common:edit')}
                  </Button>
                  {user.id !== me.id && (
                    <>
                      <Button type="link" size="small" onClick={() => setResetting(user)}>
                        {t('user.reset')}
                      </Button>
                      <Button
                        type="link"
                        size="small"
                        danger={!user.disabled}
                        onClick={() => toggle(user)}
                      >
                        {t(user.disabled ? 'user.on' : 'user.off')}
                      </Button>
                    </>
                  )}
                </span>
              ),
          },
        ]}
      />
      <UserDialog
        key={editing?.user?.id ?? 'new'}
        open={editing !== null}
        user={editing?.user}
        onClose={() => setEditing(null)}
      />
      <PasswordDialog user={resetting} onClose={() => setResetting(undefined)} />
    </Page>
  );
}
