// The list, the open trace and its inspector side by side.
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { TraceInspector } from './trace-inspector.tsx';
import { TraceView } from './trace-view.tsx';
import { useOpenTrace } from './use-open-trace.ts';

export interface OpenTracePaneProps {
  readonly traceId: string;
  /** What the list is searched for. */
  readonly find: string | undefined;
  readonly list: ReactNode;
  readonly onClose: () => void;
  readonly onRemove: () => void;
  readonly onMove: (by: 1 | -1) => void;
}

export function OpenTracePane({ traceId, find, list, onClose, onRemove, onMove }: OpenTracePaneProps): ReactNode {
  const state = useOpenTrace(traceId);
  const { open, problem, retry, selectedSpan, selectedTurn } = state;
  const detail = open?.detail;
  const inspector =
    detail === undefined ? (
      <SkeletonRows rows={8} height={28} label="Details are loading" />
    ) : (
      <TraceInspector
        detail={detail}
        span={selectedSpan === undefined ? undefined : detail.spans[selectedSpan]}
        turn={detail.path.find((turn) => turn.id === selectedTurn)}
      />
    );
  const main =
    problem !== undefined ? (
      <ErrorState
        title="The trace cannot be shown."
        problem={problem}
        onRetry={retry}
        actions={<Button onClick={onClose}>Back to all traces</Button>}
      />
    ) : open === undefined ? (
      <SkeletonRows rows={10} height={52} label="The trace is loading" />
    ) : (
      <TraceView
        open={open}
        find={find}
        selectedSpan={selectedSpan}
        selectedTurn={selectedTurn}
        onSelectSpan={state.selectSpan}
        onSelectTurn={state.selectTurn}
        onClose={onClose}
        onRemove={onRemove}
        onMove={onMove}
      />
    );
  return (
    <Frame
      id="traces"
      list={list}
      listLabel="Traces"
      main={main}
      mainLabel="Trace"
      inspector={inspector}
      inspectorLabel="Details"
      selection={traceId}
    />
  );
}
