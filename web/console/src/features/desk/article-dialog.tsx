import { Form, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Article } from '@/lib/types';

/** An article card written by hand: title, description, address, picture. */
export function ArticleDialog(props: {
  open: boolean;
  onClose: () => void;
  onSend: (article: Article) => void;
}) {
  const { t } = useTranslation(['desk', 'content', 'common']);
  const [form] = Form.useForm<Article>();
  const url = { pattern: /^https?:\/\/.+/, message: t('content:need_url') };
  return (
    <Modal
      open={props.open}
      title={t('article')}
      okText={t('send')}
      destroyOnHidden
      onCancel={props.onClose}
      onOk={() => form.submit()}
    >
      <Form
        form={form}
        layout="vertical"
        preserve={false}
        onFinish={({ title, description, url: link, picture_url }) => {
          props.onSend({
            title,
            url: link,
            description: description ?? '',
            ...(picture_url ? { picture_url } : {}),
          });
          props.onClose();
        }}
      >
        <Form.Item
          name="title"
          label={t('content:field.title')}
          rules={[{ required: true, message: t('content:need_title') }]}
        >
          <Input maxLength={64} showCount autoFocus />
        </Form.Item>
        <Form.Item name="description" label={t('content:field.description')}>
          <Input.TextArea rows={2} maxLength={120} showCount />
        </Form.Item>
        <Form.Item
          name="url"
          label={t('content:field.url')}
          rules={[{ required: true, message: t('content:need_url') }, url]}
        >
          <Input placeholder="https://" />
        </Form.Item>
        <Form.Item name="picture_url" label={t('content:field.picture_url')} rules={[url]}>
          <Input placeholder="https://" />
        </Form.Item>
      </Form>
    </Modal>
  );
}
