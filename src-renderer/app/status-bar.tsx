// The bar at the bottom: the workspace, what is in it, whether it is offline, what runs in the background, the theme.
import type { ReactNode } from 'react';
import type { WorkspaceInfo } from '#contract/workspace';
import { OfflineSwitch } from '../features/egress/offline-switch.tsx';
import { counted, shortCount } from '../lib/format.ts';
import { themes, useTheme, type Theme } from '../lib/theme.tsx';
import { Icon, type IconName } from '../ui/icons.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { JobIndicator } from './job-indicator.tsx';
import styles from './status-bar.module.css';

const themeIcons: Readonly<Record<Theme, IconName>> = { system: 'system', light: 'sun', dark: 'moon' };
const themeNames: Readonly<Record<Theme, string>> = { system: 'as the system', light: 'light', dark: 'dark' };

export interface StatusBarProps {
  readonly workspace: WorkspaceInfo | undefined;
  readonly onWorkspaces: () => void;
}

export function StatusBar({ workspace, onWorkspaces }: StatusBarProps): ReactNode {
  const { theme, setTheme } = useTheme();
  const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'system';
  return (
    <footer className={styles['bar']}>
      <Tooltip text={workspace?.path ?? 'Open a workspace'} keys="Mod+O" side="top">
        <button type="button" className={styles['item']} onClick={onWorkspaces} data-testid="workspace">
          <Icon name="folder" size={14} />
          <span className={styles['name']}>{workspace?.name ?? 'No workspace'}</span>
          {workspace?.isSample === true && <span className={styles['quiet']}>sample</span>}
        </button>
      </Tooltip>
      {workspace !== undefined && <Counts workspace={workspace} />}
      <span className={styles['gap']} />
      {workspace !== undefined && <OfflineSwitch key={workspace.path} />}
      <JobIndicator />
      <Tooltip text={`Theme: ${themeNames[theme]}. Change to ${themeNames[next]}.`} keys="Mod+Shift+L" side="top">
        <button
          type="button"
          className={styles['item']}
          aria-label={`Theme: ${themeNames[theme]}`}
          onClick={() => setTheme(next)}
        >
          <Icon name={themeIcons[theme]} size={14} />
        </button>
      </Tooltip>
    </footer>
  );
}

function Counts({ workspace }: { readonly workspace: WorkspaceInfo }): ReactNode {
  const counts = [
    { count: workspace.traces, one: 'trace' },
    { count: workspace.pairs, one: 'pair' },
    { count: workspace.labels, one: 'label' },
    { count: workspace.datasets, one: 'dataset' },
  ];
  return (
    <ul className={styles['counts']} aria-label="In this workspace">
      {counts.map(({ count, one }) => (
        <li key={one} title={counted(count, one)}>
          {shortCount(count)} {count === 1 ? one : `${one}s`}
        </li>
      ))}
    </ul>
  );
}
