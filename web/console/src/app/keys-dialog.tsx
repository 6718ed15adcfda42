import { Modal } from 'antd';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';

const KEYS: [string[], string][] = [
  [['Ctrl/⌘', 'K'], 'keys.command'],
  [['?'], 'keys.help'],
  [['J'], 'keys.next'],
  [['K'], 'keys.previous'],
  [['T'], 'keys.take'],
  [['R'], 'keys.compose'],
  [['E'], 'keys.close'],
  [['B'], 'keys.history'],
  [['1', '…', '9', '0'], 'keys.answer'],
  [['Shift', '1', '…', '0'], 'keys.answer_send'],
  [['/'], 'keys.slash'],
  [['Esc'], 'keys.leave'],
  [['Enter'], 'keys.send'],
  [['Shift', 'Enter'], 'keys.newline'],
];

export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open={open} title={t('keys.title')} footer={null} onCancel={onClose} width={440}>
      <div className="keys">
        {KEYS.map(([keys, title]) => (
          <Fragment key={title}>
            <span className="nowrap">
              {keys.map((key) => (
                <Fragment key={key}>
                  <kbd>{key}</kbd>{' '}
                </Fragment>
              ))}
            </span>
            <span>{t(title)}</span>
          </Fragment>
        ))}
      </div>
    </Modal>
  );
}
