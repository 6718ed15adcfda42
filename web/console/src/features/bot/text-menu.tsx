import { UserOutlined } from '@ant-design/icons';
import { Button, Tag, Tree } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isOutdated, OutdatedNote, useEditVersion } from '@/components/edit-version';
import { Loaded } from '@/components/loaded';
import { Page } from '@/components/page';
import { Phone, type PhoneLine } from '@/components/phone';
import { useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { useRehearsed } from '@/components/use-rehearsed';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import { followed } from '@/lib/sentences';
import type { MenuNode, TextMenu } from '@/lib/types';
import { customer } from '@/locales/customer';
import { useBotSettings, useSaveTextMenu, useTextMenu } from './api';
import { NodeForm } from './menu-node';
import { menuGap, menuText, nodeAt, type Path, tidy, wordsOf } from './menu-tree';
import './bot.css';

interface TreeRow {
  key: string;
  title: React.ReactNode;
  children: TreeRow[];
}

function rows(node: MenuNode, path: Path): TreeRow[] {
  return (node.items ?? []).map((item, index) => {
    const here = [...path, index];
    return {
      key: here.join('.'),
      title: (
        <span title={item.node.title}>
          <Tag className="mono">{item.digit}</Tag>
          {item.node.title || '…'} {item.node.action && <UserOutlined className="muted" />}
        </span>
      ),
      children: rows(item.node, here),
    };
  });
}

/** The talk that leads from the top to the chosen place. */
function useWalk(root: MenuNode, path: Path): PhoneLine[] {
  const { t } = useTranslation('bot');
  const settings = useBotSettings();
  const words = wordsOf(settings.data);
  const lines: PhoneLine[] = [];
  const say = (from: PhoneLine['from'], text: string) =>
    lines.push({ from, content: { type: 'text', text } });
  say('customer', words.home ?? customer.openMenu);
  for (let depth = 0; depth <= path.length; depth++) {
    const node = nodeAt(root, path.slice(0, depth));
    if (!node) break;
    if (node.action === 'person') {
      say('account', settings.data?.hand_over_text ?? t('menu.person_hint'));
    } else if ((node.items?.length ?? 0) > 0 || depth === 0) {
      say('account', menuText(node, depth, words));
    } else for (const content of node.answers ?? []) lines.push({ from: 'account', content });
    const next = node.items?.[path[depth] ?? -1];
    if (next) say('customer', next.digit);
  }
  return lines;
}

const rootOf = (menu: TextMenu): MenuNode => ({ ...menu.root, items: menu.root.items ?? [] });

function Editor({ menu, refresh }: { menu: TextMenu; refresh: () => void }) {
  const { t } = useTranslation(['bot', 'common']);
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const report = useReport();
  const [root, setRoot] = useState<MenuNode>(rootOf(menu));
  const [path, setPath] = useState<Path>([]);
  const [changed, setChanged] = useState(false);
  const save = useSaveTextMenu();
  const rehearsed = useRehearsed();
  const settings = useBotSettings();
  const edit = useEditVersion(menu, changed, (newest) => {
    setRoot(rootOf(newest));
    setPath((before) => (nodeAt(rootOf(newest), before) ? before : []));
    setChanged(false);
  });
  const lines = useWalk(root, path);
  useLeaveGuard(changed);
  const submit = () => {
    const gap = menuGap(root);
    if (gap) {
      setPath(gap.path);
      report.refused(t(gap.gap));
      return;
    }
    const next = tidy(root);
    const version = edit.version ?? menu.version;
    rehearsed({ act: 'put_text_menu', text_menu: next }, (accept_fall) =>
      save.mutateAsync({ version, root: next, accept_fall }),
    ).then(
      (note) => {
        if (note === null) return;
        setChanged(false);
        report.done(followed(t('common:saved'), note));
      },
      (error) => {
        if (isOutdated(error)) refresh();
        report.failed(error);
      },
    );
  };
  return (
    <Page
      title={t('common:nav.text_menu')}
      hint={t('menu.hint')}
      actions={
        mayEdit && (
          <>
            {changed && <Tag color="gold">{t('common:unsaved')}</Tag>}
            <Button type="primary" loading={save.isPending} disabled={!changed} onClick={submit}>
              {t('common:save')}
            </Button>
          </>
        )
      }
    >
      {edit.isBehind && !save.isPending && (
        <OutdatedNote onTheirs={edit.takeTheirs} onMine={edit.keepMine} />
      )}
      <div className="menu-studio">
        <div className="panel" style={{ padding: 12 }}>
          <Tree
            className="snug-tree"
            blockNode
            defaultExpandAll
            key={menu.version}
            selectedKeys={[path.join('.') || 'top']}
            treeData={[{ key: 'top', title: <b>{root.title || '…'}</b>, children: rows(root, []) }]}
            onSelect={([key]) => {
              if (key === undefined) return;
              setPath(key === 'top' ? [] : String(key).split('.').map(Number));
            }}
          />
        </div>
        <fieldset className="panel plain-set" disabled={!mayEdit}>
          <NodeForm
            key={path.join('.')}
            root={root}
            path={path}
            onSelect={setPath}
            openWord={wordsOf(settings.data).home ?? customer.openMenu}
            onChange={(next) => {
              setRoot(next);
              setChanged(true);
            }}
          />
        </fieldset>
        <div className="sticky">
          <Phone lines={lines} />
        </div>
      </div>
    </Page>
  );
}

/** The menu that customers walk by digits. */
export default function TextMenuPage() {
  const { t } = useTranslation();
  const menu = useTextMenu();
  return (
    <Loaded title={t('nav.text_menu')} query={menu}>
      {(stored) => <Editor menu={stored} refresh={() => menu.refetch()} />}
    </Loaded>
  );
}
