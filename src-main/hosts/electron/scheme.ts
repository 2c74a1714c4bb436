// app://studio: the page's own origin, served from the built renderer and from nowhere else, under a strict policy.
import { protocol, type Session } from 'electron';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { pageHeaders, typeOf } from '../page-headers.ts';
import { fileFor } from './app-url.ts';

const headers = pageHeaders();

/** Must run before the app is ready. */
export function declareScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Serves the built page of `folder` to a session. */
export function serveScheme(session: Session, folder: string): void {
  session.protocol.handle('app', (request) => answer(request.method, request.url, folder));
}

async function answer(method: string, url: string, folder: string): Promise<Response> {
  if (method !== 'GET') return refusal(405);
  const path = fileFor(url, folder);
  if (path === undefined) return refusal(403);
  try {
    const type = typeOf(extname(path));
    return new Response(await readFile(path), { headers: { ...headers, 'Content-Type': type } });
  } catch {
    return refusal(404);
  }
}

function refusal(status: number): Response {
  return new Response(undefined, { status, headers });
}
