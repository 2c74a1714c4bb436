// The feed of the open run for the components below, each of which follows only what it shows.
import { createContext, use, useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useApi } from '../../lib/api.tsx';
import { RunFeed } from './feed.ts';
import type { NodeView } from './view.ts';

export const FeedContext = createContext<RunFeed | undefined>(undefined);

/** Follows a run while it is mounted. */
export function useRunFeed(id: string): RunFeed {
  const { client } = useApi();
  const feed = useMemo(
    () => new RunFeed((after, signal) => client.runs.watch({ id, after }, { signal })),
    [client, id],
  );
  useEffect(() => feed.start(), [feed]);
  return feed;
}

export function useFeed(): RunFeed {
  const feed = use(FeedContext);
  if (feed === undefined) throw new Error('useFeed needs a FeedContext above it.');
  return feed;
}

/** Draws again when `what` changed; the feed, to be read from. */
export function useFollowed(what: string): RunFeed {
  const feed = useFeed();
  useVersion(feed, what);
  return feed;
}

/** Grows with each change of `what`, for memos over the feed's view. */
export function useVersion(feed: RunFeed, what: string): number {
  const subscribe = useCallback((listener: () => void) => feed.subscribe(what, listener), [feed, what]);
  return useSyncExternalStore(subscribe, () => feed.version(what));
}

export function useNodeView(id: string): NodeView {
  const feed = useFeed();
  const subscribe = useCallback((listener: () => void) => feed.subscribe(`node:${id}`, listener), [feed, id]);
  return useSyncExternalStore(subscribe, () => feed.node(id));
}

/** How often an edge was taken. */
export function useTaken(edgeId: string): number {
  const feed = useFeed();
  const subscribe = useCallback((listener: () => void) => feed.subscribe(`edge:${edgeId}`, listener), [feed, edgeId]);
  return useSyncExternalStore(subscribe, () => feed.view.edges.get(edgeId) ?? 0);
}
