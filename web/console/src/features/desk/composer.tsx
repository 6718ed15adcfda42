import {
  ClockCircleOutlined,
  FileTextOutlined,
  PaperClipOutlined,
  PictureOutlined,
  SendOutlined,
} from '@ant-design/icons';
import { Button, Input, type InputRef, Tag, Tooltip, Upload } from 'antd';
import {
  type ClipboardEvent,
  type KeyboardEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { contentLine } from '@/components/content-text';
import { useReport } from '@/components/problem';
import { contentOf, uploadMedia } from '@/lib/media';
import { useSession } from '@/lib/session';
import { duration, useNow } from '@/lib/time';
import type { Content, Conversation } from '@/lib/types';
import { tellTyping, useAct, useAllowance } from './api';
import { ArticleDialog } from './article-dialog';
import { useDraft } from './draft';
import { EmojiButton } from './emoji';
import { outbox } from './outbox';
import { SlashList, useSlash } from './slash';
import { partsOf, type Take, withInserted } from './take';

const TYPING_EVERY = 12_000;

/** What the platform's window still allows, as a small clock. */
function AllowanceClock({ thread }: { thread: string }) {
  const { t } = useTranslation('desk');
  const now = useNow(30);
  const { data } = useAllowance(thread);
  if (!data) return null;
  const left = data.until ? Date.parse(data.until) - now : null;
  const gone =
    data.left === 0 ||
    /closed|used_up|unfollowed/.test(data.why ?? '') ||
    (left !== null && left <= 0);
  const tight = !gone && ((data.left ?? 99) <= 1 || (left !== null && left < 3600_000));
  const words = [
    data.left === null ? null : t('allowance.left', { n: data.left }),
    left === null || left <= 0 ? null : duration(left),
  ].filter(Boolean);
  if (!gone && words.length === 0) return null;
  const why = data.why
    ? t(`allowance.why.${data.why.replaceAll('.', '_')}`, { defaultValue: data.why })
    : '';
  return (
    <Tooltip title={gone ? t('allowance.gone_hint') : why || t('allowance.hint')}>
      <span className={gone ? 'k-clock gone' : tight ? 'k-clock tight' : 'k-clock'}>
        <ClockCircleOutlined /> {gone ? t('allowance.gone') : words.join(' · ')}
      </span>
    </Tooltip>
  );
}

/** What stands where the composer would be when this agent may not write. */
function Closed({ conversation }: { conversation: Conversation }) {
  const { t } = useTranslation('desk');
  const act = useAct(conversation.id);
  const report = useReport();
  const text =
    conversation.stage === 'serving'
      ? t('not_mine', { name: conversation.agent?.name ?? '' })
      : t(`not_taken.${conversation.stage}`);
  return (
    <div className="k-closed">
      <span>{text}</span>
      {(conversation.stage === 'queued' || conversation.stage === 'bot') && (
        <Button
          type="primary"
          loading={act.isPending}
          onClick={() => act.mutate({ act: 'take' }, { onError: report.failed })}
        >
          {t('act.take')}
        </Button>
      )}
    </div>
  );
}

/** Puts answers into the composer, or sends them at once. */
export type TakeAnswers = (take: Take, send: boolean) => void;

/** Whether this agent may write in a conversation now. */
export function mayWrite(conversation: Conversation, user: { id: string }): boolean {
  return conversation.stage === 'serving' && conversation.agent?.id === user.id;
}

/** The place where an agent writes; `taking` is how the candidates beside it get in. */
export function Composer(props: {
  conversation: Conversation;
  input: RefObject<InputRef | null>;
  taking: RefObject<TakeAnswers | null>;
}) {
  const { t } = useTranslation(['desk', 'content']);
  const { conversation, input, taking } = props;
  const { user } = useSession();
  const [text, setText] = useDraft(conversation.thread);
  /** What was inserted last, and from where. */
  const [taken, setTaken] = useState<{ text: string; choice?: Take['choice'] }>();
  /** What has no words and goes out after the text. */
  const [attached, setAttached] = useState<Content[]>([]);
  const [article, setArticle] = useState(false);
  const [uploading, setUploading] = useState(0);
  const toldTyping = useRef(0);
  const report = useReport();
  const send = (content: Content, choice?: Take['choice']) =>
    outbox.send(conversation.thread, conversation.id, content, choice);
  /** Sends one after another; the first carries where they come from. */
  const sendAll = (contents: Content[], choice?: Take['choice']) => {
    for (const [index, content] of contents.entries()) send(content, index ? undefined : choice);
  };
  const insert = (answers: Content[], choice: Take['choice'], typed = text) => {
    const parts = partsOf(answers);
    const isUntouched = !typed.trim() || typed.trim() === taken?.text.trim();
    if (parts.text) setText(withInserted(typed, taken?.text, parts.text));
    else if (isUntouched) setText('');
    setAttached(isUntouched ? parts.rest : [...attached, ...parts.rest]);
    setTaken({ text: parts.text, choice });
    input.current?.focus();
  };
  const isMine = mayWrite(conversation, user);
  useEffect(() => {
    taking.current = isMine
      ? ({ answers, choice }, now) => (now ? sendAll(answers, choice) : insert(answers, choice))
      : null;
  });
  const pick = (reply: { answers: Content[] }) => insert(reply.answers, undefined, '');
  const slash = useSlash(text, pick);
  if (!isMine) return <Closed conversation={conversation} />;
  const isEmpty = !text.trim() && attached.length === 0;
  const sendText = () => {
    if (isEmpty) return;
    const words: Content[] = text.trim() ? [{ type: 'text', text: text.trim() }] : [];
    sendAll([...words, ...attached], taken?.choice);
    setText('');
    setAttached([]);
    setTaken(undefined);
    toldTyping.current = 0;
  };
  const sendFile = async (file: File) => {
    setUploading((count) => count + 1);
    try {
      send(contentOf(await uploadMedia(file)));
    } catch (error) {
      report.failed(error);
    } finally {
      setUploading((count) => count - 1);
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (slash.onKey(event)) return;
    if (event.key === 'Escape') input.current?.blur();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    sendText();
  };
  const onChange = (value: string) => {
    setText(value);
    if (!value.trim() && attached.length === 0) setTaken(undefined);
    const now = Date.now();
    if (value && now - toldTyping.current > TYPING_EVERY) {
      toldTyping.current = now;
      tellTyping(conversation.id).catch(() => {});
    }
  };
  const onPaste = (event: ClipboardEvent) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    for (const file of files) sendFile(file);
  };
  const upload = (accept: string, title: string, icon: React.ReactNode) => (
    <Upload
      accept={accept}
      multiple
      showUploadList={false}
      beforeUpload={(file) => {
        sendFile(file);
        return false;
      }}
    >
      <Tooltip title={title}>
        <Button type="text" aria-label={title} icon={icon} />
      </Tooltip>
    </Upload>
  );
  return (
    <div className="k-box">
      {slash.open && <SlashList found={slash.found} at={slash.at} onPick={pick} />}
      <div className="k-tools">
        <EmojiButton onPick={(sign) => setText(text + sign)} />
        {upload('image/*', t('picture'), <PictureOutlined />)}
        {upload('', t('file'), <PaperClipOutlined />)}
        <Tooltip title={t('article')}>
          <Button
            type="text"
            aria-label={t('article')}
            icon={<FileTextOutlined />}
            onClick={() => setArticle(true)}
          />
        </Tooltip>
        {uploading > 0 && <span className="muted">{t('uploading')}</span>}
        <span style={{ flex: 1 }} />
        <AllowanceClock thread={conversation.thread} />
      </div>
      <Input.TextArea
        ref={input}
        variant="borderless"
        autoSize={{ minRows: 2, maxRows: 8 }}
        value={text}
        placeholder={t('write')}
        aria-label={t('write')}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onChange={(event) => onChange(event.target.value)}
        data-testid="composer"
      />
      {attached.length > 0 && (
        <div className="k-attached">
          {attached.map((content, index) => (
            <Tag
              // biome-ignore lint/suspicious/noArrayIndexKey: contents have no id
              key={index}
              closable
              closeIcon={<span title={t('attached_remove')}>×</span>}
              onClose={(event) => {
                event.preventDefault();
                setAttached(attached.filter((_, at) => at !== index));
              }}
            >
              {contentLine(content, t)}
            </Tag>
          ))}
        </div>
      )}
      <div className="k-foot">
        <span className="muted">{t('send_hint')}</span>
        <Button type="primary" icon={<SendOutlined />} disabled={isEmpty} onClick={sendText}>
          {t('send')}
        </Button>
      </div>
      <ArticleDialog
        open={article}
        onClose={() => setArticle(false)}
        onSend={(item) => send({ type: 'articles', items: [item] })}
      />
    </div>
  );
}
