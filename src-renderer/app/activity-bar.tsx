// The narrow bar at the left: one button a screen.
import type { ReactNode } from 'react';
import { ariaKeys } from '../lib/keys.ts';
import { useGo, useRoute } from '../lib/route.tsx';
import { IconButton } from '../ui/icon-button.tsx';
import { Icon } from '../ui/icons.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { screens } from './screens.tsx';
import styles from './activity-bar.module.css';

export interface ActivityBarProps {
  readonly onShortcuts: () => void;
  readonly onPalette: () => void;
}

export function ActivityBar({ onShortcuts, onPalette }: ActivityBarProps): ReactNode {
  const { view } = useRoute();
  const go = useGo();
  return (
    <div className={styles['bar']}>
      <nav aria-label="Screens" className={styles['screens']}>
        {screens.map((screen) => (
          <Tooltip key={screen.view} text={screen.title} keys={screen.keys} side="right">
            <button
              type="button"
              className={styles['screen']}
              aria-label={screen.title}
              aria-current={screen.view === view ? 'page' : undefined}
              aria-keyshortcuts={ariaKeys(screen.keys)}
              onClick={() => go.view(screen.view)}
            >
              <Icon name={screen.icon} size={20} />
            </button>
          </Tooltip>
        ))}
      </nav>
      <IconButton icon="command" label="Commands" keys="Mod+K" side="right" onClick={onPalette} />
      <IconButton icon="keyboard" label="Shortcuts" keys="?" side="right" onClick={onShortcuts} />
    </div>
  );
}
