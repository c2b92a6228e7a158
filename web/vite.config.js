import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {defineConfig} from 'vite';
import {svelte} from '@sveltejs/vite-plugin-svelte';

// FILE.gz beside each script and style: the server sends it to those who take it and compresses nothing itself.
const packed = {
  name: 'packed',
  writeBundle({dir}) {
    for (const name of readdirSync(join(dir, 'assets'))) {
      const file = join(dir, 'assets', name);
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), {level: 9}));
    }
  },
};

// The server forbids inline script and inline style, so nothing may be inlined: no data: addresses, no preload helper.
// RINGSCOPE_SERVER names a running server for `npx vite`, which serves the sources while they are worked on.
export default defineConfig({
  base: './',
  plugins: [svelte(), packed],
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
