// The Prefer screen: pairs to browse, the annotation loop, and how far the labels agree.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState, type JSX, type RefObject } from 'react';
import type { QueueSettings as Settings } from '#contract/label';
import { useAction, useActionRegistry } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { AgreementView } from './agreement-view.tsx';
import { AnnotatorForm } from './annotator-form.tsx';
import { BrowsePair } from './browse-pair.tsx';
import { Inspector } from './inspector.tsx';
import { LabelMain } from './label-main.tsx';
import { MineDialog } from './mine-dialog.tsx';
import { PairList } from './pair-list.tsx';
import { keys } from './prefer-keys.ts';
import styles from './prefer-screen.module.css';
import { QueueSettings } from './queue-settings.tsx';
import { Toolbar, type Mode } from './toolbar.tsx';
import { useAnnotation } from './use-annotation.ts';
import { useAnnotator } from './use-annotator.ts';
import { useOnChange, useOnSettled } from './use-effects.ts';
import { useViewSettings } from './view-settings.ts';

/** A main pane narrower than this, and high enough for two, has the sides one above the other, px. */
const stackedBelow = 620;
const stackedFrom = 520;
/** With every label a list of 100,000 pairs would be asked for anew; it waits for a pause, ms. */
const settledMs = 1500;

export function PreferScreen(): JSX.Element {
  const route = useRoute();
  const go = useGo();
  const { client, query } = useApi();
  const queries = useQueryClient();
  const { annotators, annotator, choose, error, again } = useAnnotator();
  const [settings, onSettings] = useViewSettings();
  const [mode, setMode] = useState<Mode>('label');
  const [asking, setAsking] = useState<'annotator' | 'mine' | 'queue'>();
  const [version, setVersion] = useState(0);
  const main = useRef<HTMLDivElement>(null);
  const stacked = useStacked(main, settings.stacked);
  const pairId = route.view === 'prefer' ? route.pairId : undefined;
  const isLabelling = mode === 'label' && pairId === undefined;
  const walk = useAnnotation(annotator, isLabelling);
  const queue = useQuery({
    ...query.labels.queue.queryOptions({ input: { annotator: annotator ?? '-' } }),
    enabled: annotator !== undefined,
    meta: { live: false },
  });
  const queued = isLabelling && walk?.state.phase === 'labelling' ? walk.state.item.detail.pair.id : undefined;
  const pairs = useQuery(query.workspace.current.queryOptions({})).data?.pairs;
  const progress = walk !== undefined && 'progress' in walk.state ? walk.state.progress : undefined;

  const renew = useCallback(() => setVersion((now) => now + 1), []);
  // Mining and imports add pairs while this screen is open.
  useOnChange(pairs, () => {
    renew();
    void walk?.annotation.load();
  });
  useOnSettled(progress?.undoDepth, settledMs, renew);

  const open = useCallback(
    (id: string) => go({ view: 'prefer', pairId: id }, { replace: pairId !== undefined }),
    [go, pairId],
  );
  const toMode = (next: Mode): void => {
    setMode(next);
    if (pairId !== undefined) go({ view: 'prefer' });
  };
  const close = (): void => setAsking(undefined);
  const saveQueue = async (next: Settings): Promise<void> => {
    if (annotator === undefined) return;
    const saved = await client.labels.setQueue({ annotator, settings: next });
    queries.setQueryData(query.labels.queue.queryOptions({ input: { annotator } }).queryKey, saved);
    await walk?.annotation.load();
  };
  useScreenActions({ isLabelling, hasAnnotator: annotator !== undefined, toMode, setAsking });

  const content = (): JSX.Element => {
    if (pairId !== undefined) {
      return (
        <BrowsePair
          id={pairId}
          annotator={annotator}
          settings={settings}
          stacked={stacked}
          onSettings={onSettings}
          onMode={toMode}
        />
      );
    }
    if (mode === 'agreement') return <Agreement toMode={toMode} />;
    if (error !== null) {
      return <ErrorState title="The annotators could not be read." problem={problemOf(error)} onRetry={again} />;
    }
    if (annotators === undefined || pairs === undefined) {
      return <SkeletonRows rows={8} height={64} label="Labelling is loading" />;
    }
    if (pairs === 0) return <NoPairs onMine={() => setAsking('mine')} />;
    if (walk === undefined) {
      return (
        <EmptyState
          icon="user"
          title="Who labels?"
          actions={<AnnotatorForm annotators={annotators} current={undefined} onChoose={choose} />}
        />
      );
    }
    return (
      <LabelMain
        walk={walk}
        queue={queue.data}
        settings={settings}
        stacked={stacked}
        onSettings={onSettings}
        onMode={toMode}
        onQueue={() => setAsking('queue')}
      />
    );
  };
  const inspector =
    annotator === undefined || pairs === 0 ? undefined : (
      <Inspector
        annotator={annotator}
        progress={progress}
        settings={queue.data}
        last={walk !== undefined && 'last' in walk.state ? walk.state.last : undefined}
        onAnnotator={() => setAsking('annotator')}
        onQueue={() => setAsking('queue')}
        onMine={() => setAsking('mine')}
        onUndo={() => void walk?.annotation.undo()}
      />
    );
  return (
    <>
      <Frame
        id="prefer"
        list={<PairList active={pairId ?? queued} onOpen={open} version={version} />}
        listLabel="Pairs"
        mainLabel="Pair"
        main={
          <div ref={main} className={styles.main}>
            {content()}
          </div>
        }
        inspector={inspector}
        inspectorLabel="Progress and queue"
        selection={pairId ?? mode}
      />
      {asking === 'mine' ? <MineDialog onClose={close} onFound={renew} /> : undefined}
      {asking === 'annotator' && annotators !== undefined ? (
        <Dialog
          open
          width="narrow"
          onOpenChange={close}
          title="Who labels?"
          description="Each has a queue of their own; labels are told apart by name."
        >
          <AnnotatorForm
            annotators={annotators}
            current={annotator}
            onChoose={(name) => {
              choose(name);
              close();
            }}
          />
        </Dialog>
      ) : undefined}
      {asking === 'queue' && annotator !== undefined && queue.data !== undefined ? (
        <QueueSettings
          annotator={annotator}
          settings={queue.data}
          atOnce={settings.atOnce}
          onAtOnce={(atOnce) => onSettings({ atOnce })}
          onSave={saveQueue}
          onClose={close}
        />
      ) : undefined}
    </>
  );
}

function Agreement({ toMode }: { readonly toMode: (mode: Mode) => void }): JSX.Element {
  return (
    <>
      <Toolbar mode="agreement" onMode={toMode} />
      <AgreementView
        actions={
          <Button look="main" onClick={() => toMode('label')}>
            Label pairs
          </Button>
        }
      />
    </>
  );
}

function NoPairs({ onMine }: { readonly onMine: () => void }): JSX.Element {
  const registry = useActionRegistry();
  return (
    <EmptyState
      icon="prefer"
      title="No pairs to judge yet"
      actions={
        <>
          <Button look="main" icon="search" onClick={onMine}>
            Find pairs
          </Button>
          <Button icon="import" onClick={() => registry.run('imports.open')}>
            Import preferences
          </Button>
        </>
      }
    >
      <p>
        A pair is two branches to choose between: two answers to one turn, or two runs of one task. Your choices become
        the preference data a trainer learns from.
      </p>
    </EmptyState>
  );
}

function useScreenActions({
  isLabelling,
  hasAnnotator,
  toMode,
  setAsking,
}: {
  readonly isLabelling: boolean;
  readonly hasAnnotator: boolean;
  readonly toMode: (mode: Mode) => void;
  readonly setAsking: (what: 'annotator' | 'mine' | 'queue') => void;
}): void {
  const section = 'Prefer';
  useAction({ id: 'prefer.mine', title: 'Find pairs…', section, run: () => setAsking('mine') });
  useAction({
    id: 'prefer.annotator',
    title: 'Change the annotator…',
    section,
    enabled: hasAnnotator,
    run: () => setAsking('annotator'),
  });
  useAction({
    id: 'prefer.queue',
    title: 'Change the queue…',
    section,
    keys: keys.queue,
    enabled: hasAnnotator,
    run: () => setAsking('queue'),
  });
  useAction({ id: 'prefer.agreement', title: 'Show agreement', section, run: () => toMode('agreement') });
  useAction({ id: 'prefer.label', title: 'Label pairs', section, enabled: !isLabelling, run: () => toMode('label') });
}

/** Whether the sides stand one above the other: as set, or by the width there is. */
function useStacked(box: RefObject<HTMLDivElement | null>, set: boolean | undefined): boolean {
  const [narrow, setNarrow] = useState(false);
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const { width, height } = entry.contentRect;
      setNarrow(width < stackedBelow && height >= stackedFrom);
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return set ?? narrow;
}
