import type {
  AccountMenu,
  Agent,
  BotSettings,
  Category,
  Contact,
  Content,
  Conversation,
  Entry,
  Inbox,
  Keyword,
  Message,
  Reason,
  Session,
  Tenant,
  TextMenu,
  User,
} from '../src/lib/types';

const now = Date.now();
export const ago = (minutes: number) => new Date(now - minutes * 60_000).toISOString();

export const me: User = {
  id: 'usr_lin',
  login: 'lin.wei',
  name: '林薇',
  role: 'administrator',
  locale: null,
  disabled: false,
  created_at: ago(60 * 24 * 40),
  last_login_at: ago(12),
};

export const tenant: Tenant = {
  id: 'tnt_hq',
  parent: null,
  kind: 'headquarters',
  name: '和声集团客服中心',
  code: 'hesheng',
  time_zone: 'Asia/Shanghai',
  created_at: ago(60 * 24 * 60),
  closed: false,
};

export const permissions = [
  'conversation.read',
  'conversation.answer',
  'conversation.supervise',
  'contact.read',
  'contact.edit',
  'knowledge.read',
  'knowledge.edit',
  'bot.read',
  'bot.edit',
  'inbox.read',
  'inbox.edit',
  'inbound.read',
  'media.read',
  'media.upload',
  'user.read',
  'user.manage',
  'tenant.read',
  'tenant.manage',
  'api_key.manage',
  'audit.read',
];

export const session: Session = { user: me, tenant, permissions, csrf_token: 'mock', demo: true };

export const users: User[] = [
  me,
  ...(['周远', '陈一鸣', '许小满', '高远航'] as const).map((name, index) => ({
    id: `usr_${index}`,
    login: ['zhou.yuan', 'chen.ym', 'xu.xm', 'gao.yh'][index] as string,
    name,
    role: (['agent', 'supervisor', 'editor', 'auditor'] as const)[index] as User['role'],
    locale: null,
    disabled: index === 3,
    created_at: ago(60 * 24 * 20),
    last_login_at: index === 2 ? null : ago(300 * (index + 1)),
  })),
];

export const agents: Agent[] = [
  { user: { id: me.id, name: me.name }, state: 'ready', serving: 3, capacity: 8 },
  { user: { id: 'usr_0', name: '周远' }, state: 'ready', serving: 5, capacity: 8 },
  { user: { id: 'usr_1', name: '陈一鸣' }, state: 'away', serving: 1, capacity: 5 },
];

export const inboxes: Inbox[] = [
  {
    id: 'inb_tel',
    kind: 'wechat',
    name: '和声移动',
    disabled: false,
    created_at: ago(60 * 24 * 30),
    settings: {
      app_id: 'wx5f3c0a7d21e94b68',
      original_id: 'gh_7ac1f02b93de',
      account_kind: 'service',
      mode: 'safe',
    },
    secrets_set: ['app_secret', 'token', 'aes_key'],
    hook_url: '/hooks/wechat/k7q2m9xw4t',
    last_inbound_at: ago(1),
  },
  {
    id: 'inb_gas',
    kind: 'wechat',
    name: '清源燃气',
    disabled: false,
    created_at: ago(60 * 24 * 3),
    settings: {
      app_id: 'wx90b1de55c0aa7f31',
      original_id: 'gh_30be77aa01c2',
      account_kind: 'subscription',
      mode: 'safe',
    },
    secrets_set: ['app_secret', 'token', 'aes_key'],
    hook_url: '/hooks/wechat/p3c8v5nn0d',
    last_inbound_at: null,
  },
];

const names = [
  '晓雨',
  '老张',
  '海阔天空',
  '陈女士',
  '一叶知秋',
  'Mia 苗',
  '阿杰',
  '小满妈妈',
  '清风',
  '木子李',
  '西城旧事',
  '王先生',
];
export const contacts: Contact[] = names.map((name, index) => ({
  id: `ctc_${index}`,
  name,
  remark: index === 0 ? '宽带用户 · 城西' : null,
  tags: index % 3 === 0 ? ['宽带', '老客户'] : [],
  note: index === 0 ? '上门维修请先打电话。' : null,
  created_at: ago(60 * 24 * (index + 2)),
  identities: [
    {
      id: `idn_${index}`,
      inbox: { id: 'inb_tel', name: '和声移动', kind: 'wechat' },
      source_id: 'oLk3…w9Qd',
      followed: index !== 4,
      followed_at: ago(60 * 24 * (index + 2)),
      source: index % 2 ? '营业厅二维码' : null,
      allowance: { left: 4, until: ago(-47 * 60) },
    },
  ],
}));

const reasons: Reason[] = [
  { step: 'loop_guard', outcome: 'passed', code: 'loop_guard.quiet', params: {} },
  { step: 'hand_over', outcome: 'passed', code: 'hand_over.no_word', params: {} },
  { step: 'menu', outcome: 'passed', code: 'menu.no_session', params: {} },
  { step: 'exact', outcome: 'passed', code: 'exact.none', params: {} },
  { step: 'contains', outcome: 'passed', code: 'contains.none', params: {} },
  {
    step: 'knowledge',
    outcome: 'matched',
    code: 'knowledge.answered',
    params: { question: '话费为什么突然变高', score: 0.83 },
  },
];

let counter = 0;
type Line = [string, Content, Partial<Message>?];
const text = (words: string): Content => ({ type: 'text', text: words });

function build(thread: string, conversation: string, lines: Line[], start: number): Message[] {
  return lines.map(([who, content, extra], index) => ({
    id: `msg_${++counter}`,
    thread,
    conversation,
    number: 0,
    direction: who === 'customer' ? 'in' : 'out',
    author: {
      kind: who as Message['author']['kind'],
      id: who === 'agent' ? me.id : null,
      name: who === 'agent' ? me.name : null,
    },
    content,
    at: ago(start - index * 0.7),
    delivery: who === 'bot' ? { state: 'in_reply' } : who === 'agent' ? { state: 'sent' } : null,
    reasons: who === 'bot' ? reasons : null,
    ...extra,
  }));
}

const rich: Message[] = [
  ...build(
    'thr_0',
    'cnv_old',
    [
      ['customer', { type: 'event', event: 'follow', label: '' }],
      ['bot', text('欢迎关注和声移动！回复数字即可办理：\n1 话费与流量\n2 宽带\n3 人工服务')],
      ['customer', text('1')],
      ['bot', text('话费与流量：\n1 查话费\n2 查流量\n0 返回')],
      ['customer', text('话费')],
      [
        'bot',
        {
          type: 'articles',
          items: [
            {
              title: '三步看懂本月话费',
              description: '套餐、增值业务和超出部分分别在哪里看',
              url: 'https://example.com/bill',
            },
          ],
        },
      ],
      ['customer', text('谢谢')],
      ['bot', text('不客气，有事随时找我。')],
    ],
    3 * 24 * 60,
  ),
  ...build(
    'thr_0',
    'cnv_0',
    [
      ['customer', text('我这个月话费咋这么贵')],
      [
        'bot',
        text(
          '话费变高通常有三个原因：套餐外流量、增值业务、上月未结清的费用。您可以回复“账单”查看明细。',
        ),
      ],
      ['customer', text('看不懂，转人工')],
      ['bot', text('好的，正在为您转接人工，请稍候。')],
      ['system', { type: 'system', code: 'conversation.queued', params: {} }],
      ['system', { type: 'system', code: 'conversation.taken', params: { name: '林薇' } }],
      ['agent', text('您好，我是林薇。我来帮您看一下账单，请发一张账单截图好吗？')],
      ['customer', { type: 'image', media: 'med_bill' }],
      [
        'customer',
        { type: 'voice', media: 'med_voice', transcript: '就是这个一百二十八块的，我没有办过' },
      ],
      [
        'customer',
        { type: 'location', latitude: 31.23041, longitude: 121.4737, label: '人民广场营业厅' },
      ],
      ['agent', { type: 'file', media: 'med_pdf', name: '十月账单说明.pdf', size: 182_334 }],
      [
        'agent',
        text('这项是 10 月 3 日办理的视频会员，可以为您取消。'),
        { delivery: { state: 'unknown' } },
      ],
      [
        'agent',
        text('取消后下月起不再扣费。'),
        {
          delivery: {
            state: 'refused',
            reason: { code: 'quota_used', message: 'the quota of the window is used up' },
          },
        },
      ],
      ['customer', text('好的，帮我取消吧 https://example.com/x')],
    ],
    18,
  ),
];
rich.forEach((message, index) => {
  message.number = index + 1;
});

export const messages: Record<string, Message[]> = { thr_0: rich };
export const conversations: Conversation[] = contacts.map((contact, index) => {
  const stage = index < 3 ? 'serving' : index < 6 ? 'queued' : index < 9 ? 'bot' : 'closed';
  const id = `cnv_${index}`;
  const thread = `thr_${index}`;
  if (index > 0) {
    messages[thread] = build(
      thread,
      id,
      [
        [
          'customer',
          text(
            [
              '宽带一直掉线',
              '想换套餐，有没有便宜一点的',
              '燃气表怎么自己抄',
              '你们几点下班',
              '流量包多少钱',
            ][index % 5] as string,
          ),
        ],
        ['bot', text('请问您是想了解以下哪一项？\n1 宽带报修\n2 套餐变更\n3 转人工')],
      ],
      index * 3,
    );
    messages[thread]?.forEach((message, at) => {
      message.number = at + 1;
    });
  }
  return {
    id,
    thread,
    contact: { id: contact.id, name: contact.name },
    inbox: { id: 'inb_tel', name: '和声移动', kind: 'wechat' },
    stage,
    agent: stage === 'serving' ? { id: me.id, name: me.name } : null,
    opened_at: ago(index * 4 + 5),
    waiting_since: stage === 'queued' || index === 1 ? ago(index * 1.2 - 1) : null,
    unread: index === 1 ? 2 : index === 4 ? 1 : 0,
    last_message: messages[thread]?.at(-1),
    draft: index === 2,
  };
});

export const categories: Category[] = [
  { id: 'cat_bill', name: '话费', parent: null },
  { id: 'cat_bill_q', name: '账单查询', parent: 'cat_bill' },
  { id: 'cat_net', name: '宽带', parent: null },
  { id: 'cat_net_fix', name: '故障报修', parent: 'cat_net' },
];

export const entries: Entry[] = [
  ['话费为什么突然变高', ['这个月话费咋这么贵', '怎么多扣了钱'], 'cat_bill_q'],
  ['怎么查询本月账单', ['账单在哪看', '话费明细'], 'cat_bill_q'],
  ['宽带掉线怎么办', ['网络老断', '路由器红灯'], 'cat_net_fix'],
  ['上门维修要多久', [], 'cat_net_fix'],
].map(([question, similar, category], index) => ({
  id: `ent_${index}`,
  category: category as string,
  question: question as string,
  similar: similar as string[],
  answers: [
    text('您可以在公众号菜单“我的 → 账单”查看每一项费用。'),
    ...(index === 0 ? [{ type: 'image', media: 'med_bill' } as Content] : []),
  ],
  answer_mode: 'in_order',
  valid_from: null,
  valid_until: index === 3 ? ago(60 * 24) : null,
  enabled: index !== 2,
  version: index + 1,
  updated_at: ago(600 * (index + 1)),
  updated_by: { id: me.id, name: me.name },
}));

export const keywords: Keyword[] = [
  { words: ['话费'], match: 'exact', priority: 10 },
  { words: ['停机', '停了'], match: 'contains_any', priority: 20 },
  { words: ['宽带', '慢'], match: 'contains_all', priority: 5 },
  { words: ['^(CXYE|查余额)$'], match: 'regex', priority: 0 },
].map((one, index) => ({
  ...(one as Pick<Keyword, 'words' | 'match' | 'priority'>),
  id: `kwd_${index}`,
  answers: [text('您本月话费请点菜单“我的 → 话费”。')],
  answer_mode: 'in_order',
  valid_from: null,
  valid_until: null,
  enabled: true,
  updated_at: ago(800 * (index + 1)),
}));

export const textMenu: TextMenu = {
  version: 3,
  root: {
    title: '主菜单',
    text: '您好，请回复数字：',
    items: [
      {
        digit: '1',
        node: {
          title: '话费与流量',
          items: [
            {
              digit: '1',
              node: { title: '查话费', items: [], answers: [text('本月话费 58.00 元。')] },
            },
            {
              digit: '2',
              node: { title: '查流量', items: [], answers: [text('剩余流量 3.2 GB。')] },
            },
          ],
        },
      },
      {
        digit: '2',
        node: {
          title: '宽带服务',
          items: [
            {
              digit: '1',
              node: {
                title: '故障报修',
                items: [],
                answers: [text('请描述故障，我们 2 小时内联系您。')],
              },
            },
          ],
        },
      },
      { digit: '3', node: { title: '人工服务', items: [], action: 'person' } },
    ],
  },
};

export const accountMenu: AccountMenu = {
  state: 'published',
  buttons: [
    {
      name: '我的',
      kind: 'sub',
      children: [
        { name: '话费', kind: 'click', key: 'bill', answers: [text('本月话费 58.00 元。')] },
        { name: '流量', kind: 'click', key: 'data', answers: [text('剩余 3.2 GB')] },
      ],
    },
    { name: '办理', kind: 'view', url: 'https://example.com/do' },
    { name: '人工', kind: 'click', key: 'person', answers: [text('正在为您转接')] },
  ],
};

export const botSettings: BotSettings = {
  welcome: [text('欢迎关注和声移动！回复“菜单”看看我能做什么。')],
  welcome_by_source: [{ source: 'hall', answers: [text('欢迎光临营业厅！')] }],
  fallback: [text('这个问题我还没学会。回复“人工”可找客服。')],
  hand_over_words: ['转人工', '人工', '客服'],
  hand_over_text: '正在为您转接人工，请稍候。',
  queue_full_text: '现在排队的人较多，请留言。',
  night_text: '现在是休息时间（9:00–18:00 有人值班），请留言，上班后第一时间回复。',
  service_hours: [{ weekdays: [1, 2, 3, 4, 5], from: '09:00', until: '18:00' }],
  holidays: [{ from: '2026-10-01', until: '2026-10-07', text: '国庆期间由机器人为您服务。' }],
  menu_timeout_minutes: 10,
  back_words: ['返回', '0'],
  home_words: ['菜单', '首页'],
  thresholds: { answer: 0.75, suggest: 0.45 },
};

export { reasons };
