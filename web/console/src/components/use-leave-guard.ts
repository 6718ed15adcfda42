import { useBlocker } from '@tanstack/react-router';
import { App } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';

/** Asks before unsaved changes are left behind. What it returns lets the next step pass: all is saved. */
export function useLeaveGuard(unsaved: boolean): () => void {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const released = useRef(false);
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!unsaved || released.current || current.pathname === next.pathname) return false;
      const leave = await modal.confirm({
        title: t('leave_title'),
        content: t('leave_text'),
        okText: t('leave'),
        cancelText: t('stay'),
        okButtonProps: { danger: true },
      });
      return !leave;
    },
    enableBeforeUnload: unsaved,
  });
  return () => {
    released.current = true;
  };
}
