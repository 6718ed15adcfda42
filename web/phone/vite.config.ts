import { defineConfig } from 'vite';

const simulator = 'http://127.0.0.1:7301';

export default defineConfig({
  base: '/phone/',
  server: { proxy: { '/_sim': { target: simulator, ws: true } } },
  build: { outDir: 'dist', target: 'es2022', sourcemap: false },
});
