import { useEffect, useState } from 'preact/hooks';
import { api } from '../api';
import { useWords } from '../prefs';
import { Sheet } from './sheet';

interface Props {
  app: string;
  onScan: (scene: string) => void;
  onClose: () => void;
}

/** The scanner: the account's live codes as pictures, or a scene typed by hand. */
export function ScanSheet({ app, onScan, onClose }: Props) {
  const t = useWords();
  const [codes, setCodes] = useState<{ ticket: string; scene: string }[]>([]);
  const [scene, setScene] = useState('');
  useEffect(() => void api.codes(app).then(setCodes), [app]);
  return (
    <Sheet title={t('scan')} onClose={onClose}>
      <p class="quiet">{t('scanHelp')}</p>
      <form
        class="two"
        onSubmit={(event) => {
          event.preventDefault();
          if (scene) onScan(scene);
        }}
      >
        <input
          class="grow"
          value={scene}
          placeholder={t('scene')}
          onInput={(event) => setScene(event.currentTarget.value)}
        />
        <button type="submit" class="primary" disabled={!scene}>
          {t('scan')}
        </button>
      </form>
      <div class="codes">
        {codes.map((code) => (
          <button key={code.ticket} type="button" onClick={() => onScan(code.scene)}>
            <img src={`/cgi-bin/showqrcode?ticket=${encodeURIComponent(code.ticket)}`} alt="" />
            <span>{code.scene}</span>
          </button>
        ))}
        {codes.length === 0 && <p class="quiet">{t('noCodes')}</p>}
      </div>
    </Sheet>
  );
}
