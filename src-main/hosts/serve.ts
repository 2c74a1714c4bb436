// The studio in a browser: opens it as the window does, and serves page, contract and API on one loopback port.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { NodeSpawner } from '#adapters/node-spawner';
import { systemClock } from '#adapters/workspace';
import type { GatewayKey } from '#contract/gateway';
import type { Denial } from '#engine/gateway/key-limits';
import { Problem } from '#engine/problem';
import { apiContext } from './gateway/api-desk.ts';
import { ApiRoute } from './gateway/api-route.ts';
import { BrowserRoute } from './gateway/browser-route.ts';
import { Logins } from './gateway/login.ts';
import { openServer } from './gateway/server.ts';
import { PageSockets, type Connection } from './gateway/socket.ts';
import { listStaticFiles } from './gateway/static-files.ts';
import { GrantedPaths } from './granted-paths.ts';
import { PageDesk } from './page-desk.ts';
import { openWorkspaces, type StudioParts } from './studio-parts.ts';
import type { OpenWorkspaces } from './workspaces.ts';

export interface BrowserParts extends Pick<StudioParts, 'data' | 'resources' | 'asked'> {
  /** Folder of the built page. */
  readonly page: string;
  /** 0: any that is free. */
  readonly port: number;
  /** A new link for the person: the first, one that was asked for on the page, or the next after one was used. */
  readonly tell: (link: string, why: 'first' | 'asked' | 'used') => void;
  /** What went wrong where nobody asked for anything. */
  readonly failed: (sentence: string) => void;
  /** Epoch ms. */
  readonly now?: () => number;
}

export interface ServedBrowser {
  /** "http://127.0.0.1:4141". */
  readonly address: string;
  readonly workspaces: OpenWorkspaces;
  /** Ends every session, closes the server and the workspace; all that was acknowledged is on disk. */
  close(): Promise<void>;
}

/** Throws a Problem where the port is taken; a workspace that does not open is told on the page. */
export async function serveBrowser(parts: BrowserParts): Promise<ServedBrowser> {
  const { data, resources, asked, page, tell, failed, now = () => systemClock.now() } = parts;
  const workspaces = await openWorkspaces({
    data,
    resources,
    asked,
    owner: 'atelier serve',
    spawner: (program) => new NodeSpawner(program),
  });
  const granted = new GrantedPaths();
  const sockets = new PageSockets(() => connectionOf(workspaces, granted));
  const logins = new Logins({ now });
  const giveLink = (why: 'first' | 'asked' | 'used'): void => tell(`${server.address}/login/${logins.newLink()}`, why);
  const browser = new BrowserRoute({
    icon: join(resources, 'icons', 'atelier.svg'),
    logins,
    files: listStaticFiles(page),
    sockets,
    printLink: giveLink,
    now,
  });
  const api = new ApiRoute(apiContext(workspaces));
  const server = await openServer({
    port: parts.port,
    routes: [browser, api],
    authenticate: (presented) => keyOf(workspaces, presented),
    failed,
  }).catch(async (error: unknown) => {
    await workspaces.close();
    throw error;
  });
  giveLink('first');
  return {
    address: server.address,
    workspaces,
    async close() {
      logins.endAll();
      sockets.close();
      await server.close();
      await workspaces.close();
    },
  };
}

/** Keys are the open workspace's. */
function keyOf(workspaces: OpenWorkspaces, presented: string): GatewayKey | Denial {
  return workspaces.studio().gateway.enter(presented);
}

function connectionOf(workspaces: OpenWorkspaces, granted: GrantedPaths): Connection {
  const desk = new PageDesk(granted);
  return {
    context: { studio: workspaces.studio, desk, workspaces, asks: desk },
    close: () => desk.close(),
  };
}

/** The built page: beside the bundle that this runs from, or in `out/` of the checkout. Throws a Problem where nothing is built. */
export function builtPage(): string {
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    for (const page of [join(folder, 'renderer'), join(folder, 'out', 'renderer')]) {
      if (existsSync(join(page, 'index.html'))) return page;
    }
  }
  throw new Problem(
    'NOT_FOUND',
    'The page of the studio is not built yet.',
    'Run node build/setup.mjs in the checkout.',
  );
}
