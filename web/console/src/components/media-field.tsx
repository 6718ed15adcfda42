import { UploadOutlined } from '@ant-design/icons';
import { Button, Upload } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { mediaUrl, uploadMedia, useMedia } from '@/lib/media';
import type { Media } from '@/lib/types';
import { useReport } from './problem';

const ACCEPT: Record<Media['kind'], string> = {
  image: 'image/*',
  voice: 'audio/*,.amr',
  video: 'video/*',
  file: '',
};

/** Chooses a file of one kind and stores it on the server. */
export function MediaField(props: {
  kind: Media['kind'];
  value?: string;
  onChange: (media: Media) => void;
}) {
  const { t } = useTranslation('content');
  const [busy, setBusy] = useState(false);
  const report = useReport();
  const known = useMedia(props.value || undefined);
  const upload = async (file: File) => {
    setBusy(true);
    try {
      const media = await uploadMedia(file);
      if (props.kind !== 'file' && media.kind !== props.kind) {
        report.refused(t('kind_mismatch', { kind: t(`type.${props.kind}`) }));
      } else props.onChange(media);
    } catch (error) {
      report.failed(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="media-field">
      {props.value && props.kind === 'image' && <img src={mediaUrl(props.value)} alt="" />}
      {known.data && <span className="ellipsis">{known.data.name}</span>}
      <Upload
        accept={ACCEPT[props.kind]}
        showUploadList={false}
        beforeUpload={(file) => {
          upload(file);
          return false;
        }}
      >
        <Button icon={<UploadOutlined />} loading={busy}>
          {t(props.value ? 'replace' : 'upload')}
        </Button>
      </Upload>
    </div>
  );
}
