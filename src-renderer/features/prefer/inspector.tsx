// Beside the pair: progress, who labels, the queue, and the pair labelled last with what was hidden of it.
import type { JSX, ReactNode } from 'react';
import type { QueueProgress, QueueSettings } from '#contract/label';
import type { SideOrigin } from '#contract/pair';
import { counted, shortDuration } from '../../lib/format.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Progress } from '../../ui/progress.tsx';
import { Fold } from '../../ui/transcript/fold.tsx';
import type { LastLabel } from './annotation.ts';
import { ownSide, verdictOf } from './draft.ts';
import styles from './inspector.module.css';
import { OriginLine } from './origin-line.tsx';
import { filterWords } from './queue-words.ts';

export interface InspectorProps {
  readonly annotator: string;
  readonly progress: QueueProgress | undefined;
  readonly settings: QueueSettings | undefined;
  readonly last: LastLabel | undefined;
  readonly onAnnotator: () => void;
  readonly onQueue: () => void;
  readonly onMine: () => void;
  readonly onUndo: () => void;
}

export function Inspector(props: InspectorProps): JSX.Element {
  const { annotator, progress, settings, last, onAnnotator, onQueue, onMine, onUndo } = props;
  const words = settings === undefined ? [] : filterWords(settings.filter);
  return (
    <div className={styles.inspector}>
      <Part title="Progress">{progress === undefined ? undefined : <Figures progress={progress} />}</Part>
      <Part
        title="Annotator"
        end={
          <Button look="quiet" aria-label="Change the annotator" onClick={onAnnotator}>
            Change
          </Button>
        }
      >
        <p className={styles.line}>
          <Icon name="user" /> {annotator}
        </p>
      </Part>
      <Part
        title="Queue"
        end={
          <Button look="quiet" aria-label="Change the queue" onClick={onQueue}>
            Change
          </Button>
        }
      >
        <p>{words.length === 0 ? 'All pairs, in the order they came.' : words.join(' · ')}</p>
        {settings !== undefined && settings.repeatRate > 0 ? (
          <p className={styles.quiet}>Blind repeats: {Math.round(settings.repeatRate * 100)} % of what comes up.</p>
        ) : undefined}
        {settings?.reveal === true ? (
          <p className={styles.warning}>
            <Icon name="warn" size={14} /> Sources and scores are shown before the choice.
          </p>
        ) : undefined}
        <div>
          <Button icon="search" onClick={onMine}>
            Find pairs
          </Button>
        </div>
      </Part>
      {last === undefined ? undefined : (
        <Part
          title="Last label"
          end={
            <Button look="quiet" icon="undo" onClick={onUndo}>
              Undo
            </Button>
          }
        >
          <Last last={last} />
        </Part>
      )}
    </div>
  );
}

function Figures({ progress }: { readonly progress: QueueProgress }): JSX.Element {
  const { total, labelled, skipped, today, medianMs } = progress;
  return (
    <>
      <Progress value={total === 0 ? 0 : labelled / total} label="Labelled" />
      <dl className={styles.figures}>
        <Figure name="Labelled" value={`${labelled.toLocaleString()} of ${total.toLocaleString()}`} />
        <Figure name="Skipped" value={skipped.toLocaleString()} />
        <Figure name="Today" value={counted(today, 'label')} />
        <Figure name="Median time" value={medianMs === undefined ? '–' : shortDuration(medianMs)} />
      </dl>
    </>
  );
}

function Last({ last: { item, label } }: { readonly last: LastLabel }): JSX.Element {
  const { pair, originA, originB } = item.detail;
  const verdict = verdictOf(label.choice, label.swapped);
  const origin = (side: 'left' | 'right'): SideOrigin => (ownSide(side, item.swapped) === 'a' ? originA : originB);
  const said = { left: 'A is better', right: 'B is better', tie: 'Tie', bad: 'Both bad' }[verdict];
  const strength = verdict === 'left' || verdict === 'right' ? ` · strength ${String(label.strength)}` : '';
  return (
    <>
      <p>
        {said}
        {strength} · {shortDuration(label.elapsedMs)}
      </p>
      {/* Folded: the next pair may share a run with this one, and its score would give a hint. */}
      <Fold label="Show where they came from">
        <div className={styles.origins}>
          <p className={styles.quiet}>{pair.reason}</p>
          <p className={styles.origin}>
            <span className={styles.side}>A</span> <OriginLine origin={origin('left')} />
          </p>
          <p className={styles.origin}>
            <span className={styles.side}>B</span> <OriginLine origin={origin('right')} />
          </p>
        </div>
      </Fold>
    </>
  );
}

export function Part({
  title,
  end,
  children,
}: {
  readonly title: string;
  readonly end?: ReactNode;
  readonly children: ReactNode;
}): JSX.Element {
  return (
    <section className={styles.part}>
      <header className={styles.head}>
        <h2 className={styles.title}>{title}</h2>
        {end}
      </header>
      {children}
    </section>
  );
}

export function Figure({ name, value }: { readonly name: string; readonly value: ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
