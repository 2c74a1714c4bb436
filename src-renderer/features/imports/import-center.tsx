// Bringing files in: dropped on the window or picked, looked at, read as a job, and what came of it.
import { useState, type ReactNode } from 'react';
import { useAction } from '../../lib/actions.tsx';
import { DropTarget } from './drop-target.tsx';
import { ImportDialog, type ImportPage } from './import-dialog.tsx';

export function ImportCenter(): ReactNode {
  const [page, setPage] = useState<ImportPage>();
  const section = 'Import';
  useAction({
    id: 'imports.open',
    title: 'Import agent logs…',
    section,
    keys: 'I',
    run: () => setPage({ kind: 'files', paths: [] }),
  });
  useAction({
    id: 'imports.history',
    title: 'Show what was imported',
    section,
    run: () => setPage({ kind: 'history' }),
  });
  return (
    <>
      <DropTarget onFiles={(paths) => setPage({ kind: 'files', paths })} />
      {page === undefined ? undefined : (
        <ImportDialog page={page} onPage={setPage} onClose={() => setPage(undefined)} />
      )}
    </>
  );
}
