// Where a side comes from: source, model, scores. Shown only once it cannot sway the choice.
import type { SideOrigin } from '#contract/pair';
import { formatNames } from '#contract/trace';
import type { JSX } from 'react';
import { Badge } from '../../ui/badge.tsx';
import styles from './origin-line.module.css';

export function OriginLine({ origin }: { readonly origin: SideOrigin }): JSX.Element {
  const { model, source, traceName, scores } = origin;
  const words = [model, source === undefined ? undefined : formatNames[source], traceName].filter(
    (word) => word !== undefined,
  );
  return (
    <span className={styles.line}>
      {scores.map((score) => (
        <Badge
          key={score.name}
          title={`${score.name} = ${String(score.value)}${score.comment === undefined ? '' : `: ${score.comment}`}`}
        >
          {score.name} {Number.isInteger(score.value) ? score.value : score.value.toFixed(2)}
        </Badge>
      ))}
      <span className={styles.words} title={words.join(' · ')}>
        {words.length === 0 && scores.length === 0 ? 'No origin recorded' : words.join(' · ')}
      </span>
    </span>
  );
}
