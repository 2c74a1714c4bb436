// Starts the studio's window from a checkout: npm start [-- arguments for the app].
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { electronLaunch, standInNotice } from './setup/electron.mjs';
import { root, say } from './setup/host.mjs';

const noDisplay = [
  'There is no display to open a window on: the studio is served to a browser of this machine instead.',
  '  With a desktop: log in to it and run npm start there, or set DISPLAY (or WAYLAND_DISPLAY).',
  '  From elsewhere: ssh -L 4141:127.0.0.1:4141 THIS_MACHINE, then open the link there.',
];

/**
 * Until it ends; the signals are handed on.
 * @param {import('node:child_process').ChildProcess} child
 * @param {string} what
 * @param {readonly ('SIGINT' | 'SIGTERM' | 'SIGHUP')[]} signals
 */
function follow(child, what, signals) {
  for (const signal of signals) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say(`${what} could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    if (signal !== null) say(`${what} was ended by ${signal}.`);
    process.exitCode = code ?? 1;
  });
}

/** The same studio from the built command line; cli.mjs finds a Node that is new enough. */
function serve() {
  const cli = join(root, 'build', 'cli.mjs');
  const child = spawn(process.execPath, [cli, 'serve', '--text', ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to it as well as to us: twice would not let it end cleanly.
  process.on('SIGINT', () => undefined);
  follow(child, 'The studio', ['SIGTERM', 'SIGHUP']);
}

function start() {
  const headless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  if (headless) {
    for (const line of noDisplay) say(line);
    serve();
    return;
  }
  const launch = electronLaunch();
  if (launch === undefined) {
    say('No Electron runtime is installed: run node build/setup.mjs.');
    process.exitCode = 1;
    return;
  }
  const notice = standInNotice();
  if (notice !== undefined) say(notice);
  if (launch.args.length > 0)
    say('Running as root: Chromium needs --no-sandbox for that. Use an ordinary account for real work.');
  /** @type {NodeJS.ProcessEnv} */
  const env = { ...process.env, ...launch.env };
  // Set by some terminals inside editors; it would turn Electron into plain Node.
  delete env['ELECTRON_RUN_AS_NODE'];
  const child = spawn(launch.executable, [...launch.args, root, ...process.argv.slice(2)], { stdio: 'inherit', env });
  follow(child, 'The window', ['SIGINT', 'SIGTERM', 'SIGHUP']);
}

start();
