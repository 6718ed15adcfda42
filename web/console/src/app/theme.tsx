import { App as AntApp, ConfigProvider, theme } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import dayjs from 'dayjs';
import 'dayjs/locale/zh-cn';
import { type ReactNode, useEffect } from 'react';
import { useCalm, useDark, usePreferences } from '@/lib/preferences';

/** The one brand colour, a teal; slightly lighter on dark surfaces. */
const BRAND = '#0f8f83';
const BRAND_ON_DARK = '#2ab5a5';

/** Tokens our own style sheets use, handed down as CSS variables. */
function Variables({ dark }: { dark: boolean }) {
  const { token } = theme.useToken();
  useEffect(() => {
    const root = document.documentElement;
    const variables: Record<string, string> = {
      '--brand': token.colorPrimary,
      '--brand-soft': token.colorPrimaryBg,
      '--brand-soft-hover': token.colorPrimaryBgHover,
      '--surface': token.colorBgContainer,
      '--raised': token.colorBgElevated,
      '--page': token.colorBgLayout,
      '--line': token.colorBorderSecondary,
      '--line-strong': token.colorBorder,
      '--ink': token.colorText,
      '--ink-2': token.colorTextSecondary,
      '--ink-3': token.colorTextTertiary,
      '--fill': token.colorFillTertiary,
      '--fill-2': token.colorFillSecondary,
      '--danger': token.colorError,
      '--danger-soft': token.colorErrorBg,
      '--warning': token.colorWarning,
      '--warning-soft': token.colorWarningBg,
      '--success': token.colorSuccess,
      '--success-soft': token.colorSuccessBg,
    };
    for (const [name, value] of Object.entries(variables)) root.style.setProperty(name, value);
    root.dataset.theme = dark ? 'dark' : 'light';
    root.style.colorScheme = dark ? 'dark' : 'light';
  }, [token, dark]);
  return null;
}

/** Ant Design with our one theme, in the chosen language and appearance. */
export function Theme({ children }: { children: ReactNode }) {
  const dark = useDark();
  const calm = useCalm();
  const { language } = usePreferences();
  dayjs.locale(language === 'zh-CN' ? 'zh-cn' : 'en');
  return (
    <ConfigProvider
      locale={language === 'zh-CN' ? zhCN : enUS}
      theme={{
        algorithm: dark ? theme.darkAlgorithm : theme.defaultAlgorithm,
        token: {
          colorPrimary: dark ? BRAND_ON_DARK : BRAND,
          colorInfo: dark ? BRAND_ON_DARK : BRAND,
          colorLink: dark ? '#4cc9ba' : '#0b7a70',
          borderRadius: 8,
          motion: !calm,
          fontFamily:
            "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', sans-serif",
          ...(dark
            ? {
                colorBgBase: '#14191c',
                colorBgLayout: '#0f1315',
                colorBgContainer: '#171d20',
                colorBgElevated: '#1f272b',
                colorBgSpotlight: '#3a464c',
                colorPrimaryBg: '#12312e',
                colorInfoBg: '#12312e',
                colorPrimaryBgHover: '#17443f',
                colorBorder: '#333d42',
                colorBorderSecondary: '#252d31',
                controlItemBgActive: '#12312e',
                controlItemBgActiveHover: '#17443f',
              }
            : {
                colorBgLayout: '#f4f6f7',
                colorTextBase: '#1b2528',
                colorPrimaryBg: '#e8f5f2',
                colorInfoBg: '#e8f5f2',
                colorPrimaryBgHover: '#d3ede7',
                controlItemBgActive: '#e8f5f2',
                controlItemBgActiveHover: '#d3ede7',
              }),
        },
        components: {
          Menu: {
            itemBorderRadius: 8,
            itemMarginInline: 8,
            itemMarginBlock: 2,
            itemHeight: 34,
            groupTitleFontSize: 12,
            groupTitleLineHeight: 1.2,
            activeBarBorderWidth: 0,
            collapsedWidth: 60,
          },
          Table: {
            headerBg: dark ? '#1c2327' : '#f8fafa',
            cellPaddingBlock: 11,
            cellPaddingBlockMD: 11,
            cellPaddingInlineMD: 14,
          },
        },
      }}
    >
      <AntApp
        style={{ height: '100%' }}
        message={{ maxCount: 3 }}
        notification={{ placement: 'bottomRight' }}
      >
        <Variables dark={dark} />
        {children}
      </AntApp>
    </ConfigProvider>
  );
}
