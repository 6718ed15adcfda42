import { DeleteOutlined } from '@ant-design/icons';
import { Button, Input, Popconfirm, Radio, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AnswersEditor } from '@/components/answers-editor';
import { byteLength } from '@/lib/bytes';
import type { AccountButton, ButtonKind } from '@/lib/types';
import { hasKey, KEY_BYTES, KINDS, NAME_BYTES, URL_BYTES } from './buttons';

function Bytes({ text, limit }: { text: string; limit: number }) {
  const used = byteLength(text);
  return (
    <small className={used > limit ? 'm-failed' : 'muted'}>
      {used}/{limit}
    </small>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="node-line">
      <span>{label}</span>
      {children}
    </div>
  );
}

type Answering = 'answers' | 'person' | 'text_menu';

/** The form of one button. */
export function ButtonForm(props: {
  button: AccountButton;
  top: boolean;
  onChange: (button: AccountButton) => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation(['bot', 'common']);
  const { button, top } = props;
  const put = (part: Partial<AccountButton>) => props.onChange({ ...button, ...part });
  const limit = top ? NAME_BYTES.top : NAME_BYTES.child;
  const kinds: ButtonKind[] = [...(top ? (['sub'] as const) : []), ...KINDS];
  if (!kinds.includes(button.kind)) kinds.push(button.kind);
  const answering: Answering = button.action ?? 'answers';
  const text = (name: 'url' | 'app_id' | 'page_path', holder?: string) => (
    <Line label={t(`buttons.${name}`)}>
      <Input
        value={button[name] ?? ''}
        placeholder={holder}
        suffix={name === 'url' && <Bytes text={button.url ?? ''} limit={URL_BYTES} />}
        onChange={(event) => put({ [name]: event.target.value.trim() })}
      />
    </Line>
  );
  return (
    <div className="node-form">
      <Line label={t('buttons.name')}>
        <Input
          value={button.name}
          status={byteLength(button.name) > limit ? 'error' : undefined}
          suffix={<Bytes text={button.name} limit={limit} />}
          onChange={(event) => put({ name: event.target.value })}
        />
      </Line>
      <Line label={t('buttons.does')}>
        <Select
          value={button.kind}
          options={kinds.map((value) => ({
            value,
            label: t(`buttons.kind.${value}`, { defaultValue: value }),
            disabled: value !== 'sub' && (button.children?.length ?? 0) > 0,
          }))}
          onChange={(kind) => put({ kind })}
        />
      </Line>
      {button.kind === 'sub' && <p className="muted">{t('buttons.sub_hint')}</p>}
      {button.kind === 'view' && text('url', 'https://')}
      {button.kind === 'mini_program' && (
        <>
          {text('app_id', 'wx…')}
          {text('page_path', 'pages/index')}
          {text('url', 'https://')}
          <p className="muted">{t('buttons.url_fallback')}</p>
        </>
      )}
      {hasKey(button.kind) && (
        <>
          <Line label={t('buttons.key')}>
            <Input
              className="mono"
              value={button.key ?? ''}
              suffix={<Bytes text={button.key ?? ''} limit={KEY_BYTES} />}
              onChange={(event) => put({ key: event.target.value.trim() })}
            />
          </Line>
          <Line label={t('buttons.answering')}>
            <Radio.Group
              value={answering}
              options={(['answers', 'person', 'text_menu'] as const).map((value) => ({
                value,
                label: t(`buttons.with.${value}`),
              }))}
              onChange={(event) =>
                put(
                  event.target.value === 'answers'
                    ? { action: undefined }
                    : { action: event.target.value },
                )
              }
            />
          </Line>
          {answering === 'answers' && (
            <AnswersEditor value={button.answers ?? []} onChange={(answers) => put({ answers })} />
          )}
        </>
      )}
      <Popconfirm
        title={t('buttons.remove_title')}
        okText={t('common:delete')}
        okButtonProps={{ danger: true }}
        onConfirm={props.onRemove}
      >
        <Button danger type="text" icon={<DeleteOutlined />}>
          {t('buttons.remove')}
        </Button>
      </Popconfirm>
    </div>
  );
}
