// What the recipe comes to now: rows it would freeze and why labelled pairs make none.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { Recipe } from '#contract/dataset';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useSettled } from '../../lib/use-settled.ts';
import { Button } from '../../ui/button.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import styles from './preview.module.css';

const pauseMs = 200;

export function Preview({ recipe }: { readonly recipe: Recipe }): JSX.Element {
  const { query } = useApi();
  const settled = useSettled(recipe, pauseMs);
  const preview = useQuery({
    ...query.datasets.preview.queryOptions({ input: settled }),
    placeholderData: keepPreviousData,
  });
  if (preview.error !== null) {
    const problem = problemOf(preview.error);
    return (
      <div className={styles.preview} role="alert">
        <p>
          The preview could not be made: {problem.sentence} {problem.hint}
        </p>
        <Button icon="refresh" onClick={() => void preview.refetch()}>
          Try again
        </Button>
      </div>
    );
  }
  const { data } = preview;
  const stale = preview.isPlaceholderData || settled !== recipe;
  return (
    <div className={styles.preview} aria-busy={stale} role="status" aria-label="What the recipe comes to">
      <div className={styles.figures}>
        <Figure name="preferences" value={data === undefined ? undefined : data.choices - data.ties - data.bad} main />
        <Figure name="ties" value={data?.ties} />
        <Figure name="both bad" value={data?.bad} />
      </div>
      {data === undefined || data.leftOut.length === 0 ? undefined : (
        <div className={styles.left}>
          <h3 className={styles.name}>Left out</h3>
          <dl>
            {data.leftOut.map(({ why, count }) => (
              <div key={why}>
                <dd>{count.toLocaleString()}</dd>
                <dt>{why}</dt>
              </div>
            ))}
          </dl>
        </div>
      )}
    </div>
  );
}

function Figure({
  name,
  value,
  main = false,
}: {
  readonly name: string;
  readonly value: number | undefined;
  readonly main?: boolean;
}): JSX.Element {
  return (
    <div className={main ? styles.mainFigure : styles.figure}>
      <span className={styles.number}>
        {value === undefined ? <Skeleton width={40} height={20} /> : value.toLocaleString()}
      </span>{' '}
      <span className={styles.name}>{name}</span>
    </div>
  );
}
