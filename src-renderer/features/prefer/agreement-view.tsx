// How far the labels can be relied on: own consistency, agreement of two, agreement of all, favoured sides.
import { useQuery } from '@tanstack/react-query';
import type { JSX, ReactNode } from 'react';
import type { AgreementReport } from '#contract/label';
import { useApi } from '../../lib/api.tsx';
import { shortDuration } from '../../lib/format.ts';
import { problemOf } from '../../lib/problem.ts';
import { Badge } from '../../ui/badge.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import type { IconName } from '../../ui/icons.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import styles from './agreement-view.module.css';
import {
  estimateText,
  readAlpha,
  readConsistency,
  readKappa,
  readLeftShare,
  type Reading,
  type Standing,
} from './agreement-words.ts';

export function AgreementView({ actions }: { readonly actions: ReactNode }): JSX.Element {
  const { query } = useApi();
  const report = useQuery(query.labels.agreement.queryOptions({}));
  if (report.error !== null) {
    return (
      <ErrorState
        title="Agreement could not be computed."
        problem={problemOf(report.error)}
        onRetry={() => void report.refetch()}
      />
    );
  }
  if (report.data === undefined) return <SkeletonRows rows={8} height={44} label="Agreement is being computed" />;
  if (report.data.annotators.every(({ labels }) => labels === 0)) {
    return (
      <EmptyState icon="prefer" title="No labels yet" actions={actions}>
        <p>
          Agreement says how far labels can be relied on. It needs labels: your own blind repeats for consistency, and
          pairs that two people labelled for agreement.
        </p>
      </EmptyState>
    );
  }
  return <Report report={report.data} />;
}

function Report({ report }: { readonly report: AgreementReport }): JSX.Element {
  const { alpha, annotators, pairs } = report;
  const alphaReading = readAlpha(alpha);
  return (
    <div className={styles.report}>
      <section className={styles.part} aria-labelledby="alpha-title">
        <h2 id="alpha-title" className={styles.title}>
          All together
        </h2>
        <div className={styles.headline}>
          <span className={styles.figure}>{alpha === undefined ? '–' : alpha.value.toFixed(2)}</span>
          <div>
            <p className={styles.name}>
              Krippendorff’s alpha <Standings reading={alphaReading} />
            </p>
            <p>{alphaReading.sentence}</p>
            {alpha?.low === undefined || alpha.high === undefined ? undefined : (
              <p className={styles.quiet}>
                With 95 % confidence between {alpha.low.toFixed(2)} and {alpha.high.toFixed(2)}, from{' '}
                {alpha.n.toLocaleString()} pairs that two or more labelled.
              </p>
            )}
          </div>
        </div>
        <p className={styles.explain}>
          1 means people always choose alike, 0 that they do so only as often as chance would have it. From 0.8 on
          labels count as reliable, from 0.667 on they carry tentative conclusions.
        </p>
      </section>

      <section className={styles.part} aria-labelledby="each-title">
        <h2 id="each-title" className={styles.title}>
          Each annotator
        </h2>
        <table className={styles.table}>
          <thead>
            <tr>
              <th scope="col">Annotator</th>
              <th scope="col" className={styles.number}>
                Labels
              </th>
              <th scope="col" className={styles.number}>
                Median time
              </th>
              <th scope="col">Own consistency</th>
              <th scope="col">Left or right</th>
            </tr>
          </thead>
          <tbody>
            {annotators.map(({ name, labels, medianMs, consistency, leftShare }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td className={styles.number}>{labels.toLocaleString()}</td>
                <td className={styles.number}>{medianMs === undefined ? '–' : shortDuration(medianMs)}</td>
                <td>
                  <Told
                    figure={consistency === undefined ? undefined : estimateText(consistency, true)}
                    reading={readConsistency(consistency)}
                  />
                </td>
                <td>
                  <Told
                    figure={leftShare === undefined ? undefined : `${estimateText(leftShare, true)} left`}
                    reading={readLeftShare(leftShare)}
                  />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className={styles.explain}>
          Sides are shuffled, so an unswayed annotator chooses left about half the time. Consistency counts the blind
          repeats answered as before; set their rate in the queue’s settings.
        </p>
      </section>

      <section className={styles.part} aria-labelledby="two-title">
        <h2 id="two-title" className={styles.title}>
          Two by two
        </h2>
        {pairs.length === 0 ? (
          <p className={styles.quiet}>
            No two annotators labelled the same pair yet. Switch the annotator and filter the queue to pairs the other
            has labelled.
          </p>
        ) : (
          <>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Annotators</th>
                  <th scope="col" className={styles.number}>
                    Shared pairs
                  </th>
                  <th scope="col" className={styles.number}>
                    Chose alike
                  </th>
                  <th scope="col">Cohen’s kappa</th>
                </tr>
              </thead>
              <tbody>
                {pairs.map(({ one, two, shared, agreement, kappa }) => (
                  <tr key={JSON.stringify([one, two])}>
                    <th scope="row">
                      {one} and {two}
                    </th>
                    <td className={styles.number}>{shared.toLocaleString()}</td>
                    <td className={styles.number}>{Math.round(agreement * 100)} %</td>
                    <td>
                      <Told figure={kappa === undefined ? undefined : estimateText(kappa)} reading={readKappa(kappa)} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
            <p className={styles.explain}>
              Kappa is agreement beyond what two people would reach by chance, given how often each uses each answer.
            </p>
          </>
        )}
      </section>
    </div>
  );
}

function Told({ figure, reading }: { readonly figure: string | undefined; readonly reading: Reading }): JSX.Element {
  return (
    <div className={styles.told}>
      {figure === undefined ? undefined : <span>{figure}</span>}
      <span className={styles.reading}>
        <Standings reading={reading} /> {reading.sentence}
      </span>
    </div>
  );
}

const standings: Readonly<
  Record<
    Standing,
    { readonly tone: 'ok' | 'info' | 'warn' | 'neutral'; readonly icon: IconName; readonly word: string }
  >
> = {
  good: { tone: 'ok', icon: 'ok', word: 'good' },
  fair: { tone: 'info', icon: 'info', word: 'fair' },
  poor: { tone: 'warn', icon: 'warn', word: 'look into it' },
  unknown: { tone: 'neutral', icon: 'help', word: 'not known' },
};

function Standings({ reading }: { readonly reading: Reading }): JSX.Element {
  const { tone, icon, word } = standings[reading.standing];
  return (
    <Badge tone={tone} icon={icon}>
      {word}
    </Badge>
  );
}
