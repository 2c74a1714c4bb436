// The import dialog: its pages and how one comes from one to the other.
import type { ReactNode } from 'react';
import { Dialog } from '../../ui/dialog.tsx';
import { ChooseFiles } from './choose-files.tsx';
import { ImportHistory } from './import-history.tsx';
import { ImportProgress } from './import-progress.tsx';
import { RejectsReport } from './rejects-report.tsx';

export type ImportPage =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'jobs'; readonly jobIds: readonly string[] }
  | { readonly kind: 'history' }
  | { readonly kind: 'rejects'; readonly importId: string; readonly back: ImportPage };

export interface ImportDialogProps {
  readonly page: ImportPage;
  readonly onPage: (page: ImportPage) => void;
  readonly onClose: () => void;
}

const titles: Readonly<Record<ImportPage['kind'], string>> = {
  files: 'Import agent logs',
  jobs: 'Import',
  history: 'What was imported',
  rejects: 'Set aside',
};

export function ImportDialog({ page, onPage, onClose }: ImportDialogProps): ReactNode {
  return (
    <Dialog open onOpenChange={(open) => (open ? undefined : onClose())} title={titles[page.kind]} width="wide">
      <Body page={page} onPage={onPage} onClose={onClose} />
    </Dialog>
  );
}

function Body({ page, onPage, onClose }: ImportDialogProps): ReactNode {
  const showRejects = (importId: string): void => onPage({ kind: 'rejects', importId, back: page });
  switch (page.kind) {
    case 'files':
      return (
        <ChooseFiles
          dropped={page.paths}
          onStarted={(jobIds) => onPage({ kind: 'jobs', jobIds })}
          onHistory={() => onPage({ kind: 'history' })}
          onClose={onClose}
        />
      );
    case 'jobs':
      return (
        <ImportProgress
          jobIds={page.jobIds}
          onRejects={showRejects}
          onMore={() => onPage({ kind: 'files', paths: [] })}
          onClose={onClose}
        />
      );
    case 'history':
      return (
        <ImportHistory
          onRejects={showRejects}
          onImport={() => onPage({ kind: 'files', paths: [] })}
          onClose={onClose}
        />
      );
    case 'rejects':
      return <RejectsReport importId={page.importId} onBack={() => onPage(page.back)} />;
  }
}
