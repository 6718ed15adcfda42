const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Random letters and digits from the browser's own generator, each equally likely. */
export function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of crypto.getRandomValues(new Uint8Array(length))) {
      // 248 is the greatest multiple of 62 in a byte: larger ones would favour some letters
      if (byte < 248 && text.length < length) text += LETTERS[byte % LETTERS.length];
    }
  }
  return text;
}

/** What the platform accepts (WeChat documentation, server configuration). */
export const RULES = {
  app_id: /^wx[0-9a-zA-Z]{6,30}$/,
  original_id: /^gh_[0-9a-zA-Z]{6,30}$/,
  token: /^[0-9a-zA-Z]{3,32}$/,
  aes_key: /^[0-9a-zA-Z]{43}$/,
};
