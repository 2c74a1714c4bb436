// Frozen versions: what stood when, by hash, each ready to be exported.
import type { JSX } from 'react';
import type { DatasetVersion, Recipe } from '#contract/dataset';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { RelativeTime } from '../../ui/relative-time.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { sameRecipe } from './recipe-edit.ts';
import styles from './versions.module.css';
import { shortHash } from './words.ts';

export interface VersionsProps {
  readonly versions: readonly DatasetVersion[];
  readonly recipe: Recipe;
  readonly onExport: (version: DatasetVersion) => void;
}

export function Versions({ versions, recipe, onExport }: VersionsProps): JSX.Element {
  const newestFirst = versions.toSorted((one, two) => two.number - one.number);
  if (newestFirst.length === 0) {
    return (
      <p className={styles.none}>
        None yet. Freezing fixes what the recipe comes to today under a hash of its content, so that a training run can
        name exactly what it learned from. Only a frozen version can be exported.
      </p>
    );
  }
  return (
    <table className={styles.table}>
      <thead>
        <tr>
          <th scope="col">Version</th>
          <th scope="col">Content hash</th>
          <th scope="col" className={styles.number}>
            Choices
          </th>
          <th scope="col">Frozen</th>
          <th scope="col">
            <span className={styles.hidden}>Actions</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {newestFirst.map((version) => (
          <tr key={version.hash}>
            <th scope="row">
              {version.number}{' '}
              {sameRecipe(version.recipe, recipe) ? undefined : (
                <Badge title="The recipe has been changed since this version was frozen">older recipe</Badge>
              )}
            </th>
            <td>
              <span className={styles.hash}>
                <code title={version.hash}>{shortHash(version.hash)}</code>
                <CopyButton label="Copy" text={() => version.hash} />
              </span>
            </td>
            <td className={styles.number}>{version.choices.toLocaleString()}</td>
            <td>
              <RelativeTime at={version.createdAt} />
            </td>
            <td className={styles.actions}>
              <Button icon="export" onClick={() => onExport(version)}>
                Export…
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
