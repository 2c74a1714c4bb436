// Which workspace is open: the recent ones, another folder, the sample.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { RecentWorkspace, WorkspaceInfo } from '#contract/workspace';
import { useApi } from '../lib/api.tsx';
import { problemOf } from '../lib/problem.ts';
import { useToast } from '../lib/toasts.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { RelativeTime } from '../ui/relative-time.tsx';
import { SkeletonRows } from '../ui/skeleton.tsx';
import styles from './workspace-dialog.module.css';

export interface WorkspaceDialogProps {
  readonly open: boolean;
  readonly onClose: () => void;
  /** Path of the open one. */
  readonly current: string | undefined;
}

export function WorkspaceDialog({ open, onClose, current }: WorkspaceDialogProps): ReactNode {
  const { client } = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  // One mutation for the three ways in: all end in another open workspace, or in none when the person thought better.
  const opening = useMutation({
    mutationFn: (way: () => Promise<WorkspaceInfo | undefined>) => way(),
    onSuccess: async (info) => {
      if (info === undefined) return;
      onClose();
      await queries.invalidateQueries();
    },
    onError: (error) => toast({ text: 'The workspace was not opened.', problem: problemOf(error) }),
  });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Open a workspace"
      description="A workspace is a folder of yours. Atelier keeps its database in .atelier inside it."
      footer={
        <>
          <Button
            icon="star"
            disabled={opening.isPending}
            onClick={() => opening.mutate(() => client.workspace.openSample())}
          >
            Sample workspace
          </Button>
          <Button
            look="main"
            icon="folder"
            busy={opening.isPending}
            onClick={() => opening.mutate(() => client.workspace.pick())}
          >
            Choose a folder…
          </Button>
        </>
      }
    >
      <RecentList
        current={current}
        busy={opening.isPending}
        onOpen={(path) => opening.mutate(() => client.workspace.open({ path }))}
      />
    </Dialog>
  );
}

interface RecentListProps {
  readonly current: string | undefined;
  readonly busy: boolean;
  readonly onOpen: (path: string) => void;
}

function RecentList({ current, busy, onOpen }: RecentListProps): ReactNode {
  const { client, query } = useApi();
  const queries = useQueryClient();
  const toast = useToast();
  const recent = useQuery(query.workspace.recent.queryOptions({ refetchOnMount: 'always' }));
  const forget = useMutation({
    mutationFn: (path: string) => client.workspace.forget({ path }),
    onSuccess: (left) => queries.setQueryData(query.workspace.recent.queryKey(), left),
    onError: (error) => toast({ text: 'It is still in the list.', problem: problemOf(error) }),
  });
  if (recent.error !== null) {
    const retry = (): void => void recent.refetch();
    return (
      <ErrorState title="The recent workspaces could not be read." problem={problemOf(recent.error)} onRetry={retry} />
    );
  }
  if (recent.data === undefined) return <SkeletonRows rows={3} height={44} label="Recent workspaces are loading" />;
  if (recent.data.length === 0)
    return <p className={styles['none']}>No workspace was opened before. Choose a folder to begin.</p>;
  return (
    <ul className={styles['list']} aria-label="Recent workspaces">
      {recent.data.map((workspace) => (
        <li key={workspace.path} className={styles['line']}>
          <button
            type="button"
            className={styles['workspace']}
            disabled={busy || !workspace.exists || workspace.path === current}
            onClick={() => onOpen(workspace.path)}
          >
            <Icon name="folder" />
            <Named workspace={workspace} isCurrent={workspace.path === current} />
          </button>
          <IconButton
            icon="close"
            label={`Take ${workspace.name} off this list`}
            small
            disabled={workspace.path === current}
            onClick={() => forget.mutate(workspace.path)}
          />
        </li>
      ))}
    </ul>
  );
}

function Named({
  workspace,
  isCurrent,
}: {
  readonly workspace: RecentWorkspace;
  readonly isCurrent: boolean;
}): ReactNode {
  return (
    <>
      <span className={styles['names']}>
        <span className={styles['name']}>{workspace.name}</span>
        <span className={styles['path']} title={workspace.path}>
          {workspace.path}
        </span>
      </span>
      {isCurrent && (
        <Badge tone="accent" icon="check">
          open
        </Badge>
      )}
      {!workspace.exists && (
        <Badge tone="warn" icon="warn">
          folder is gone
        </Badge>
      )}
      {!isCurrent && (
        <span className={styles['when']}>
          <RelativeTime at={workspace.openedAt} />
        </span>
      )}
    </>
  );
}
