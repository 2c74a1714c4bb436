// What this machine offers, what is missing and what that costs.
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { DoctorLine } from '#contract/workspace';
import { useApi } from '../lib/api.tsx';
import { problemOf } from '../lib/problem.ts';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import styles from './machine-dialog.module.css';

const icons: Readonly<Record<DoctorLine['state'], IconName>> = { ok: 'ok', warn: 'warn', missing: 'error' };
const names: Readonly<Record<DoctorLine['state'], string>> = { ok: 'Good', warn: 'Look at this', missing: 'Missing' };

export function MachineDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode {
  return (
    <Dialog open={open} onOpenChange={(next) => !next && onClose()} title="This machine">
      <Lines />
    </Dialog>
  );
}

function Lines(): ReactNode {
  const { query } = useApi();
  const doctor = useQuery(query.workspace.doctor.queryOptions({ refetchOnMount: 'always' }));
  if (doctor.error !== null) {
    const retry = (): void => void doctor.refetch();
    return <ErrorState title="The machine could not be checked." problem={problemOf(doctor.error)} onRetry={retry} />;
  }
  if (doctor.data === undefined) return <SkeletonRows rows={6} height={32} label="Checking" />;
  return (
    <ul className={styles['lines']}>
      {doctor.data.map((line) => (
        <li key={line.name} className={styles['line']} data-state={line.state}>
          <span className={styles['state']}>
            <Icon name={icons[line.state]} label={names[line.state]} />
          </span>
          <div className={styles['text']} data-selectable="">
            <span className={styles['name']}>{line.name}</span>
            <p>{line.detail}</p>
            {line.fix !== undefined && <p className={styles['fix']}>{line.fix}</p>}
          </div>
        </li>
      ))}
    </ul>
  );
}
