const encoder = new TextEncoder();

/** How long a text is on the platform's scale: bytes of UTF-8. */
export function byteLength(text: string): number {
  return encoder.encode(text).length;
}

export function fileSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(bytes < 10240 ? 1 : 0)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
