import { ExportOutlined } from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useReport } from '@/components/problem';
import { download } from '@/lib/api';

const FORMATS = ['xlsx', 'csv'] as const;

/** The published entries as a file, in the format of one's choice. */
export function Export() {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const fetching = useMutation({
    mutationFn: (format: (typeof FORMATS)[number]) =>
      download('/knowledge/export', `knowledge.${format}`, { query: { format } }),
    onError: (error) => report.failed(error),
  });
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: FORMATS.map((key) => ({ key, label: t(`export_as.${key}`) })),
        onClick: ({ key }) => fetching.mutate(key as (typeof FORMATS)[number]),
      }}
    >
      <Button icon={<ExportOutlined />} loading={fetching.isPending}>
        {t('export')}
      </Button>
    </Dropdown>
  );
}
