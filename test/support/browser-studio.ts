// A studio served to a browser, for tests: in folders of its own, on a free port, asked in ways that no browser would.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import type { contract } from '#contract/contract';
import { serveBrowser, type ServedBrowser } from '#hosts/serve';
import { temporaryFolder } from './store.ts';

export const resources = join(import.meta.dirname, '..', '..', 'resources');

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface Asked {
  readonly method?: string;
  /** As it goes over the wire: nothing makes it normal. */
  readonly path?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string;
}

/** One request, sent as it is written. */
export function ask(port: number, { method = 'GET', path = '/', headers = {}, body }: Asked): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(pieces).toString('utf8'),
        }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

export interface Login {
  readonly cookie: string;
  readonly pageKey: string;
}

export class BrowserStudio {
  readonly served: ServedBrowser;
  readonly port: number;
  readonly origin: string;
  /** In the order in which they were told, with why. */
  readonly links: readonly { readonly link: string; readonly why: string }[];

  constructor(served: ServedBrowser, links: readonly { readonly link: string; readonly why: string }[]) {
    this.served = served;
    this.links = links;
    this.origin = served.address;
    this.port = Number(new URL(served.address).port);
  }

  /** Token of the newest link. */
  token(): string {
    return this.links.at(-1)?.link.split('/').at(-1) ?? '';
  }

  ask(asked: Asked): Promise<Reply> {
    return ask(this.port, asked);
  }

  /** Presses the button of a link's page. */
  enter(token: string, headers: OutgoingHttpHeaders = { origin: this.origin }): Promise<Reply> {
    return this.ask({
      method: 'POST',
      path: '/login',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: `token=${token}`,
    });
  }

  async login(): Promise<Login> {
    const { headers } = await this.enter(this.token());
    const [cookie = ''] = (headers['set-cookie']?.[0] ?? '').split(';');
    return { cookie, pageKey: String(headers['location']).replace('/#key=', '') };
  }

  /** A socket as a page would open it, but for what is told. */
  socket(
    login: Partial<Login>,
    told: { readonly path?: string; readonly headers?: Record<string, string> } = {},
  ): WebSocket {
    const protocols = ['atelier', ...(login.pageKey === undefined ? [] : [`atelier.key.${login.pageKey}`])];
    return new WebSocket(`${this.origin.replace('http', 'ws')}${told.path ?? '/socket'}`, protocols, {
      headers: {
        origin: this.origin,
        ...(login.cookie === undefined ? {} : { cookie: login.cookie }),
        ...told.headers,
      },
    });
  }
}

export interface StudioOptions {
  /** The workspace; a new one when left out. */
  readonly asked?: string;
  /** Any that is free when left out. */
  readonly port?: number;
  readonly now?: () => number;
}

/** Serves a new workspace; closed when the test is. */
export async function browserStudio({ asked, port = 0, now }: StudioOptions = {}): Promise<BrowserStudio> {
  const folder = temporaryFolder();
  const links: { link: string; why: string }[] = [];
  const served = await serveBrowser({
    data: join(folder, 'data'),
    resources,
    asked: asked ?? join(folder, 'workspace'),
    page: smallPage(folder),
    port,
    tell: (link, why) => links.push({ link, why }),
    failed: (sentence) => {
      throw new Error(sentence);
    },
    ...(now === undefined ? {} : { now }),
  });
  onTestFinished(() => served.close());
  return new BrowserStudio(served, links);
}

/** A built page as small as can be, with things beside it that nobody may get. */
function smallPage(folder: string): string {
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'canary');
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>Atelier</title>');
  writeFileSync(join(page, 'assets', 'index-Ab3_9xQ-.js'), 'export {};');
  writeFileSync(join(page, 'assets', 'plain.svg'), '<svg/>');
  symlinkSync(join(folder, 'secret.txt'), join(page, 'assets', 'link.txt'));
  return page;
}

/** 101 where it opened, else the status that it was refused with. */
export function statusOf(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    socket.on('open', () => {
      resolve(101);
      socket.close();
    });
    socket.on('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      response.resume();
      socket.terminate();
    });
    socket.on('error', () => resolve(0));
  });
}

/** The contract's client over a socket. */
export function clientOver(socket: WebSocket): ContractRouterClient<typeof contract> {
  // ws has the browser's events but for their names in TypeScript.
  const websocket = socket as unknown as ConstructorParameters<typeof RPCLink>[0]['websocket'];
  return createORPCClient(new RPCLink({ websocket }));
}

/** The code it was closed with. */
export function closing(socket: WebSocket): Promise<number> {
  return new Promise((resolve) => socket.on('close', (code) => resolve(code)));
}
