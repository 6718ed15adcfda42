import { MenuFoldOutlined, MenuUnfoldOutlined } from '@ant-design/icons';
import { Outlet } from '@tanstack/react-router';
import { Button, Menu, type MenuProps, Tooltip } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/components/mark';
import { AskAgain } from '@/features/session/again';
import { useGo, usePath } from '@/lib/go';
import { useLiveState } from '@/lib/live';
import { setPreferences, usePreferences } from '@/lib/preferences';
import { useSession } from '@/lib/session';
import { Header } from './header';
import { useLive } from './live';
import { navigation } from './navigation';

function Rail() {
  const { t } = useTranslation();
  const session = useSession();
  const go = useGo();
  const path = usePath();
  const { railCollapsed } = usePreferences();
  const entries = navigation(session);
  const groups = [...new Set(entries.map((entry) => entry.group))];
  const items: MenuProps['items'] = groups.flatMap((group): NonNullable<MenuProps['items']> => {
    const inside = entries
      .filter((entry) => entry.group === group)
      .map((entry) => ({
        key: entry.path,
        icon: entry.icon,
        label: entry.badge ? (
          <>
            {t(entry.title)} {entry.badge}
          </>
        ) : (
          t(entry.title)
        ),
      }));
    if (inside.length === 1 || railCollapsed) return inside;
    return [{ type: 'group' as const, key: group, label: t(`nav.${group}`), children: inside }];
  });
  const selected = entries
    .map((entry) => entry.path)
    .filter((candidate) => path === candidate || path.startsWith(`${candidate}/`))
    .sort((one, other) => other.length - one.length)
    .slice(0, 1);
  const rail = useRef<HTMLElement>(null);
  const [here] = selected;
  // who comes by a link or the command bar sees where that is; who clicked here sees it already
  // biome-ignore lint/correctness/useExhaustiveDependencies: it runs when another page is open
  useEffect(() => {
    rail.current?.querySelector('.ant-menu-item-selected')?.scrollIntoView({ block: 'nearest' });
  }, [here, railCollapsed]);
  return (
    <nav ref={rail} className={railCollapsed ? 'rail collapsed' : 'rail'}>
      <div className="rail-brand">
        <Mark />
        {!railCollapsed && (
          <span>
            触点 <small>Chudian</small>
          </span>
        )}
      </div>
      <Menu
        className="rail-menu"
        mode="inline"
        inlineIndent={14}
        inlineCollapsed={railCollapsed}
        items={items}
        selectedKeys={selected}
        onClick={({ key }) => go(key)}
      />
      <div className="rail-foot">
        <Tooltip placement="right" title={railCollapsed ? t('nav.expand') : ''}>
          <Button
            type="text"
            block
            aria-label={t(railCollapsed ? 'nav.expand' : 'nav.collapse')}
            icon={railCollapsed ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
            onClick={() => setPreferences({ railCollapsed: !railCollapsed })}
          >
            {railCollapsed ? null : t('nav.collapse')}
          </Button>
        </Tooltip>
      </div>
    </nav>
  );
}

/** Says that the connection is gone, once it has been gone for more than a blink. */
function LiveBar() {
  const { t } = useTranslation();
  const live = useLive();
  const state = useLiveState(live);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (state !== 'lost') {
      if (state === 'open') setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), 1200);
    return () => clearTimeout(timer);
  }, [state]);
  if (!shown) return null;
  return (
    <div className="live-bar" role="status">
      <span>{t('live.lost')}</span>
      <Button size="small" onClick={live.retryNow}>
        {t('live.retry')}
      </Button>
    </div>
  );
}

/** The frame around every page. */
export function Shell() {
  return (
    <div className="shell">
      <Rail />
      <div className="main">
        <Header />
        <LiveBar />
        <div className="content">
          <Outlet />
        </div>
      </div>
      <AskAgain />
    </div>
  );
}
