import { Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import { fullMoment } from '@/lib/time';
import type { StageName } from '@/lib/types';

const COLORS: Record<StageName, string | undefined> = {
  writing: undefined,
  review: 'gold',
  returned: 'red',
  scheduled: 'blue',
};

export const STAGES = Object.keys(COLORS) as StageName[];

/** How far a draft has come. */
export function StageTag(props: { stage: StageName; at?: string | null }) {
  const { t } = useTranslation('knowledge');
  return (
    <Tag color={COLORS[props.stage]}>
      {t(`stage.${props.stage}`)}
      {props.at && ` ${fullMoment(props.at)}`}
    </Tag>
  );
}
