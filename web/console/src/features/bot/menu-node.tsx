import {
  ArrowDownOutlined,
  ArrowUpOutlined,
  DeleteOutlined,
  PlusOutlined,
} from '@ant-design/icons';
import { Alert, Button, Input, Popconfirm, Radio, Tag } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswersEditor } from '@/components/answers-editor';
import type { MenuNode } from '@/lib/types';
import { freeDigit, nodeAt, type Path, withNode } from './menu-tree';

type Kind = 'choices' | 'answers' | 'person';

function kindOf(node: MenuNode): Kind {
  if (node.action === 'person') return 'person';
  return (node.items?.length ?? 0) > 0 ? 'choices' : 'answers';
}

/** One choice below a place: its digit, where it leads, and its order. */
function Choice(props: {
  item: NonNullable<MenuNode['items']>[number];
  first: boolean;
  last: boolean;
  onOpen: () => void;
  onUp: () => void;
  onDown: () => void;
}) {
  const { t } = useTranslation(['bot', 'common']);
  const { node, digit } = props.item;
  const kind = kindOf(node);
  return (
    <div className="choice">
      <Tag className="mono">{digit}</Tag>
      <button type="button" className="plain ellipsis" onClick={props.onOpen}>
        {node.title || '…'}
      </button>
      <small className="muted">
        {kind === 'choices'
          ? t('menu.choice_items', { n: node.items?.length ?? 0 })
          : t(`menu.choice_${kind}`)}
      </small>
      <Button
        size="small"
        type="text"
        aria-label={t('menu.move_up')}
        icon={<ArrowUpOutlined />}
        disabled={props.first}
        onClick={props.onUp}
      />
      <Button
        size="small"
        type="text"
        aria-label={t('menu.move_down')}
        icon={<ArrowDownOutlined />}
        disabled={props.last}
        onClick={props.onDown}
      />
    </div>
  );
}

/** The form of one place in the menu. */
export function NodeForm(props: {
  root: MenuNode;
  path: Path;
  onChange: (root: MenuNode) => void;
  onSelect: (path: Path) => void;
  /** What a customer writes to open the menu. */
  openWord: string;
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
  /** Changes the places of a choice and the next; each keeps its digit. */
  const swap = (first: number) => {
    const items = [...(node.items ?? [])];
    const [one, other] = [items[first], items[first + 1]];
    if (one && other) items.splice(first, 2, other, one);
    change({ items });
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
      {top && (node.items ?? []).length === 0 && (
        <Alert type="info" showIcon title={t('menu.empty', { word: props.openWord })} />
      )}
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
            <div>
              {(node.items ?? []).map((item, at, all) => (
                <Choice
                  // biome-ignore lint/suspicious/noArrayIndexKey: choices have no id but their place
                  key={at}
                  item={item}
                  first={at === 0}
                  last={at === all.length - 1}
                  onOpen={() => props.onSelect([...path, at])}
                  onUp={() => swap(at - 1)}
                  onDown={() => swap(at)}
                />
              ))}
              <Button icon={<PlusOutlined />} onClick={addChild}>
                {t('menu.add')}
              </Button>
            </div>
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
