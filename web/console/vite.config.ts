import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Where the real server listens while the pages are developed. */
const server = process.env.CHUDIAN_SERVER ?? 'http://127.0.0.1:7300';

/** `MOCK=1 npm run dev` answers the API from memory, so pages can be drawn without a server. */
async function mock(): Promise<Plugin[]> {
  if (process.env.MOCK !== '1') return [];
  const { mockServer } = await import('./mock/plugin.ts');
  return [mockServer()];
}

export default defineConfig(async () => ({
  plugins: [react(), ...(await mock())],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  server: {
    proxy:
      process.env.MOCK === '1'
        ? undefined
        : { '/api': { target: server, ws: true }, '/hooks': server },
  },
  build: {
    target: 'es2022',
    chunkSizeWarningLimit: 900,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/ },
            { name: 'tanstack', test: /node_modules[\\/]@tanstack[\\/]/ },
            { name: 'i18n', test: /node_modules[\\/](i18next|react-i18next)[\\/]/ },
          ],
        },
      },
    },
  },
}));
