import { DeleteOutlined, PlusOutlined, UserOutlined } from '@ant-design/icons';
import { Alert, Button, Input, Popconfirm, Radio, Skeleton, Tag, Tree } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswersEditor } from '@/components/answers-editor';
import { Page } from '@/components/page';
import { Phone, type PhoneLine } from '@/components/phone';
import { ProblemAlert, useReport } from '@/components/problem';
import { useLeaveGuard } from '@/components/use-leave-guard';
import { PERMISSIONS, useCan } from '@/lib/permissions';
import type { MenuNode, TextMenu } from '@/lib/types';
import { useBotSettings, useSaveTextMenu, useTextMenu } from './api';
import {
  freeDigit,
  menuGap,
  menuText,
  nodeAt,
  type Path,
  tidy,
  withNode,
  wordsOf,
} from './menu-tree';
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
        <span>
          <Tag className="mono">{item.digit}</Tag>
          {item.node.title || '…'} {item.node.action && <UserOutlined className="muted" />}
        </span>
      ),
      children: rows(item.node, here),
    };
  });
}

type Kind = 'choices' | 'answers' | 'person';

function kindOf(node: MenuNode): Kind {
  if (node.action === 'person') return 'person';
  return (node.items?.length ?? 0) > 0 ? 'choices' : 'answers';
}

/** The form of one place in the menu. */
function NodeForm(props: {
  root: MenuNode;
  path: Path;
  onChange: (root: MenuNode) => void;
  onSelect: (path: Path) => void;
}) {
  const { t } = useTranslation(['bot', 'common']);
  const { root, path } = props;
  const node = nodeAt(root, path);
  const parentPath = path.slice(0, -1);
  const index = path.at(-1);
  const [picked, setPicked] = useState<Kind | null>(null);
  if (!node) return null;
  const top = index === undefined;
  const kind = top ? 'choices' : (picked ?? kindOf(node));
  const change = (part: Partial<MenuNode>) =>
    props.onChange(withNode(root, path, (one) => ({ ...one, ...part })));
  const digit = top ? '' : (nodeAt(root, parentPath)?.items?.[index]?.digit ?? '');
  const setDigit = (value: string) =>
    props.onChange(
      withNode(root, parentPath, (parent) => ({
        ...parent,
        items: (parent.items ?? []).map((item, at) =>
          at === index ? { ...item, digit: value } : item,
        ),
      })),
    );
  const remove = () => {
    props.onChange(
      withNode(root, parentPath, (parent) => ({
        ...parent,
        items: (parent.items ?? []).filter((_, at) => at !== index),
      })),
    );
    props.onSelect(parentPath);
  };
  const addChild = () => {
    const items = node.items ?? [];
    const child: MenuNode = { title: '', items: [], answers: [{ type: 'text', text: '' }] };
    change({
      items: [...items, { digit: freeDigit(node), node: child }],
      answers: undefined,
      action: undefined,
    });
    props.onSelect([...path, items.length]);
  };
  const choose = (next: Kind) => {
    setPicked(next);
    if (next === 'person') change({ action: 'person', answers: undefined, items: [] });
    if (next === 'answers') {
      change({
        action: undefined,
        items: [],
        answers: node.answers ?? [{ type: 'text', text: '' }],
      });
    }
    if (next === 'choices') change({ action: undefined, answers: undefined });
  };
  return (
    <div className="node-form">
      {!top && (
        <div className="node-line">
          <label htmlFor="node-digit">{t('menu.digit')}</label>
          <Input
            id="node-digit"
            style={{ width: 72 }}
            maxLength={2}
            value={digit}
            onChange={(event) => setDigit(event.target.value.replace(/\D/g, ''))}
          />
        </div>
      )}
      <div className="node-line">
        <label htmlFor="node-title">{t('menu.title')}</label>
        <Input
          id="node-title"
          maxLength={50}
          value={node.title}
          onChange={(event) => change({ title: event.target.value })}
        />
      </div>
      {!top && (
        <div className="node-line">
          <span>{t('menu.does')}</span>
          <Radio.Group
            value={kind}
            onChange={(event) => choose(event.target.value)}
            options={(['answers', 'choices', 'person'] as const).map((value) => ({
              value,
              label: t(`menu.kind.${value}`),
              disabled: value !== 'choices' && (node.items?.length ?? 0) > 0,
            }))}
          />
        </div>
      )}
      {kind === 'choices' && (
        <>
          <div className="node-line">
            <label htmlFor="node-text">{t('menu.text')}</label>
            <Input.TextArea
              id="node-text"
              autoSize={{ minRows: 2, maxRows: 6 }}
              maxLength={500}
              placeholder={t('menu.text_hint')}
              value={node.text ?? ''}
              onChange={(event) => change({ text: event.target.value })}
            />
          </div>
          <div className="node-line">
            <span>{t('menu.choices')}</span>
            <Button icon={<PlusOutlined />} onClick={addChild}>
              {t('menu.add')}
            </Button>
          </div>
        </>
      )}
      {kind === 'answers' && (
        <div className="node-line">
          <span>{t('menu.answers')}</span>
          <AnswersEditor value={node.answers ?? []} onChange={(answers) => change({ answers })} />
        </div>
      )}
      {kind === 'person' && <Alert type="info" showIcon title={t('menu.person_hint')} />}
      {!top && (
        <Popconfirm
          title={t('menu.remove_title')}
          description={(node.items?.length ?? 0) > 0 ? t('menu.remove_text') : undefined}
          okButtonProps={{ danger: true }}
          okText={t('common:delete')}
          onConfirm={remove}
        >
          <Button danger type="text" icon={<DeleteOutlined />}>
            {t('menu.remove')}
          </Button>
        </Popconfirm>
      )}
    </div>
  );
}

/** The talk that leads from the top to the chosen place. */
function useWalk(root: MenuNode, path: Path): PhoneLine[] {
  const { t } = useTranslation('bot');
  const settings = useBotSettings();
  const words = wordsOf(settings.data);
  const lines: PhoneLine[] = [];
  const say = (from: PhoneLine['from'], text: string) =>
    lines.push({ from, content: { type: 'text', text } });
  say('customer', words.home ?? t('menu.open_word'));
  for (let depth = 0; depth <= path.length; depth++) {
    const node = nodeAt(root, path.slice(0, depth));
    if (!node) break;
    if (node.action === 'person') {
      say('account', settings.data?.hand_over_text ?? t('menu.person_hint'));
    } else if ((node.items?.length ?? 0) > 0 || depth === 0) {
      say(
        'account',
        menuText(node, depth, words, (way, word) => t(`menu.${way}`, { word })),
      );
    } else for (const content of node.answers ?? []) lines.push({ from: 'account', content });
    const next = node.items?.[path[depth] ?? -1];
    if (next) say('customer', next.digit);
  }
  return lines;
}

function Editor({ menu }: { menu: TextMenu }) {
  const { t } = useTranslation(['bot', 'common']);
  const mayEdit = useCan(PERMISSIONS.botEdit);
  const report = useReport();
  const [root, setRoot] = useState<MenuNode>({ ...menu.root, items: menu.root.items ?? [] });
  const [path, setPath] = useState<Path>([]);
  const [changed, setChanged] = useState(false);
  const save = useSaveTextMenu();
  const { version } = menu;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another version came; ours, unsaved, stays
  useEffect(() => {
    if (!changed) setRoot({ ...menu.root, items: menu.root.items ?? [] });
  }, [version]);
  const lines = useWalk(root, path);
  useLeaveGuard(changed);
  const submit = () => {
    const gap = menuGap(root);
    if (gap) {
      setPath(gap.path);
      report.failed(new Error(t(gap.gap)));
      return;
    }
    save.mutate(
      { version: menu.version, root: tidy(root) },
      {
        onSuccess: () => {
          setChanged(false);
          report.done(t('common:saved'));
        },
        onError: report.failed,
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
      <div className="menu-studio">
        <div className="panel" style={{ padding: 12 }}>
          <Tree
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
  if (menu.isError) {
    return (
      <Page title={t('nav.text_menu')}>
        <ProblemAlert error={menu.error} onRetry={() => menu.refetch()} />
      </Page>
    );
  }
  if (!menu.data) return <Skeleton active style={{ padding: 32 }} />;
  return <Editor menu={menu.data} />;
}
