// The trace that the route names, with its layout, and the selection that timeline, transcript and inspector share.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { TurnId } from '#contract/turn';
import { useApi } from '../../lib/api.tsx';
import { layoutTimeline } from '../../lib/canvas/timeline-layout.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { linkSpans, stepsOf } from './span-links.ts';
import type { OpenTrace } from './trace-view.tsx';

export interface OpenTraceState {
  /** The trace before stays until the next is there. */
  readonly open: OpenTrace | undefined;
  readonly problem: ShownProblem | undefined;
  readonly retry: () => void;
  readonly selectedSpan: number | undefined;
  readonly selectedTurn: TurnId | undefined;
  readonly selectSpan: (index: number) => void;
  readonly selectTurn: (turn: TurnId) => void;
}

/** Details of long traces are large; those left behind are forgotten soon, ms. */
const forgetMs = 60_000;

export function useOpenTrace(traceId: string): OpenTraceState {
  const { query } = useApi();
  const route = useRoute();
  const go = useGo();
  const detail = useQuery({
    ...query.traces.get.queryOptions({ input: { id: traceId }, gcTime: forgetMs }),
    placeholderData: keepPreviousData,
  });
  const { data } = detail;
  const open = useMemo<OpenTrace | undefined>(() => {
    if (data === undefined) return undefined;
    return {
      detail: data,
      layout: layoutTimeline(data.spans, data.timed),
      links: linkSpans(data.spans, data.path),
      steps: stepsOf(data.spans),
    };
  }, [data]);
  // A span that has no turn is known here only; the route keeps the turn.
  const [picked, setPicked] = useState<{
    readonly traceId: string;
    readonly span: number;
    readonly turn: TurnId | undefined;
  }>();
  const routeTurn = route.view === 'traces' ? route.turnId : undefined;
  const isPicked =
    picked !== undefined &&
    picked.traceId === data?.trace.id &&
    (picked.turn === undefined || picked.turn === routeTurn);
  const goTo = (turnId: TurnId | undefined): void => {
    go(turnId === undefined ? { view: 'traces', traceId } : { view: 'traces', traceId, turnId }, { replace: true });
  };
  return {
    open,
    problem: detail.isError ? problemOf(detail.error) : undefined,
    retry: () => void detail.refetch(),
    selectedSpan: isPicked ? picked.span : routeTurn === undefined ? undefined : open?.links.spanOf(routeTurn),
    selectedTurn: isPicked ? picked.turn : routeTurn,
    selectSpan: (index) => {
      const turn = open?.links.turnOf(index);
      setPicked({ traceId, span: index, turn });
      goTo(turn);
    },
    selectTurn: (turn) => {
      setPicked(undefined);
      goTo(turn);
    },
  };
}
