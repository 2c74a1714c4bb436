// The Datasets screen: the datasets by name, and the one that is open.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { Dataset } from '#contract/dataset';
import { useAction } from '../../lib/actions.tsx';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useGo, useRoute } from '../../lib/route.tsx';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Frame } from '../../ui/frame.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { DatasetList } from './dataset-list.tsx';
import { DatasetMain } from './dataset-main.tsx';
import { firstRecipe, freeName } from './words.ts';

export function DatasetsScreen(): JSX.Element {
  const route = useRoute();
  const go = useGo();
  const toast = useToast();
  const { client, query } = useApi();
  const queries = useQueryClient();
  const list = useQuery(query.datasets.list.queryOptions({}));
  const labels = useQuery(query.workspace.current.queryOptions({})).data?.labels;
  const [made, setMade] = useState<string>();
  const wanted = route.view === 'datasets' ? route.datasetId : undefined;
  const datasets = list.data ?? [];
  const open = datasets.find(({ id }) => id === wanted) ?? datasets[0];
  const { queryKey } = query.datasets.list.queryOptions({});

  const show = (id: string): void => go({ view: 'datasets', datasetId: id }, { replace: wanted !== undefined });
  const create = async (): Promise<void> => {
    try {
      const name = freeName(datasets.map((dataset) => dataset.name));
      const dataset = await client.datasets.create({ name, recipe: firstRecipe });
      queries.setQueryData(queryKey, (known) => [...(known ?? []).filter(({ id }) => id !== dataset.id), dataset]);
      setMade(dataset.id);
      show(dataset.id);
    } catch (error) {
      toast({ text: 'No dataset was made.', problem: problemOf(error) });
    }
  };
  const restore = async ({ id, name }: Dataset): Promise<void> => {
    try {
      await client.datasets.restore({ id });
      await queries.invalidateQueries({ queryKey });
      show(id);
    } catch (error) {
      toast({ text: `${name} could not be brought back.`, problem: problemOf(error) });
    }
  };
  const remove = async (dataset: Dataset): Promise<void> => {
    try {
      await client.datasets.remove({ id: dataset.id });
      queries.setQueryData(queryKey, (known) => known?.filter(({ id }) => id !== dataset.id));
      toast({ text: `${dataset.name} removed, with its versions.`, undo: () => void restore(dataset) });
    } catch (error) {
      toast({ text: `${dataset.name} could not be removed.`, problem: problemOf(error) });
    }
  };
  useAction({ id: 'datasets.new', title: 'New dataset', section: 'Datasets', keys: 'C', run: () => void create() });

  if (list.error !== null) {
    return (
      <ErrorState
        title="The datasets could not be listed."
        problem={problemOf(list.error)}
        onRetry={() => void list.refetch()}
      />
    );
  }
  if (list.data === undefined) return <SkeletonRows rows={6} height={48} label="The datasets are loading" />;
  if (open === undefined) {
    return (
      <EmptyState
        icon="datasets"
        title="No datasets yet"
        actions={
          <>
            <Button look={labels === 0 ? 'plain' : 'main'} icon="plus" keys="C" onClick={() => void create()}>
              New dataset
            </Button>
            {labels === 0 ? (
              <Button look="main" icon="prefer" onClick={() => go.view('prefer')}>
                Label pairs first
              </Button>
            ) : undefined}
          </>
        }
      >
        <p>
          A dataset is a recipe over your labels: which pairs, whose judgement, how strong. Freeze a version of it and
          export that for a trainer.
        </p>
      </EmptyState>
    );
  }
  return (
    <Frame
      id="datasets"
      list={<DatasetList datasets={datasets} active={open.id} onOpen={show} onNew={() => void create()} />}
      listLabel="Datasets"
      mainLabel={open.name}
      main={<DatasetMain key={open.id} dataset={open} isNew={open.id === made} onRemove={() => void remove(open)} />}
      selection={open.id}
    />
  );
}
