// A pair looked up from the list: read-only, with its labels; origins once they cannot sway this annotator's choice.
import { useQuery } from '@tanstack/react-query';
import { useRef, useState, type JSX } from 'react';
import type { Label } from '#contract/label';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { counted, shortDuration } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import styles from './browse-pair.module.css';
import { OriginLine } from './origin-line.tsx';
import { PairView } from './pair-view.tsx';
import type { PairViewHandle } from './pair-view-handle.ts';
import { useLookActions } from './prefer-actions.ts';
import { kindNames } from './queue-words.ts';
import { LookButtons, Toolbar, type Mode } from './toolbar.tsx';
import type { ViewSettings } from './view-settings.ts';

export interface BrowsePairProps {
  readonly id: string;
  readonly annotator: string | undefined;
  readonly settings: ViewSettings;
  readonly stacked: boolean;
  readonly onSettings: (change: Partial<ViewSettings>) => void;
  readonly onMode: (mode: Mode) => void;
}

export function BrowsePair({ id, annotator, settings, stacked, onSettings, onMode }: BrowsePairProps): JSX.Element {
  const { query } = useApi();
  const pair = useQuery(query.pairs.get.queryOptions({ input: { id } }));
  const labels = useQuery(query.labels.list.queryOptions({ input: { pairId: id, page: { offset: 0, limit: 200 } } }));
  const [asked, setAsked] = useState<string>();
  const view = useRef<PairViewHandle>(null);
  useLookActions({ view, settings, stacked, onSettings });
  useAction({
    id: 'prefer.back',
    title: 'Back to labelling',
    section: 'Prefer: look',
    keys: 'Escape',
    run: () => onMode('label'),
  });

  const given = labels.data?.items ?? [];
  const isOpen = asked === id || given.some((label) => label.annotator === annotator);
  const detail = pair.data;
  const bar = (
    <Toolbar
      mode={undefined}
      onMode={onMode}
      middle={
        <span className={styles.what}>
          {detail === undefined
            ? ''
            : `${kindNames[detail.pair.kind]}${detail.pair.group === undefined ? '' : ` · ${detail.pair.group}`}`}
        </span>
      }
      end={
        <>
          <Button look="quiet" icon="chevronLeft" keys="Escape" onClick={() => onMode('label')}>
            Back to labelling
          </Button>
          <LookButtons
            settings={settings}
            stacked={stacked}
            onSettings={onSettings}
            onJump={() => view.current?.jump()}
          />
        </>
      }
    />
  );
  if (pair.error !== null) {
    return (
      <>
        {bar}
        <ErrorState
          title="The pair could not be opened."
          problem={problemOf(pair.error)}
          onRetry={() => void pair.refetch()}
        />
      </>
    );
  }
  if (detail === undefined) {
    return (
      <>
        {bar}
        <SkeletonRows rows={8} height={64} label="The pair is loading" />
      </>
    );
  }
  return (
    <>
      {bar}
      <PairView
        key={id}
        pairId={id}
        prefix={detail.prefix}
        left={detail.a}
        right={detail.b}
        settings={settings}
        stacked={stacked}
        leftNote={isOpen ? <OriginLine origin={detail.originA} /> : undefined}
        rightNote={isOpen ? <OriginLine origin={detail.originB} /> : undefined}
        handle={view}
      />
      <section className={styles.labels} aria-label="Labels of this pair">
        {isOpen ? (
          <p className={styles.reason}>{detail.pair.reason}</p>
        ) : (
          <p className={styles.hidden}>
            Sources and scores stay hidden until {annotator ?? 'you'} labelled this pair.
            <Button look="quiet" icon="eye" onClick={() => setAsked(id)}>
              Show them anyway
            </Button>
          </p>
        )}
        {isOpen || given.length === 0 ? (
          <LabelTable labels={given} />
        ) : (
          <p>{counted(given.length, 'label')} by others.</p>
        )}
      </section>
    </>
  );
}

const choiceNames: Readonly<Record<Label['choice'], string>> = {
  a: 'A is better',
  b: 'B is better',
  tie: 'Tie',
  bad: 'Both bad',
};

function LabelTable({ labels }: { readonly labels: readonly Label[] }): JSX.Element {
  if (labels.length === 0) return <p className={styles.none}>Nobody has labelled this pair yet.</p>;
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Annotator</th>
          <th scope="col">Choice</th>
          <th scope="col">Strength</th>
          <th scope="col">Reasons</th>
          <th scope="col">Time</th>
          <th scope="col">When</th>
        </tr>
      </thead>
      <tbody>
        {labels.map((label) => (
          <tr key={label.id}>
            <td>
              {label.annotator}
              {label.repeats === undefined ? '' : ' (repeat)'}
            </td>
            <td>
              {choiceNames[label.choice]}
              {label.edit === undefined ? '' : ', edited'}
            </td>
            <td>{label.choice === 'a' || label.choice === 'b' ? label.strength : '–'}</td>
            <td>
              {label.tags.join(', ')}
              {label.rationale === undefined ? undefined : <p className={styles.note}>{label.rationale}</p>}
            </td>
            <td>{label.source === 'imported' ? 'imported' : shortDuration(label.elapsedMs)}</td>
            <td>
              <RelativeTime at={label.createdAt} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
