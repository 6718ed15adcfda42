import { contentGap } from '@/lib/content';
import type { BotSettings, MenuNode } from '@/lib/types';
import { customer } from '@/locales/customer';

/** A place in the tree: the position of each choice on the way down. */
export type Path = number[];

export function nodeAt(root: MenuNode, path: Path): MenuNode | undefined {
  let node: MenuNode | undefined = root;
  for (const index of path) node = node?.items?.[index]?.node;
  return node;
}

/** The tree with one node changed; the rest is shared. */
export function withNode(
  root: MenuNode,
  path: Path,
  change: (node: MenuNode) => MenuNode,
): MenuNode {
  const [first, ...rest] = path;
  if (first === undefined) return change(root);
  return {
    ...root,
    items: (root.items ?? []).map((item, index) =>
      index === first ? { ...item, node: withNode(item.node, rest, change) } : item,
    ),
  };
}

/** The smallest digit that no choice of this node has yet. */
export function freeDigit(node: MenuNode): string {
  const taken = new Set((node.items ?? []).map((item) => item.digit));
  for (let digit = 1; digit < 100; digit++) if (!taken.has(String(digit))) return String(digit);
  return '';
}

/** The menu as the customer gets it: text, choices, the ways back. */
export function menuText(
  node: MenuNode,
  depth: number,
  words: { back?: string; home?: string },
): string {
  const lines = [
    node.text || node.title,
    ...(node.items ?? []).map((it) => `${it.digit} ${it.node.title}`),
  ];
  const ways = [
    depth > 0 && words.back ? customer.back(words.back) : '',
    depth > 1 && words.home ? customer.home(words.home) : '',
  ].filter(Boolean);
  return ways.length > 0 ? `${lines.join('\n')}\n\n${ways.join(customer.comma)}` : lines.join('\n');
}

export function wordsOf(settings: BotSettings | undefined) {
  return { back: settings?.back_words[0], home: settings?.home_words[0] };
}

/** Limits of the server. */
const MOST_PLACES = 500;
const DEEPEST = 8;

function count(node: MenuNode): number {
  return (node.items ?? []).reduce((sum, item) => sum + count(item.node), 1);
}

/** What is wrong with a tree, as a text key and the place; null when it may be saved. */
export function menuGap(node: MenuNode, path: Path = []): { path: Path; gap: string } | null {
  const top = path.length === 0;
  if (top && count(node) > MOST_PLACES) return { path, gap: 'menu.too_many' };
  if (path.length >= DEEPEST) return { path, gap: 'menu.too_deep' };
  if (!node.title.trim()) return { path, gap: 'menu.need_title' };
  const items = node.items ?? [];
  const digits = items.map((item) => item.digit);
  if (digits.some((digit) => !/^\d{1,2}$/.test(digit))) return { path, gap: 'menu.need_digit' };
  if (new Set(digits).size !== digits.length) return { path, gap: 'menu.same_digit' };
  const ends = items.length > 0 || node.action || (node.answers?.length ?? 0) > 0;
  if (!top && !ends) return { path, gap: 'menu.need_end' };
  if (node.answers?.some((answer) => contentGap(answer))) return { path, gap: 'menu.need_answer' };
  for (const [index, item] of items.entries()) {
    const inside = menuGap(item.node, [...path, index]);
    if (inside) return inside;
  }
  return null;
}

/** Drops what does not belong to the node's kind, so the server sees one meaning. */
export function tidy(node: MenuNode): MenuNode {
  const items = (node.items ?? []).map((item) => ({ ...item, node: tidy(item.node) }));
  return {
    title: node.title.trim(),
    ...(node.text?.trim() ? { text: node.text } : {}),
    items,
    ...(items.length === 0 && node.action ? { action: node.action } : {}),
    ...(items.length === 0 && !node.action && node.answers?.length
      ? { answers: node.answers }
      : {}),
  };
}
