// One dataset: its name, its recipe with what it comes to, and its frozen versions.
import { useQueryClient } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { Dataset, DatasetVersion } from '#contract/dataset';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import styles from './dataset-main.module.css';
import { ExportDialog } from './export-dialog.tsx';
import { Preview } from './preview.tsx';
import { RecipeFields } from './recipe-fields.tsx';
import { useDatasetEdits } from './use-dataset-edits.ts';
import { Versions } from './versions.tsx';
import { shortHash } from './words.ts';

export interface DatasetMainProps {
  readonly dataset: Dataset;
  /** Just made: its name is ready to be typed over. */
  readonly isNew: boolean;
  readonly onRemove: () => void;
}

export function DatasetMain({ dataset, isNew, onRemove }: DatasetMainProps): JSX.Element {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const edits = useDatasetEdits(dataset);
  const [exporting, setExporting] = useState<DatasetVersion>();
  const [freezing, setFreezing] = useState(false);
  const { name, recipe, problem } = edits;
  const newest = dataset.versions.toSorted((one, two) => two.number - one.number)[0];

  const freeze = async (): Promise<void> => {
    setFreezing(true);
    try {
      await edits.flush();
      const version = await client.datasets.freeze({ id: dataset.id });
      await queries.invalidateQueries({ queryKey: query.datasets.list.key() });
      toast({
        text: version.unchanged
          ? `Nothing changed since version ${String(version.number)}: recipe and labels come to the same.`
          : `Version ${String(version.number)} frozen as ${shortHash(version.hash)}.`,
      });
    } catch (error) {
      toast({ text: 'Nothing was frozen.', problem: problemOf(error) });
    } finally {
      setFreezing(false);
    }
  };
  const section = 'Datasets';
  useAction({ id: 'datasets.freeze', title: 'Freeze a version', section, keys: 'F', run: () => void freeze() });
  useAction({
    id: 'datasets.export',
    title: 'Export the newest version…',
    section,
    keys: 'E',
    enabled: newest !== undefined,
    run: () => setExporting(newest),
  });
  useAction({ id: 'datasets.remove', title: 'Remove this dataset', section, keys: 'Delete', run: onRemove });
  return (
    <div className={styles.main}>
      <header className={styles.head}>
        <input
          className={styles.name}
          aria-label="Name of the dataset"
          value={name}
          maxLength={120}
          spellCheck={false}
          aria-invalid={name.trim() === ''}
          // A new dataset is named first.
          // oxlint-disable-next-line jsx-a11y/no-autofocus
          autoFocus={isNew}
          onFocus={(event) => (isNew ? event.target.select() : undefined)}
          onChange={(event) => edits.setName(event.target.value)}
          onKeyDown={(event) => (event.key === 'Enter' ? event.currentTarget.blur() : undefined)}
          onBlur={() => (name.trim() === '' ? edits.setName(dataset.name) : undefined)}
        />
        <Button icon="snowflake" keys="F" busy={freezing} onClick={() => void freeze()}>
          Freeze
        </Button>
        <Button
          look="main"
          icon="export"
          keys="E"
          disabled={newest === undefined}
          title={newest === undefined ? 'Freeze a version first' : `Export version ${String(newest.number)}`}
          onClick={() => setExporting(newest)}
        >
          Export…
        </Button>
        <Menu
          align="end"
          items={[{ label: 'Remove this dataset', icon: 'trash', keys: 'Delete', danger: true, onSelect: onRemove }]}
        >
          <IconButton icon="more" label="More" />
        </Menu>
      </header>
      <div className={styles.body}>
        {problem === undefined ? undefined : (
          <p className={styles.problem} role="alert">
            Not saved: {problem.sentence} {problem.hint}
            <Button icon="refresh" onClick={() => void edits.flush().catch(() => undefined)}>
              Try again
            </Button>
          </p>
        )}
        <section className={styles.part} aria-labelledby="recipe-title">
          <h2 id="recipe-title" className={styles.title}>
            Recipe
          </h2>
          <Preview recipe={recipe} />
          <RecipeFields recipe={recipe} onChange={edits.setRecipe} />
        </section>
        <section className={styles.part} aria-labelledby="versions-title">
          <h2 id="versions-title" className={styles.title}>
            Versions
          </h2>
          <Versions versions={dataset.versions} recipe={recipe} onExport={setExporting} />
        </section>
      </div>
      {exporting === undefined ? undefined : (
        <ExportDialog name={name} version={exporting} onClose={() => setExporting(undefined)} />
      )}
    </div>
  );
}
