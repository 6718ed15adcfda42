import { Alert, Button, Form, Select, Space, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useReport } from '@/components/problem';
import type { Entry, Sharing } from '@/lib/types';
import { useAudience, useSeeOrigin } from './api';

/** Whether members' bots say an entry too, and which. A form control. */
function Scope(props: { value?: Sharing | null; onChange?: (value: Sharing | null) => void }) {
  const { t } = useTranslation('knowledge');
  const members = useAudience().data?.members ?? [];
  const { value, onChange = () => {} } = props;
  const regions = [...new Set(members.map((one) => one.region).filter(Boolean))].sort();
  return (
    <div className="kb-sets">
      <Switch
        aria-label={t('sharing.title')}
        checked={Boolean(value)}
        onChange={(on) => onChange(on ? { members: [], regions: [] } : null)}
      />
      {value && (
        <>
          <Select
            mode="multiple"
            style={{ width: '100%' }}
            aria-label={t('sharing.members')}
            placeholder={t('sharing.members')}
            showSearch={{ optionFilterProp: 'label' }}
            value={value.members ?? []}
            onChange={(chosen) => onChange({ ...value, members: chosen })}
            options={members.map((one) => ({ value: one.id, label: one.name }))}
          />
          {(regions.length > 0 || (value.regions ?? []).length > 0) && (
            <Select
              mode="multiple"
              style={{ width: '100%' }}
              aria-label={t('sharing.regions')}
              placeholder={t('sharing.regions')}
              value={value.regions ?? []}
              onChange={(chosen) => onChange({ ...value, regions: chosen })}
              options={regions.map((region) => ({ value: region, label: region }))}
            />
          )}
        </>
      )}
    </div>
  );
}

/** Shown where there is somebody to share with: at headquarters. */
export function SharingField() {
  const { t } = useTranslation('knowledge');
  const members = useAudience().data?.members ?? [];
  return (
    <Form.Item
      name="sharing"
      label={t('sharing.title')}
      extra={t('sharing.hint')}
      hidden={members.length === 0}
    >
      <Scope />
    </Form.Item>
  );
}

/** Of an own wording: what became of headquarters' entry. */
export function OriginBar(props: { entry: Entry; mayEdit: boolean; onCompare: () => void }) {
  const { t } = useTranslation('knowledge');
  const report = useReport();
  const { entry, mayEdit } = props;
  const see = useSeeOrigin(entry.id);
  const { origin } = entry;
  if (!origin) return null;
  if (!origin.version) {
    return <Alert className="kb-origin" type="info" showIcon title={t('origin.gone')} />;
  }
  const { version } = origin;
  const isBehind = version > origin.seen;
  return (
    <Alert
      className="kb-origin"
      data-testid="origin"
      type={isBehind ? 'warning' : 'info'}
      showIcon
      title={t(isBehind ? 'origin.behind' : 'origin.same', { n: version })}
      action={
        <Space>
          <Button size="small" onClick={props.onCompare}>
            {t('origin.compare')}
          </Button>
          {isBehind && mayEdit && (
            <Button
              size="small"
              loading={see.isPending}
              onClick={() => see.mutate(version, { onError: report.failed })}
              data-testid="origin-seen"
            >
              {t('origin.seen')}
            </Button>
          )}
        </Space>
      }
    />
  );
}
