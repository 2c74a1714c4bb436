// The annotation loop in the main pane: toolbar, pair and bar, or what stands in their place.
import { useRef, type JSX } from 'react';
import type { QueueSettings } from '#contract/label';
import { useAction } from '../../lib/actions.tsx';
import { useGo } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Annotate } from './annotate.tsx';
import type { AnnotationState } from './annotation.ts';
import styles from './label-main.module.css';
import type { PairViewHandle } from './pair-view-handle.ts';
import { keys } from './prefer-keys.ts';
import { filterWords } from './queue-words.ts';
import toolbar from './toolbar.module.css';
import { LookButtons, ProgressLine, Toolbar, type Mode } from './toolbar.tsx';
import type { Walk } from './use-annotation.ts';
import type { ViewSettings } from './view-settings.ts';

export interface LabelMainProps {
  readonly walk: Walk;
  readonly queue: QueueSettings | undefined;
  readonly settings: ViewSettings;
  readonly stacked: boolean;
  readonly onSettings: (change: Partial<ViewSettings>) => void;
  readonly onMode: (mode: Mode) => void;
  readonly onQueue: () => void;
}

export function LabelMain(props: LabelMainProps): JSX.Element {
  const { walk, queue, settings, stacked, onSettings, onMode, onQueue } = props;
  const { annotation, state } = walk;
  const view = useRef<PairViewHandle>(null);
  const progress = 'progress' in state ? state.progress : undefined;
  const undo = (): void => void annotation.undo();
  useAction({
    id: 'prefer.undo',
    title: 'Undo the last label or skip',
    section: 'Prefer: label',
    keys: [keys.undo, 'Mod+Z'],
    enabled: (progress?.undoDepth ?? 0) > 0,
    run: undo,
  });
  const isLabelling = state.phase === 'labelling';
  return (
    <>
      <Toolbar
        mode="label"
        onMode={onMode}
        middle={progress === undefined ? undefined : <ProgressLine progress={progress} />}
        end={
          <>
            <Button
              look="quiet"
              icon="undo"
              keys={keys.undo}
              disabled={(progress?.undoDepth ?? 0) === 0}
              onClick={undo}
            >
              <span className={toolbar.word}>Undo</span>
            </Button>
            {isLabelling ? (
              <Button look="quiet" icon="skip" keys={keys.skip} onClick={() => void annotation.skip()}>
                <span className={toolbar.word}>Skip</span>
              </Button>
            ) : undefined}
            {isLabelling ? (
              <LookButtons
                settings={settings}
                stacked={stacked}
                onSettings={onSettings}
                onJump={() => view.current?.jump()}
              />
            ) : undefined}
            <IconButton icon="filter" label="Change the queue" keys={keys.queue} onClick={onQueue} />
          </>
        }
      />
      {isLabelling ? (
        <Annotate
          annotation={annotation}
          state={state}
          tags={queue?.tags ?? []}
          reveal={queue?.reveal === true}
          settings={settings}
          stacked={stacked}
          onSettings={onSettings}
          view={view}
        />
      ) : (
        <Rest
          state={state}
          filtered={queue !== undefined && filterWords(queue.filter).length > 0}
          onAgain={() => void annotation.load()}
          onQueue={onQueue}
          onMode={onMode}
          onUndo={undo}
        />
      )}
      <p className={styles.announced} role="status" aria-live="polite">
        {announcement(state)}
      </p>
    </>
  );
}

interface RestProps {
  readonly state: Exclude<AnnotationState, { phase: 'labelling' }>;
  readonly filtered: boolean;
  readonly onAgain: () => void;
  readonly onQueue: () => void;
  readonly onMode: (mode: Mode) => void;
  readonly onUndo: () => void;
}

/** What stands in place of a pair: still coming, failed, or none left. */
function Rest({ state, filtered, onAgain, onQueue, onMode, onUndo }: RestProps): JSX.Element {
  const go = useGo();
  if (state.phase === 'loading') return <SkeletonRows rows={8} height={64} label="The next pair is loading" />;
  if (state.phase === 'failed') {
    return <ErrorState title="The next pair could not be read." problem={state.problem} onRetry={onAgain} />;
  }
  const { labelled, skipped, total, undoDepth } = state.progress;
  return (
    <EmptyState
      icon={total === 0 ? 'filter' : 'ok'}
      title={total === 0 ? 'No pair fits this queue' : 'The queue is done'}
      actions={
        <>
          {labelled > 0 ? (
            <Button look="main" icon="datasets" onClick={() => go.view('datasets')}>
              Make a dataset
            </Button>
          ) : undefined}
          <Button look={labelled > 0 ? 'plain' : 'main'} icon="filter" keys={keys.queue} onClick={onQueue}>
            Change the queue
          </Button>
          {labelled > 0 ? <Button onClick={() => onMode('agreement')}>See agreement</Button> : undefined}
          {undoDepth > 0 ? (
            <Button icon="undo" keys={keys.undo} onClick={onUndo}>
              Undo
            </Button>
          ) : undefined}
        </>
      }
    >
      {state.problem === undefined ? undefined : (
        <p role="alert">
          {state.problem.sentence} {state.problem.hint}
        </p>
      )}
      <p>
        {total === 0
          ? 'Its filter leaves none of the pairs. Widen it to go on.'
          : `${labelled.toLocaleString()} labelled and ${skipped.toLocaleString()} skipped of ${total.toLocaleString()} ${filtered ? 'that fit the filter' : 'pairs'}.`}
      </p>
    </EmptyState>
  );
}

function announcement(state: AnnotationState): string {
  if (state.phase === 'finished') return 'The queue is done.';
  if (state.phase !== 'labelling') return '';
  const { labelled, skipped, total } = state.progress;
  return `Pair ${String(Math.min(total, labelled + skipped + 1))} of ${String(total)}.`;
}
