import { Icon } from '../icons';
import { useWords } from '../prefs';
import type { Opened } from './bubble';
import { Sheet } from './sheet';

interface Props {
  opened: Opened;
  onClose: () => void;
}

/** A picture over the whole phone, or a link with the way to open it. */
export function Viewer({ opened, onClose }: Props) {
  const t = useWords();
  if (opened.picture) {
    return (
      <button type="button" class="zoom" onClick={onClose} title={t('close')}>
        <img src={opened.picture} alt="" />
      </button>
    );
  }
  return (
    <Sheet title={t('linkTitle')} onClose={onClose}>
      <p class="address">{opened.url}</p>
      <a class="primary wide" href={opened.url} target="_blank" rel="noreferrer">
        <Icon name="link" size={18} /> {t('openLink')}
      </a>
    </Sheet>
  );
}
