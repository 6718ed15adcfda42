import { ReloadOutlined } from '@ant-design/icons';
import { Button, Collapse, Form, Input, Radio, Select, Space, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSession } from '@/lib/session';
import { RULES, randomText } from './secrets';

/** The fields of an account: who it is on the platform. */
export function AccountFields() {
  const { t } = useTranslation(['settings', 'common']);
  const { demo } = useSession();
  const required = { required: true, message: t('common:required') };
  return (
    <>
      <Form.Item
        name="name"
        label={t('inbox.name')}
        rules={[required]}
        extra={t('inbox.name_hint')}
      >
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name={['settings', 'account_kind']} label={t('inbox.account_kind')}>
        <Radio.Group
          options={(['service', 'subscription', 'test'] as const).map((value) => ({
            value,
            label: t(`inbox.kind.${value}`),
          }))}
        />
      </Form.Item>
      <Form.Item
        name={['settings', 'app_id']}
        label={t('inbox.app_id')}
        extra={t('inbox.app_id_hint')}
        rules={[required, { pattern: RULES.app_id, message: t('inbox.app_id_rule') }]}
      >
        <Input className="mono" placeholder="wx…" />
      </Form.Item>
      <Form.Item
        name={['settings', 'original_id']}
        label={t('inbox.original_id')}
        extra={t('inbox.original_id_hint')}
        rules={[required, { pattern: RULES.original_id, message: t('inbox.original_id_rule') }]}
      >
        <Input className="mono" placeholder="gh_…" />
      </Form.Item>
      <Form.Item name={['settings', 'mode']} label={t('inbox.mode')} extra={t('inbox.mode_hint')}>
        <Select
          options={(['safe', 'compatible', 'plain'] as const).map((value) => ({
            value,
            label: t(`inbox.modes.${value}`),
          }))}
        />
      </Form.Item>
      <Collapse
        ghost
        size="small"
        defaultActiveKey={demo ? ['more'] : []}
        items={[
          {
            key: 'more',
            forceRender: true,
            label: t('inbox.advanced'),
            children: (
              <Form.Item
                name={['settings', 'api_base']}
                label={t('inbox.api_base')}
                extra={t('inbox.api_base_hint')}
              >
                <Input placeholder="https://api.weixin.qq.com" />
              </Form.Item>
            ),
          },
        ]}
      />
    </>
  );
}

/** A secret with a button that makes one up. */
function MadeSecret(props: { value?: string; onChange?: (text: string) => void; length: number }) {
  const { t } = useTranslation('settings');
  return (
    <Space.Compact style={{ width: '100%' }}>
      <Input
        className="mono"
        autoComplete="off"
        value={props.value}
        onChange={(event) => props.onChange?.(event.target.value.trim())}
      />
      <Tooltip title={t('inbox.make')}>
        <Button
          aria-label={t('inbox.make')}
          icon={<ReloadOutlined />}
          onClick={() => props.onChange?.(randomText(props.length))}
        />
      </Tooltip>
    </Space.Compact>
  );
}

/** The secrets; `set` names those the server has already. */
export function SecretFields({ set }: { set: string[] }) {
  const { t } = useTranslation(['settings', 'common']);
  const rule = (name: string) =>
    set.includes(name) ? [] : [{ required: true, message: t('common:required') }];
  const extra = (name: string) =>
    set.includes(name) ? t('inbox.secret_set') : t(`inbox.${name}_hint`);
  return (
    <>
      <Form.Item
        name={['secrets', 'app_secret']}
        label={t('inbox.app_secret')}
        extra={extra('app_secret')}
        rules={rule('app_secret')}
      >
        <Input.Password className="mono" autoComplete="off" />
      </Form.Item>
      <Form.Item
        name={['secrets', 'token']}
        label={t('inbox.token')}
        extra={extra('token')}
        rules={[...rule('token'), { pattern: RULES.token, message: t('inbox.token_rule') }]}
      >
        <MadeSecret length={24} />
      </Form.Item>
      <Form.Item
        name={['secrets', 'aes_key']}
        label={t('inbox.aes_key')}
        extra={extra('aes_key')}
        rules={[...rule('aes_key'), { pattern: RULES.aes_key, message: t('inbox.aes_key_rule') }]}
      >
        <MadeSecret length={43} />
      </Form.Item>
    </>
  );
}
