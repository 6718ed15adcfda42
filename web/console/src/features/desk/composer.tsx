import {
  ClockCircleOutlined,
  FileTextOutlined,
  PaperClipOutlined,
  PictureOutlined,
  SendOutlined,
} from '@ant-design/icons';
import { Button, Input, type InputRef, Tooltip, Upload } from 'antd';
import { type ClipboardEvent, type KeyboardEvent, type Ref, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
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

/** The place where an agent writes. */
export function Composer(props: { conversation: Conversation; input: Ref<InputRef> }) {
  const { t } = useTranslation('desk');
  const { conversation } = props;
  const { user } = useSession();
  const [text, setText] = useDraft(conversation.thread);
  const [article, setArticle] = useState(false);
  const [uploading, setUploading] = useState(0);
  const toldTyping = useRef(0);
  const report = useReport();
  if (conversation.stage !== 'serving' || conversation.agent?.id !== user.id) {
    return <Closed conversation={conversation} />;
  }
  const send = (content: Content) => outbox.send(conversation.thread, conversation.id, content);
  const sendText = () => {
    if (!text.trim()) return;
    send({ type: 'text', text: text.trim() });
    setText('');
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
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    sendText();
  };
  const onChange = (value: string) => {
    setText(value);
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
        ref={props.input}
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
      <div className="k-foot">
        <span className="muted">{t('send_hint')}</span>
        <Button type="primary" icon={<SendOutlined />} disabled={!text.trim()} onClick={sendText}>
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
