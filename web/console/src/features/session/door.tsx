import { GlobalOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Mark } from '@/components/mark';
import { changeLanguage } from '@/lib/i18n';
import { setPreferences, useDark, usePreferences } from '@/lib/preferences';

function Ripples() {
  return (
    <svg className="ripples" viewBox="0 0 640 640" aria-hidden="true">
      {[60, 120, 180, 240, 300].map((radius) => (
        <circle
          key={radius}
          cx="320"
          cy="320"
          r={radius}
          fill="none"
          stroke="#fff"
          strokeWidth={2.5}
          strokeDasharray={`${radius * 4.6} ${radius * 1.7}`}
          transform={`rotate(${radius * 1.3} 320 320)`}
        />
      ))}
      <circle cx="320" cy="320" r="20" fill="#fff" />
    </svg>
  );
}

/** The frame of the log-in and first-run pages. */
export function Door(props: { title: string; text: string; children: ReactNode }) {
  const { t } = useTranslation(['session', 'common']);
  const { language } = usePreferences();
  const dark = useDark();
  const other = language === 'zh-CN' ? 'en-US' : 'zh-CN';
  return (
    <div className="door">
      <aside className="door-brand">
        <div className="door-logo">
          <Mark size={36} />
          <span>触点 Chudian</span>
        </div>
        <div className="door-words">
          <h2>{t('slogan')}</h2>
          <p>{t('slogan_text')}</p>
        </div>
        <span />
        <Ripples />
      </aside>
      <main className="door-form">
        <div className="door-tools">
          <Button
            type="text"
            icon={<GlobalOutlined />}
            onClick={() => {
              setPreferences({ language: other });
              changeLanguage(other);
            }}
          >
            {other === 'zh-CN' ? '中文' : 'English'}
          </Button>
          <Button
            type="text"
            aria-label={t('common:head.appearance')}
            icon={dark ? <SunOutlined /> : <MoonOutlined />}
            onClick={() => setPreferences({ appearance: dark ? 'light' : 'dark' })}
          />
        </div>
        <div className="door-box">
          <h1>{props.title}</h1>
          <p>{props.text}</p>
          {props.children}
        </div>
      </main>
    </div>
  );
}
