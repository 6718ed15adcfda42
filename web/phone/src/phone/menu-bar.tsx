import { useState } from 'preact/hooks';
import { Icon } from '../icons';
import { useWords } from '../prefs';
import type { MenuButton } from '../types';

interface Props {
  menu: MenuButton[];
  onTap: (path: number[]) => void;
  onKeyboard: () => void;
}

/** The account's menu at the foot of the chat; a button with children opens a small list above it. */
export function MenuBar({ menu, onTap, onKeyboard }: Props) {
  const t = useWords();
  const [open, setOpen] = useState<number | null>(null);
  const tap = (path: number[]) => {
    setOpen(null);
    onTap(path);
  };
  return (
    <div class="menu-bar">
      <button type="button" class="bare switch" onClick={onKeyboard} title={t('keyboard')}>
        <Icon name="keyboard" />
      </button>
      {menu.map((button, index) => {
        const children = button.sub_button ?? [];
        return (
          <div key={button.name} class="slot">
            {open === index && (
              <div class="sub-menu">
                {children.map((child, at) => (
                  <button key={child.name} type="button" onClick={() => tap([index, at])}>
                    {child.name}
                  </button>
                ))}
              </div>
            )}
            <button
              type="button"
              aria-expanded={children.length > 0 ? open === index : undefined}
              onClick={() =>
                children.length > 0 ? setOpen(open === index ? null : index) : tap([index])
              }
            >
              {children.length > 0 && <Icon name="menu" size={14} />}
              {button.name}
            </button>
          </div>
        );
      })}
    </div>
  );
}
