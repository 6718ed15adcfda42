import {
  ClusterOutlined,
  GlobalOutlined,
  KeyOutlined,
  LogoutOutlined,
  QuestionCircleOutlined,
  SearchOutlined,
  SunOutlined,
} from '@ant-design/icons';
import { App, Avatar, Button, Dropdown, type MenuProps, Tag, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AgentSwitch } from '@/features/desk/agent-switch';
import { useSignOut } from '@/features/session/api';
import { PasswordDialog } from '@/features/session/password';
import { changeLanguage } from '@/lib/i18n';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { type Appearance, type Language, setPreferences, usePreferences } from '@/lib/preferences';
import { useSession } from '@/lib/session';
import { CommandBar } from './command-bar';
import { KeysDialog } from './keys-dialog';

export function chooseLanguage(language: Language) {
  setPreferences({ language });
  changeLanguage(language);
}

function Profile({ onPassword }: { onPassword: () => void }) {
  const { t } = useTranslation();
  const { user } = useSession();
  const { language, appearance } = usePreferences();
  const signOut = useSignOut();
  const { modal } = App.useApp();
  const items: MenuProps['items'] = [
    {
      key: 'who',
      type: 'group',
      label: `${user.login} · ${t(`role.${user.role}`)}`,
      children: [],
    },
    {
      key: 'language',
      icon: <GlobalOutlined />,
      label: t('head.language'),
      children: [
        { key: 'zh-CN', label: '中文' },
        { key: 'en-US', label: 'English' },
      ],
    },
    {
      key: 'appearance',
      icon: <SunOutlined />,
      label: t('head.appearance'),
      children: (['light', 'dark', 'system'] as const).map((key) => ({
        key,
        label: t(`head.${key}`),
      })),
    },
    { key: 'password', icon: <KeyOutlined />, label: t('head.password') },
    { type: 'divider' },
    { key: 'out', icon: <LogoutOutlined />, label: t('head.sign_out') },
    { key: 'out-all', icon: <ClusterOutlined />, label: t('head.sign_out_all') },
  ];
  const confirmSignOut = () =>
    modal.confirm({
      title: t('head.sign_out_all_title'),
      content: t('head.sign_out_all_text'),
      okText: t('head.sign_out_all'),
      okButtonProps: { danger: true },
      onOk: () => signOut.mutateAsync(true),
    });
  const choose: MenuProps['onClick'] = ({ key }) => {
    if (key === 'zh-CN' || key === 'en-US') chooseLanguage(key);
    else if (key === 'password') onPassword();
    else if (key === 'out') signOut.mutate(false);
    else if (key === 'out-all') confirmSignOut();
    else setPreferences({ appearance: key as Appearance });
  };
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items, onClick: choose, selectable: true, selectedKeys: [language, appearance] }}
    >
      <button type="button" className="plain" aria-label={user.name}>
        <Avatar size={30} style={{ background: 'var(--brand)' }}>
          {[...user.name][0]}
        </Avatar>
        <span className="head-name nowrap">{user.name}</span>
      </button>
    </Dropdown>
  );
}

function isTyping(target: EventTarget | null) {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function Header() {
  const { t } = useTranslation();
  const session = useSession();
  const answers = useCan(PERMISSIONS.conversationAnswer);
  const [dialog, setDialog] = useState<'command' | 'keys' | 'password' | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setDialog('command');
      } else if (event.key === '?' && !isTyping(event.target)) setDialog('keys');
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  const close = () => setDialog(null);
  return (
    <header className="head">
      <span className="head-tenant ellipsis">{session.tenant.name}</span>
      <Tag variant="filled">{t(`tenant.${session.tenant.kind}`)}</Tag>
      {session.demo && <Tag color="gold">{t('head.demo')}</Tag>}
      <span className="head-space" />
      <Button icon={<SearchOutlined />} onClick={() => setDialog('command')}>
        <span className="muted">{t('head.search')}</span> <kbd>Ctrl K</kbd>
      </Button>
      <Tooltip title={t('head.keys')}>
        <Button
          type="text"
          aria-label={t('head.keys')}
          icon={<QuestionCircleOutlined />}
          onClick={() => setDialog('keys')}
        />
      </Tooltip>
      {answers && <AgentSwitch />}
      <Profile onPassword={() => setDialog('password')} />
      <CommandBar
        open={dialog === 'command'}
        onClose={close}
        onPassword={() => setDialog('password')}
        onKeys={() => setDialog('keys')}
      />
      <KeysDialog open={dialog === 'keys'} onClose={close} />
      <PasswordDialog open={dialog === 'password'} onClose={close} />
    </header>
  );
}
