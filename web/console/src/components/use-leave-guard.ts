import { useBlocker } from '@tanstack/react-router';
import { App } from 'antd';
import { useTranslation } from 'react-i18next';

/** Asks before unsaved changes are left behind. */
export function useLeaveGuard(unsaved: boolean) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  useBlocker({
    shouldBlockFn: async ({ current, next }) => {
      if (!unsaved || current.pathname === next.pathname) return false;
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
}
