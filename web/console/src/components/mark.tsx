/** Our mark: an open ring that reaches out and is touched. */
export function Mark({ size = 30 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" style={{ flex: 'none' }}>
      <rect width="32" height="32" rx="9" fill="#0f8f83" />
      <path
        d="M22.6 10.2a8.6 8.6 0 1 0 1.6 8.4"
        fill="none"
        stroke="#fff"
        strokeWidth="3"
        strokeLinecap="round"
      />
      <circle cx="24.3" cy="13.9" r="2.4" fill="#bff0e4" />
      <circle cx="16" cy="16" r="2.7" fill="#fff" />
    </svg>
  );
}
