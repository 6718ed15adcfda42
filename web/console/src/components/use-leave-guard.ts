import { useBlocker } from '@tanstack/react-router';
import { App } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** Asks whether what is not saved is to be lost. */
export function useAskToLeave(): (text?: string) => Promise<boolean> {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  return async (text) =>
    modal.confirm({
      title: t('leave_title'),
      content: text ?? t('leave_text'),
      okText: t('leave'),
      cancelText: t('stay'),
      okButtonProps: { danger: true },
    });
}

/**
 * Asks before unsaved changes are left behind, in words that say what they are. What it returns lets the next step
 * pass: all is saved.
 */
export function useLeaveGuard(unsaved: boolean, text?: string): () => void {
  const ask = useAskToLeave();
  const released = useRef(false);
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!unsaved || released.current || current.pathname === next.pathname) return false;
      return !(await ask(text));
    },
    enableBeforeUnload: unsaved,
  });
  return () => {
    released.current = true;
  };
}
