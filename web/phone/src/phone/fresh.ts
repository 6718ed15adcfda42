const hex = '0123456789abcdef';
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function random(length: number, from: string) {
  const numbers = crypto.getRandomValues(new Uint32Array(length));
  return [...numbers].map((number) => from[number % from.length]).join('');
}

/** Made-up values of the right shape for a new account. */
export const fresh = {
  account: () => ({
    app_id: `wx${random(16, hex)}`,
    app_secret: random(32, hex),
    original_id: `gh_${random(12, hex)}`,
  }),
  callback: () => ({ token: random(16, letters), aes_key: random(43, letters) }),
};
