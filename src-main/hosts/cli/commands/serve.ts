// `atelier serve`: the studio in a browser of this machine.
import { Problem } from '#engine/problem';
import { resourcesFolder } from '#hosts/type-sources';
import { userDataFolder } from '#hosts/user-data';
import type { OpenWorkspaces } from '#hosts/workspaces';
import type { Command, CommandContext, Outcome } from '../command.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { jsonLine, printable } from '../text.ts';
import { flag, text, usage, wholeNumber } from '../values.ts';

const usualPort = 4141;

export const serveCommand: Command = {
  name: 'serve',
  positionals: 'none',
  usage: 'atelier serve [--port N] [--open]',
  summary: 'The studio in a browser of this machine, until Ctrl-C.',
  options: { port: { type: 'string' }, open: { type: 'boolean' } },
  optionHelp: [
    ['--port N', `where it listens, on 127.0.0.1 alone (${usualPort}); 0 takes any that is free`],
    ['--open', 'opens the link in the browser of this desktop'],
    ['--json', 'each link on a line of its own, the first with address and workspace'],
  ],
  stays: true,
  run: serve,
};

async function serve(context: CommandContext): Promise<Outcome> {
  const { values, live, task } = context;
  const port = portOf(values);
  const asked = workspaceOf(context);
  // Loaded here alone: no other command needs a server.
  const { builtPage, serveBrowser } = await import('#hosts/serve');
  const links: string[] = [];
  const tell = (link: string, why: 'first' | 'asked' | 'used'): void => {
    links.push(link);
    if (why === 'first') return;
    if (live.asJson) live.line(jsonLine({ link, why }));
    else live.line(`${why === 'used' ? 'The link was used. For another browser:' : 'A new link:'}\n\n  ${link}\n`);
  };
  const served = await serveBrowser({
    asked,
    data: userDataFolder(),
    resources: resourcesFolder(),
    page: builtPage(),
    port,
    tell,
    failed: live.note,
  }).catch((error: unknown) => {
    throw ofPort(error, port);
  });
  const [link = ''] = links;
  const path = served.workspaces.openPath();
  const gateway = await gatewayOf(served.workspaces);
  if (live.asJson) live.line(jsonLine({ address: served.address, workspace: path, link, ...gateway }));
  else live.line(greeting(served.address, path, link, gateway));
  if (flag(values, 'open')) openInBrowser(link, live.note);
  await ended(task.signal);
  await served.close();
  return {
    json: undefined,
    text: live.asJson ? '' : 'Closed. What was under way goes on when the workspace is opened again.',
  };
}

interface Besides {
  /** Where the gateway listens. */
  readonly gateway?: string;
  /** Why it does not although it is on, or why no workspace is open. */
  readonly problem?: string;
}

async function gatewayOf(workspaces: OpenWorkspaces): Promise<Besides> {
  try {
    const { gateway } = workspaces.studio();
    // It is on its way already: this waits for it.
    await gateway.open();
    const { address, problem } = gateway.state();
    if (problem !== undefined) return { problem: [problem.sentence, problem.hint ?? ''].join(' ').trim() };
    return address === undefined ? {} : { gateway: address };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { problem: [error.message, error.hint ?? ''].join(' ').trim() };
  }
}

function greeting(address: string, workspace: string | undefined, link: string, { gateway, problem }: Besides): string {
  const what = workspace === undefined ? 'Atelier is served' : `${printable(workspace)} is served`;
  const more = [
    gateway === undefined ? '' : `The gateway for agents listens at ${gateway}.\n`,
    problem === undefined ? '' : `${printable(problem)}\n`,
  ].join('');
  return `${what} at ${address}, to this machine alone.
${more}Open this link in a browser here; it lets one in, once, within ten minutes:

  ${link}

The page it leads to can print a new one. Ctrl-C ends.
`;
}

function portOf(values: CommandContext['values']): number {
  const port = wholeNumber(values, 'port') ?? usualPort;
  if (port > 65_535) throw usage(`--port takes a number up to 65535, not "${port}".`, 'serve');
  return port;
}

/** The one that is named (made where it is not there), else the one around the current folder, else what the window would open. */
function workspaceOf({ workspace, values }: CommandContext): string | undefined {
  if (text(values, 'workspace') !== undefined) return workspace({ create: true });
  try {
    return workspace();
  } catch (error) {
    if (error instanceof Problem && error.code === 'NOT_FOUND') return undefined;
    throw error;
  }
}

function ofPort(error: unknown, port: number): unknown {
  if (!(error instanceof Problem) || error.code !== 'CONFLICT') return error;
  return new Problem(
    'CONFLICT',
    `Port ${port} is taken by another program.`,
    'Another one: atelier serve --port N, or --port 0 for any that is free.',
    { cause: error },
  );
}

function ended(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
