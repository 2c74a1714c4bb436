// The datasets of the workspace, by name.
import { useState, type JSX } from 'react';
import type { Dataset } from '#contract/dataset';
import { counted } from '../../lib/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import styles from './dataset-list.module.css';

export interface DatasetListProps {
  readonly datasets: readonly Dataset[];
  readonly active: string | undefined;
  readonly onOpen: (id: string) => void;
  readonly onNew: () => void;
}

export function DatasetList({ datasets, active, onOpen, onNew }: DatasetListProps): JSX.Element {
  const [index, setIndex] = useState<number>();
  const found = datasets.findIndex(({ id }) => id === active);
  const drawRow = (row: number): JSX.Element | undefined => {
    const dataset = datasets[row];
    return dataset === undefined ? undefined : <Row dataset={dataset} />;
  };
  return (
    <div className={styles.pane}>
      <header className={styles.head}>
        <h2 className={styles.title}>Datasets</h2>
        <IconButton icon="plus" label="New dataset" keys="C" onClick={onNew} />
      </header>
      <div className={styles.list}>
        <VirtualList
          label="Datasets"
          count={datasets.length}
          rowHeight={48}
          active={found === -1 ? index : found}
          keyOf={(row) => datasets[row]?.id ?? row}
          onActive={(row) => {
            setIndex(row);
            const dataset = datasets[row];
            if (dataset !== undefined) onOpen(dataset.id);
          }}
          row={drawRow}
        />
      </div>
    </div>
  );
}

function Row({ dataset }: { readonly dataset: Dataset }): JSX.Element {
  const newest = dataset.versions.toSorted((one, two) => two.number - one.number)[0];
  return (
    <div className={styles.row}>
      <span className={styles.name}>{dataset.name}</span>
      <span className={styles.about}>
        {newest === undefined
          ? 'No version yet'
          : `Version ${String(newest.number)} · ${counted(newest.choices, 'choice')}`}
      </span>
    </div>
  );
}
