// Starts the studio's window from a checkout: npm start [-- arguments for the app].
import { spawn } from 'node:child_process';
import { electronLaunch, standInNotice } from './setup/electron.mjs';
import { root, say } from './setup/host.mjs';

const noDisplay = [
  'There is no display to open a window on.',
  '  With a desktop: log in to it and run npm start there, or set DISPLAY (or WAYLAND_DISPLAY).',
  '  Without one:    xvfb-run -a npm start     (a window that nobody sees)',
  '  No window:      npx atelier help          (the same studio on the command line)',
];

function start() {
  const headless = process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'];
  if (headless) {
    for (const line of noDisplay) say(line);
    process.exitCode = 1;
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
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
    process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    say(`Electron could not be started: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    if (signal !== null) say(`The window was ended by ${signal}.`);
    process.exitCode = code ?? 1;
  });
}

start();
