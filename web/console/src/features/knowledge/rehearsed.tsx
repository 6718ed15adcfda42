import { useQuery } from '@tanstack/react-query';
import { Progress } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Findings } from '@/components/findings';
import { ProblemAlert } from '@/components/problem';
import { rehearsalEnd, rehearsalOf } from '@/lib/rehearsal';
import type { Rehearsal } from '@/lib/types';

/** What publishing many entries would change for the questions of others, once that is known. */
export function Rehearsed(props: {
  id: string;
  accepted: boolean;
  onFound: (falls: boolean) => void;
  onAccept: (accepted: boolean) => void;
}) {
  const { id, onFound } = props;
  const { t } = useTranslation('guard');
  const [progress, setProgress] = useState(0);
  const tried = useQuery({
    queryKey: ['rehearsal', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async ({ signal }) => {
      const tell = ({ done, total }: Rehearsal) => setProgress(total ? (100 * done) / total : 0);
      const found = await rehearsalEnd(await rehearsalOf(id, signal), tell, signal);
      onFound(found.falls);
      return found;
    },
  });
  if (tried.isError) return <ProblemAlert error={tried.error} onRetry={() => tried.refetch()} />;
  if (!tried.data) {
    return (
      <>
        <span className="muted">{t('trying')}</span>
        <Progress size="small" percent={Math.round(progress)} />
      </>
    );
  }
  return <Findings found={tried.data} accepted={props.accepted} onAccept={props.onAccept} />;
}
