// The typed client of the contract, its query cache, and what makes views ask again when something changed.
import { createORPCClient, type ClientContext, type ClientLink } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, use, type ReactNode } from 'react';
import type { contract } from '#contract/contract';
import type { Topic } from '#contract/workspace';

export type Client = ContractRouterClient<typeof contract>;

export interface Api {
  /** Calls a procedure: `client.traces.get({ id })`. Rejects with what `problemOf` reads. */
  readonly client: Client;
  /** For TanStack Query: `useQuery(query.traces.get.queryOptions({ input: { id } }))`. */
  readonly query: RouterUtils<Client>;
}

const ApiContext = createContext<Api | undefined>(undefined);

/** Changes that arrive within this time are one round of asking again, ms. */
const gatherMs = 150;
/** Wait before listening again when a stream ended, ms. */
const againMs = 50;
const againLaterMs = 1000;

export interface StartedApi {
  readonly api: Api;
  readonly queries: QueryClient;
}

/** The way to the studio in the window. */
export function portLink(port: MessagePort): ClientLink<ClientContext> {
  const link = new RPCLink<ClientContext>({ port });
  port.start();
  return link;
}

/** Makes the client, and listens to changes from the first moment on, so that none comes between a question and its answer. */
export function startApi(link: ClientLink<ClientContext>): StartedApi {
  const client: Client = createORPCClient(link);
  const api: Api = { client, query: createTanstackQueryUtils(client) };
  const queries = newQueryClient();
  followChanges(api, queries);
  return { api, queries };
}

/**
 * Gives the page its client. Queries never go stale by themselves: the main process says what changed.
 * A query with `meta: { live: false }` is left alone by that; its owner keeps it up to date.
 */
export function ApiProvider({
  started,
  children,
}: {
  readonly started: StartedApi;
  readonly children: ReactNode;
}): ReactNode {
  const { api, queries } = started;
  return (
    <QueryClientProvider client={queries}>
      <ApiContext value={api}>{children}</ApiContext>
    </QueryClientProvider>
  );
}

export function useApi(): Api {
  const api = use(ApiContext);
  if (api === undefined) throw new Error('useApi needs an ApiProvider above it.');
  return api;
}

function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: 5 * 60_000,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: 'always',
      },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}

/** Which domains of the contract show something of a topic. */
const shownIn: Readonly<Record<Topic, readonly (keyof typeof contract)[]>> = {
  workspace: ['workspace'],
  traces: ['traces'],
  imports: ['imports'],
  pairs: ['pairs', 'labels'],
  labels: ['labels', 'pairs', 'datasets'],
  datasets: ['datasets'],
  runs: ['runs'],
  agents: ['agents'],
  vault: ['vault', 'models'],
  models: ['models', 'gateway'],
  gateway: ['gateway'],
  egress: ['egress'],
};

/** As long as the page lives. */
function followChanges(api: Api, queries: QueryClient): void {
  const waiting = new Set<Topic>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const askAgain = (): void => {
    timer = undefined;
    const domains = new Set([...waiting].flatMap((topic) => shownIn[topic]));
    waiting.clear();
    const live = (query: { readonly meta: Record<string, unknown> | undefined }): boolean =>
      query.meta?.['live'] !== false;
    for (const domain of domains) {
      void queries.invalidateQueries({ queryKey: api.query[domain].key(), predicate: live });
    }
    void queries.invalidateQueries({ queryKey: api.query.workspace.current.key() });
  };

  const follow = async (isAgain: boolean): Promise<void> => {
    const changes = await api.client.workspace.changes();
    // A stream that ended means another workspace: everything on screen is of the old one.
    if (isAgain) void queries.invalidateQueries();
    for await (const { topics } of changes) {
      for (const topic of topics) waiting.add(topic);
      timer ??= setTimeout(askAgain, gatherMs);
    }
  };
  const keepFollowing = async (): Promise<void> => {
    for (let isAgain = false; ; isAgain = true) {
      // Where no workspace is open the shell says so; this only waits for one.
      const wait = await follow(isAgain).then(
        () => againMs,
        () => againLaterMs,
      );
      await new Promise((resolve) => setTimeout(resolve, wait));
    }
  };
  void keepFollowing();
}
