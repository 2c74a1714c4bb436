// How the three parts are bundled: main (Electron and the command line), the bridge, the renderer.
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { build, type Plugin } from 'vite';

const at = (path: string): string => resolve(import.meta.dirname, path);

// Every host that has an entry file; a host is added by adding its main.ts.
const hosts = { main: 'src-main/hosts/electron/main.ts', cli: 'src-main/hosts/cli/main.ts' };
const entries = Object.fromEntries(
  Object.entries(hosts)
    .map(([name, path]) => [name, at(path)] as const)
    .filter(([, path]) => existsSync(path)),
);

/**
 * The runner program, and the modules that agent bundles import by URL. A build of its own: user code may read its folder, so nothing else lies
 * there, and as it offers zod whole, main's share of zod would no longer be cut down to what is used.
 */
const runner: Plugin = {
  name: 'runner',
  apply: 'build',
  async closeBundle() {
    await build({
      configFile: false,
      root: import.meta.dirname,
      logLevel: 'warn',
      build: {
        ssr: true,
        outDir: at('out/runner'),
        minify: true,
        target: 'node22.12',
        rollupOptions: {
          input: {
            main: at('src-main/hosts/runner/main.ts'),
            atelier: at('src-main/engine/graph/atelier.ts'),
            zod: at('node_modules/zod/index.js'),
          },
          preserveEntrySignatures: 'strict',
          output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
        },
      },
      ssr: { noExternal: true, target: 'node' },
    });
  },
};

export default defineConfig({
  main: {
    plugins: [runner],
    build: {
      outDir: 'out/main',
      minify: true,
      // The command line shares these chunks and runs on the user's own Node.
      target: 'node22.12',
      externalizeDeps: false,
      rollupOptions: {
        input: entries,
        // Native code stays in node_modules; everything else is bundled, so that the window opens fast.
        external: ['electron', 'better-sqlite3', 'esbuild', 'oxc-parser', '@napi-rs/keyring'],
        output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      minify: true,
      externalizeDeps: false,
      rollupOptions: {
        input: { index: at('src-preload/index.ts') },
        external: ['electron'],
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    plugins: [react()],
    build: {
      outDir: at('out/renderer'),
      minify: true,
      rollupOptions: { input: { index: at('src-renderer/index.html') } },
    },
  },
});
