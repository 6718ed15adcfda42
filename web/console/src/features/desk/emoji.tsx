import { SmileOutlined } from '@ant-design/icons';
import { Button, Popover, Tooltip } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';

const EMOJI = [
  ...'😀😄😁😊🙂😉😍🥰😘🤗🤔😅😂🤣😭😢😔😳😮😴🙄😎🤝👍👎👌🙏👏💪✌️',
  ...'🌹🎉🎁❤️💔🔥⭐✅❌❗❓⏰📞📱💰💳🧾📦🚚🏠🔧☀️🌧️🍵☕',
].filter((sign) => sign !== '\u{fe0f}');

export function EmojiButton({
  onPick,
  disabled,
}: {
  onPick: (sign: string) => void;
  disabled?: boolean;
}) {
  const { t } = useTranslation('desk');
  const [open, setOpen] = useState(false);
  return (
    <Popover
      trigger="click"
      open={open && !disabled}
      onOpenChange={setOpen}
      content={
        <div className="e-grid">
          {EMOJI.map((sign) => (
            <button
              type="button"
              key={sign}
              className="plain"
              onClick={() => {
                onPick(sign);
                setOpen(false);
              }}
            >
              {sign}
            </button>
          ))}
        </div>
      }
    >
      <Tooltip title={t('emoji')}>
        <Button type="text" disabled={disabled} aria-label={t('emoji')} icon={<SmileOutlined />} />
      </Tooltip>
    </Popover>
  );
}
