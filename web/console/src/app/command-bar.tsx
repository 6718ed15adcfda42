import {
  GlobalOutlined,
  KeyOutlined,
  LogoutOutlined,
  MoonOutlined,
  QuestionCircleOutlined,
  SearchOutlined,
  SunOutlined,
} from '@ant-design/icons';
import { Input, Modal } from 'antd';
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSignOut } from '@/features/session/api';
import { useGo } from '@/lib/go';
import { setPreferences, useDark, usePreferences } from '@/lib/preferences';
import { useSession } from '@/lib/session';
import { chooseLanguage } from './header';
import { navigation } from './navigation';

interface Command {
  id: string;
  icon: ReactNode;
  title: string;
  kind: string;
  run: () => void;
}

interface Props {
  open: boolean;
  onClose: () => void;
  onPassword: () => void;
  onKeys: () => void;
}

function useCommands({ onPassword, onKeys }: Props): Command[] {
  const { t } = useTranslation();
  const session = useSession();
  const go = useGo();
  const dark = useDark();
  const { language } = usePreferences();
  const signOut = useSignOut();
  const act = t('command.act');
  const places = navigation(session).map((page) => ({
    id: page.path,
    icon: page.icon,
    title: t(page.title),
    kind: t(`nav.${page.group}`),
    run: () => go(page.path),
  }));
  return [
    ...places,
    {
      id: 'appearance',
      icon: dark ? <SunOutlined /> : <MoonOutlined />,
      title: `${t('head.appearance')}: ${t(dark ? 'head.light' : 'head.dark')}`,
      kind: act,
      run: () => setPreferences({ appearance: dark ? 'light' : 'dark' }),
    },
    {
      id: 'language',
      icon: <GlobalOutlined />,
      title: language === 'zh-CN' ? 'English' : '中文',
      kind: act,
      run: () => chooseLanguage(language === 'zh-CN' ? 'en-US' : 'zh-CN'),
    },
    { id: 'keys', icon: <QuestionCircleOutlined />, title: t('head.keys'), kind: act, run: onKeys },
    {
      id: 'password',
      icon: <KeyOutlined />,
      title: t('head.password'),
      kind: act,
      run: onPassword,
    },
    {
      id: 'out',
      icon: <LogoutOutlined />,
      title: t('head.sign_out'),
      kind: act,
      run: () => signOut.mutate(false),
    },
  ];
}

export function CommandBar(props: Props) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const wanted = query.trim().toLowerCase();
  const shown = useCommands(props).filter((command) =>
    `${command.title} ${command.kind} ${command.id}`.toLowerCase().includes(wanted),
  );
  const run = (command?: Command) => {
    if (!command) return;
    props.onClose();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'ArrowDown') setActive((active + 1) % Math.max(1, shown.length));
    else if (event.key === 'ArrowUp') setActive((active + shown.length - 1) % (shown.length || 1));
    else if (event.key === 'Enter') run(shown[active]);
    else return;
    event.preventDefault();
  };
  return (
    <Modal
      open={props.open}
      onCancel={props.onClose}
      footer={null}
      closable={false}
      width={560}
      style={{ top: 90 }}
      destroyOnHidden
      afterClose={() => {
        setQuery('');
        setActive(0);
      }}
    >
      <Input
        size="large"
        variant="borderless"
        prefix={<SearchOutlined />}
        autoFocus
        value={query}
        placeholder={t('command.placeholder')}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
      />
      <div className="command-list">
        {shown.map((command, index) => (
          <button
            type="button"
            key={command.id}
            className={index === active ? 'plain command active' : 'plain command'}
            onMouseEnter={() => setActive(index)}
            onClick={() => run(command)}
          >
            {command.icon}
            <span>{command.title}</span>
            <small>{command.kind}</small>
          </button>
        ))}
        {shown.length === 0 && <p className="muted">{t('command.nothing')}</p>}
      </div>
    </Modal>
  );
}
