// All imports of the workspace, newest first.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useApi } from '../../lib/api.tsx';
import { problemOf } from '../../lib/problem.ts';
import { useGo } from '../../lib/route.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { ImportTable } from './import-table.tsx';

export interface ImportHistoryProps {
  readonly onRejects: (importId: string) => void;
  readonly onImport: () => void;
  readonly onClose: () => void;
}

export function ImportHistory({ onRejects, onImport, onClose }: ImportHistoryProps): ReactNode {
  const { query } = useApi();
  const go = useGo();
  const imports = useQuery(query.imports.list.queryOptions());
  if (imports.isError) {
    return (
      <ErrorState
        title="The imports cannot be listed."
        problem={problemOf(imports.error)}
        onRetry={() => void imports.refetch()}
      />
    );
  }
  if (imports.data === undefined) return <SkeletonRows rows={4} height={44} label="Imports are loading" />;
  if (imports.data.length === 0) {
    return (
      <EmptyState
        icon="import"
        title="Nothing was imported yet"
        actions={
          <Button look="main" icon="import" onClick={onImport}>
            Import files
          </Button>
        }
      >
        Every file that comes in is listed here with what was found in it.
      </EmptyState>
    );
  }
  const newestFirst = imports.data.toSorted((one, two) => two.startedAt - one.startedAt);
  return (
    <ImportTable
      summaries={newestFirst}
      onRejects={onRejects}
      onTraces={(importId) => {
        go({ view: 'traces', importId });
        onClose();
      }}
      showsTime
    />
  );
}
