import type { Language } from '../i18n';

/** The simulator writes its log in English; these are the Chinese sentences for it. */
const sentences: [RegExp, string][] = [
  [/^Attempt (\d) of push (\d+) \((.+)\)$/, '第 $1 次请求，推送 $2（$3）'],
  [/^Attempt (\d) of push (\d+): (.+)$/s, '推送 $2 第 $1 次请求：$3'],
  [/^Passive reply \((.+)\)$/, '被动回复（$1）'],
  [/^Passive reply not shown: (.+)$/, '被动回复未展示：$1'],
  [/^Acknowledged without an answer$/, '已确认，没有回复'],
  [/^Answer refused: (.+)$/, '回复被平台拒绝：$1'],
  [/^Push (\d+) \((.+?)\) failed: (.+)$/, '推送 $1（$2）失败：$3'],
  [/^Push (\d+) \((.+?)\) refused: (.+)$/, '推送 $1（$2）的回复被拒绝：$3'],
  [/^Push (\d+) \((.+?)\) (.+)$/, '推送 $1（$2）：$3'],
  [/^Fault on push (\d+): (.+)$/, '故障作用于推送 $1：$2'],
  [/^Faults were switched$/, '故障开关已更改'],
  [/^The clock was moved (\d+) s forward$/, '平台时钟快进了 $1 秒'],
  [/^Callback address verified: (.+)$/, '服务器地址验证：$1'],
  [/^Account (.+)$/, '公众号 $1'],
  [/^Hand-over to the platform's desk: (.+)$/, '转给平台自带客服：$1'],
  [/^(event )?(\S+) from (.+?)(: .+)?$/, '$3 · $1$2$4'],
];

const phrases: [string, string][] = [
  ['the answer came too late (on demand)', '回答太迟（按要求制造）'],
  ['no answer in time; the platform hangs up', '超时无应答，平台断开连接'],
  ['no answer in time', '超时无应答'],
  ['connection failed', '连接失败'],
  ['no callback address is set', '未设置服务器地址'],
  ["kept by the platform's desk", '由平台自带客服接待，未推送'],
  ['the address answered the echostr', '地址已正确应答'],
  ['the result of a job is not answered to anybody', '任务结果事件的回复没有接收人'],
  ['nobody is online, the person waits', '没有客服在线，用户等待中'],
  ['; is the Token the same on both sides?', '；两边的 Token 一致吗？'],
  ['the server answered HTTP', '服务器返回 HTTP'],
  ['no answer within 5 seconds', '5 秒内没有应答'],
  ['the address cannot be reached', '地址无法访问'],
  ['the server did not answer with exactly the echostr', '服务器没有原样返回 echostr'],
  ['this person does not follow the account', '这个人没有关注该公众号'],
  ['token: 3 to 32 letters and digits', 'Token 应为 3 到 32 位字母或数字'],
  ['aes_key: exactly 43 letters and digits', 'EncodingAESKey 应为 43 位字母或数字'],
  ['url must begin with http:// or https://', 'URL 应以 http:// 或 https:// 开头'],
  ['event ', '事件 '],
];

/** What the simulator said, in the reader's language. */
export const told = (language: Language, sentence: string) =>
  language === 'zh-CN' ? inChinese(sentence) : sentence;

function inChinese(summary: string): string {
  let text = summary;
  const found = sentences.find(([pattern]) => pattern.test(text));
  if (found) text = text.replace(found[0], found[1]);
  for (const [english, chinese] of phrases) text = text.replaceAll(english, chinese);
  return text;
}
