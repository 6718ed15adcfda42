import { Typography } from 'antd';

/** A value to be copied into the platform's own console. */
export function CopyLine({ label, value }: { label: string; value: string }) {
  return (
    <div className="copy-line">
      <span className="muted">{label}</span>
      <Typography.Text className="mono" copyable={{ text: value }}>
        {value}
      </Typography.Text>
    </div>
  );
}

/** The address the platform must call, as seen from here. */
export function callbackUrl(hook: string): string {
  return /^https?:/.test(hook) ? hook : `${location.origin}${hook}`;
}
