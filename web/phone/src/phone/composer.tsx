import { useRef, useState } from 'preact/hooks';
import { Icon } from '../icons';
import { useWords } from '../prefs';
import { pictures, preview, readFile, toPng } from '../samples';

type Panel = 'emoji' | 'more' | 'pictures' | 'voice' | null;

interface Props {
  hasMenu: boolean;
  onMenu: () => void;
  onSend: (message: Record<string, unknown>) => void;
  onScan: () => void;
}

const emoji = [...'😀😁😂🙂😊😍😘🤔😅😭😤😡👍👎👌🙏🤝👏💪🎉❤️🌹☕🍚📱💡🔥⏰🏠🚗💰📷'].filter(
  (it) => it !== '\ufe0f',
);

/** Where the person writes: text, emoji, and the panel with everything else. */
export function Composer({ hasMenu, onMenu, onSend, onScan }: Props) {
  const t = useWords();
  const [text, setText] = useState('');
  const [panel, setPanel] = useState<Panel>(null);
  const [heard, setHeard] = useState('');
  const file = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<'image' | 'voice' | 'video'>('image');

  const say = () => {
    if (!text.trim()) return;
    onSend({ type: 'text', text });
    setText('');
  };
  const send = (message: Record<string, unknown>) => {
    setPanel(null);
    onSend(message);
  };
  const choose = (what: typeof kind) => {
    setKind(what);
    // The input takes the new `accept` with the next drawing.
    setTimeout(() => file.current?.click());
  };
  const chosen = async (input: HTMLInputElement) => {
    const [picked] = input.files ?? [];
    input.value = '';
    if (picked) send({ type: kind, data: await readFile(picked) });
  };
  const place = () =>
    send({
      type: 'location',
      latitude: 31.2304,
      longitude: 121.4737,
      scale: 16,
      label: t('placeTitle'),
    });
  const link = () =>
    send({
      type: 'link',
      title: t('linkSample'),
      description: t('linkSampleText'),
      url: 'https://example.com/bill/december',
    });
  const tools = [
    { icon: 'picture', name: 'picture', run: () => setPanel('pictures') },
    { icon: 'voice', name: 'voice', run: () => setPanel('voice') },
    { icon: 'video', name: 'video', run: () => choose('video') },
    { icon: 'location', name: 'location', run: place },
    { icon: 'link', name: 'link', run: link },
    { icon: 'scan', name: 'scan', run: onScan },
  ] as const;

  return (
    <div class="composer">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          say();
        }}
      >
        {hasMenu && (
          <button type="button" class="bare" onClick={onMenu} title={t('menu')}>
            <Icon name="menu" />
          </button>
        )}
        <input
          value={text}
          placeholder={t('sayHere')}
          aria-label={t('sayHere')}
          enterkeyhint="send"
          onFocus={() => setPanel(null)}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button
          type="button"
          class="bare"
          onClick={() => setPanel(panel === 'emoji' ? null : 'emoji')}
          title={t('emoji')}
        >
          <Icon name="smile" size={26} />
        </button>
        {text.trim() ? (
          <button type="submit" class="primary">
            {t('send')}
          </button>
        ) : (
          <button
            type="button"
            class="bare ring"
            onClick={() => setPanel(panel === null || panel === 'emoji' ? 'more' : null)}
            title={t('more')}
          >
            <Icon name="plus" />
          </button>
        )}
      </form>
      <input
        ref={file}
        type="file"
        hidden
        accept={{ image: 'image/*', voice: 'audio/*,.amr', video: 'video/mp4' }[kind]}
        onChange={(event) => void chosen(event.currentTarget)}
      />
      {panel === 'emoji' && (
        <div class="drawer emoji">
          {emoji.map((it) => (
            <button key={it} type="button" onClick={() => setText(text + it)}>
              {it}
            </button>
          ))}
        </div>
      )}
      {panel === 'more' && (
        <div class="drawer tools">
          {tools.map((tool) => (
            <button key={tool.name} type="button" onClick={tool.run}>
              <span>
                <Icon name={tool.icon} size={26} />
              </span>
              {t(tool.name)}
            </button>
          ))}
        </div>
      )}
      {panel === 'pictures' && (
        <div class="drawer pictures">
          <p class="quiet">{t('samplePictures')}</p>
          {pictures.map((it) => (
            <button
              key={it.name}
              type="button"
              onClick={() => void toPng(it.svg).then((data) => send({ type: 'image', data }))}
            >
              <img src={preview(it.svg)} alt={it.name} />
            </button>
          ))}
          <button type="button" class="second wide" onClick={() => choose('image')}>
            {t('chooseFile')}
          </button>
        </div>
      )}
      {panel === 'voice' && (
        <div class="drawer voice">
          <label class="field">
            {t('voiceText')}
            <input value={heard} onInput={(event) => setHeard(event.currentTarget.value)} />
          </label>
          <button
            type="button"
            class="primary wide"
            onClick={() =>
              send({ type: 'voice', duration: 3, ...(heard ? { recognition: heard } : {}) })
            }
          >
            {t('voiceSample')}
          </button>
          <button type="button" class="second wide" onClick={() => choose('voice')}>
            {t('chooseFile')}
          </button>
        </div>
      )}
    </div>
  );
}
