// Who is in: links that let one person in once, and the sessions that they begin. Only hashes of either are kept, in memory alone.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface LoginParts {
  /** Epoch ms. */
  readonly now: () => number;
}

/** What a browser is given: the cookie goes with every request, the page's own key stays with the page. */
export interface Entry {
  readonly cookie: string;
  readonly pageKey: string;
}

interface Session {
  readonly pageKey: Buffer;
  usedAt: number;
  readonly ended: AbortController;
}

export const linkMs = 10 * 60_000;
/** A session that nobody uses ends; an open page uses it. */
export const idleMs = 8 * 60 * 60_000;

/** 256 bits, as base64url. */
const newToken = (): string => randomBytes(32).toString('base64url');
const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();

export class Logins {
  readonly #now: () => number;
  readonly #sessions = new Map<string, Session>();
  /** Until when each is good, by its hash; the oldest first. */
  readonly #links = new Map<string, number>();

  constructor({ now }: LoginParts) {
    this.#now = now;
  }

  /**
   * Token of a new link, good for `linkMs` and until one is used. Those before it stay as good as they were: whoever reaches the page may ask
   * for a new one, and must not take the person's away by that.
   */
  newLink(): string {
    const token = newToken();
    for (const [name, until] of this.#links) if (until <= this.#now()) this.#links.delete(name);
    this.#links.set(nameOf(token), this.#now() + linkMs);
    return token;
  }

  isOpen(token: string): boolean {
    const until = this.#links.get(nameOf(token));
    return until !== undefined && this.#now() < until;
  }

  /** Uses all links up and begins a session; undefined where the link is not good (any more). */
  enter(token: string): Entry | undefined {
    if (!this.isOpen(token)) return undefined;
    this.#links.clear();
    this.#forgetIdle();
    const entry = { cookie: newToken(), pageKey: newToken() };
    this.#sessions.set(nameOf(entry.cookie), {
      pageKey: hashOf(entry.pageKey),
      usedAt: this.#now(),
      ended: new AbortController(),
    });
    return entry;
  }

  /** Whether the cookie is of a session that goes on; counts as use. */
  isIn(cookie: string | undefined): boolean {
    return this.#use(cookie) !== undefined;
  }

  /**
   * What aborts when the session ends; undefined where cookie and page key are not of one session. The key is asked for because browsers send
   * cookies of one host to all its ports, so that any other server on this machine may be shown ours; what a page keeps, they do not.
   */
  enteredWith(cookie: string | undefined, pageKey: string | undefined): AbortSignal | undefined {
    const session = this.#use(cookie);
    if (session === undefined || pageKey === undefined) return undefined;
    return timingSafeEqual(session.pageKey, hashOf(pageKey)) ? session.ended.signal : undefined;
  }

  end(cookie: string | undefined): void {
    if (cookie === undefined) return;
    this.#end(nameOf(cookie));
  }

  endAll(): void {
    this.#links.clear();
    for (const name of this.#sessions.keys()) this.#end(name);
  }

  #use(cookie: string | undefined): Session | undefined {
    if (cookie === undefined) return undefined;
    this.#forgetIdle();
    const session = this.#sessions.get(nameOf(cookie));
    if (session !== undefined) session.usedAt = this.#now();
    return session;
  }

  #forgetIdle(): void {
    for (const [name, { usedAt }] of this.#sessions) {
      if (this.#now() - usedAt > idleMs) this.#end(name);
    }
  }

  #end(name: string): void {
    this.#sessions.get(name)?.ended.abort();
    this.#sessions.delete(name);
  }
}

/** By its hash: what a lookup takes of time then tells nothing of the token. */
function nameOf(token: string): string {
  return hashOf(token).toString('hex');
}
