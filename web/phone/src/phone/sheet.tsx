import type { ComponentChildren } from 'preact';
import { Icon } from '../icons';
import { useWords } from '../prefs';

interface Props {
  title: string;
  onClose: () => void;
  children: ComponentChildren;
}

/** A sheet that slides up over the phone's screen. */
export function Sheet({ title, onClose, children }: Props) {
  const t = useWords();
  return (
    <div class="sheet" role="dialog" aria-label={title}>
      <button type="button" class="shade" onClick={onClose} aria-label={t('close')} />
      <div class="paper">
        <div class="bar">
          <span class="grow">{title}</span>
          <button type="button" class="bare" onClick={onClose} title={t('close')}>
            <Icon name="close" size={20} />
          </button>
        </div>
        <div class="inside">{children}</div>
      </div>
    </div>
  );
}
