// Which screen is shown and what is open in it, with back and forward; kept across a reload of the page.
import { keep, readKept } from './kept.ts';
import { createContext, use, useCallback, useMemo, useReducer, useEffect, type ReactNode } from 'react';

export type Route =
  /** `importId`: asks for the traces of one import; the screen makes a filter of it. */
  | { readonly view: 'traces'; readonly traceId?: string; readonly turnId?: string; readonly importId?: string }
  | { readonly view: 'prefer'; readonly pairId?: string }
  | { readonly view: 'datasets'; readonly datasetId?: string }
  /** One run, beside another where `against` names it; or the form that starts the agent in `file`. */
  | { readonly view: 'runs'; readonly runId?: string; readonly against?: string; readonly file?: string }
  /** One provider, or what holds for all of them. */
  | { readonly view: 'models'; readonly provider?: string; readonly part?: 'new' | 'fallbacks' | 'budgets' | 'prices' }
  | { readonly view: 'gateway'; readonly keyId?: string }
  /** The secret of that name. */
  | { readonly view: 'vault'; readonly secret?: string }
  /** What left for one run, or for one key of the gateway; all of it without. */
  | { readonly view: 'egress'; readonly run?: string; readonly key?: string };

export type View = Route['view'];

interface Trail {
  readonly back: readonly Route[];
  readonly here: Route;
  readonly forward: readonly Route[];
  /** Where each view was left, so that coming back to it finds it as it was. */
  readonly left: Readonly<Partial<Record<View, Route>>>;
}

type Step =
  | { readonly kind: 'go'; readonly to: Route; readonly replace: boolean }
  | { readonly kind: 'back' | 'forward' | 'reset' };

export interface Go {
  /** Opens a place. `replace` leaves no step to come back to (moving through a list). */
  (to: Route, options?: { readonly replace?: boolean }): void;
  /** Opens a view where it was left. */
  readonly view: (view: View) => void;
  readonly back: () => void;
  readonly forward: () => void;
  /** Forgets every place: they belong to another workspace. */
  readonly reset: () => void;
  readonly canGoBack: boolean;
  readonly canGoForward: boolean;
}

const start: Trail = { back: [], here: { view: 'traces' }, forward: [], left: {} };
const longest = 200;
const storageKey = 'atelier.route';

const RouteContext = createContext<{ readonly route: Route; readonly go: Go } | undefined>(undefined);

export function RouteProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [trail, step] = useReducer(walk, undefined, () => ({ ...start, here: readRoute() ?? start.here }));
  useEffect(() => keep(sessionStorage, storageKey, trail.here), [trail.here]);

  const open = useCallback(
    (to: Route, options?: { readonly replace?: boolean }) =>
      step({ kind: 'go', to, replace: options?.replace === true }),
    [],
  );
  const back = useCallback(() => step({ kind: 'back' }), []);
  const forward = useCallback(() => step({ kind: 'forward' }), []);
  const reset = useCallback(() => step({ kind: 'reset' }), []);
  const { left } = trail;
  const view = useCallback((name: View) => open(left[name] ?? { view: name }), [open, left]);
  const canGoBack = trail.back.length > 0;
  const canGoForward = trail.forward.length > 0;
  const go = useMemo<Go>(
    () => Object.assign(open.bind(undefined), { view, back, forward, reset, canGoBack, canGoForward }),
    [open, view, back, forward, reset, canGoBack, canGoForward],
  );
  const value = useMemo(() => ({ route: trail.here, go }), [trail.here, go]);
  return <RouteContext value={value}>{children}</RouteContext>;
}

export function useRoute(): Route {
  return useRouting().route;
}

export function useGo(): Go {
  return useRouting().go;
}

function useRouting(): { readonly route: Route; readonly go: Go } {
  const value = use(RouteContext);
  if (value === undefined) throw new Error('useRoute and useGo need a RouteProvider above them.');
  return value;
}

function walk(trail: Trail, step: Step): Trail {
  const { back, here, forward } = trail;
  switch (step.kind) {
    case 'go': {
      if (same(here, step.to)) return trail;
      const left = { ...trail.left, [step.to.view]: step.to };
      if (step.replace) return { back, here: step.to, forward, left };
      return { back: [...back, here].slice(-longest), here: step.to, forward: [], left };
    }
    case 'back': {
      const last = back.at(-1);
      if (last === undefined) return trail;
      return {
        back: back.slice(0, -1),
        here: last,
        forward: [here, ...forward],
        left: { ...trail.left, [last.view]: last },
      };
    }
    case 'forward': {
      const [next, ...rest] = forward;
      if (next === undefined) return trail;
      return { back: [...back, here], here: next, forward: rest, left: { ...trail.left, [next.view]: next } };
    }
    case 'reset':
      return { ...start, here: { view: here.view } };
  }
}

function same(one: Route, two: Route): boolean {
  return JSON.stringify(one) === JSON.stringify(two);
}

const views: readonly View[] = ['traces', 'prefer', 'datasets', 'runs', 'models', 'gateway', 'vault', 'egress'];

function readRoute(): Route | undefined {
  const value = readKept(sessionStorage, storageKey);
  if (typeof value !== 'object' || value === null) return undefined;
  const { view: name, ...rest } = value as Record<string, unknown>;
  const view = views.find((known) => known === name);
  if (view === undefined) return undefined;
  if (!Object.values(rest).every((id) => typeof id === 'string')) return undefined;
  return { view, ...rest };
}
