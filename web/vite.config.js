import {defineConfig} from 'vite';
import {svelte} from '@sveltejs/vite-plugin-svelte';

// The server forbids inline script and inline style, so nothing may be inlined: no data: addresses, no preload helper.
// RINGSCOPE_SERVER names a running server for `npx vite`, which serves the sources while they are worked on.
export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: {polyfill: false},
    reportCompressedSize: true,
  },
  server: {
    host: '127.0.0.1',
    proxy: {'/api': process.env.RINGSCOPE_SERVER ?? 'http://127.0.0.1:8080'},
  },
});
