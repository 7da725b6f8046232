import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Builds the desk into `dist/web`, from where a server hands it out. `vite --config web/vite.config.ts` develops against a server on port 7330. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2024',
    // Nothing is put into the page itself: its policy allows files of the server only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: Object.fromEntries(
      ['/api', '/docs', '/openapi.json', '/health', '/metrics', '/ws'].map((path) => [
        path,
        { target: 'http://127.0.0.1:7330', ws: path === '/ws' },
      ]),
    ),
  },
});
