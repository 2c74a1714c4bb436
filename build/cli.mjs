#!/usr/bin/env node
// The `atelier` command: runs the bundled command line on a Node that is new enough for it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundledNode, nodeIsNewEnough, nodeTooOld, root, say } from './setup/host.mjs';

const bundle = join(root, 'out', 'main', 'cli.js');

/** Runs this same file again on the Node that came with npm ci. @param {string} node */
function runOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' });
  // The terminal sends Ctrl-C to both; the child decides what it means and we report how it ended.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (signal !== 'SIGINT') child.kill(signal);
    });
  }
  child.on('error', (error) => {
    say(`${node} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

if (!existsSync(bundle)) {
  say('Nothing is built yet: run node build/setup.mjs (npm start and npm test do that by themselves).');
  process.exitCode = 1;
} else if (nodeIsNewEnough()) {
  await import(pathToFileURL(bundle).href);
} else {
  const node = bundledNode();
  if (node === undefined) {
    say(nodeTooOld);
    process.exitCode = 1;
  } else runOn(node);
}
