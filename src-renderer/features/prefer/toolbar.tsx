// The line above a pair: what is done here, how far it is, how it is looked at.
import type { JSX, ReactNode } from 'react';
import type { QueueProgress } from '#contract/label';
import { counted, shortCount } from '../../lib/format.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { keys } from './prefer-keys.ts';
import styles from './toolbar.module.css';
import type { ViewSettings } from './view-settings.ts';

export type Mode = 'label' | 'agreement';

export function Toolbar({
  mode,
  onMode,
  middle,
  end,
}: {
  readonly mode: Mode | undefined;
  readonly onMode: (mode: Mode) => void;
  readonly middle?: ReactNode;
  readonly end?: ReactNode;
}): JSX.Element {
  return (
    <header className={styles.bar}>
      <Segmented
        label="What to do"
        value={mode}
        onChange={onMode}
        segments={[
          { value: 'label', label: 'Label' },
          { value: 'agreement', label: 'Agreement' },
        ]}
      />
      <div className={styles.middle}>{middle}</div>
      <div className={styles.end}>{end}</div>
    </header>
  );
}

/** `12 of 340`, today's count; exact on hover. */
export function ProgressLine({ progress }: { readonly progress: QueueProgress }): JSX.Element {
  const { total, labelled, skipped, today } = progress;
  const exact = `${counted(labelled, 'pair')} of ${total.toLocaleString()} labelled, ${skipped.toLocaleString()} skipped, ${counted(today, 'label')} today`;
  return (
    <span className={styles.progress} title={exact}>
      <span className={styles.track} aria-hidden>
        <span className={styles.done} style={{ width: `${String(total === 0 ? 0 : (labelled / total) * 100)}%` }} />
      </span>
      <span data-testid="queue-progress">
        {shortCount(labelled)} of {shortCount(total)}
      </span>
      <span className={styles.quiet}>{shortCount(today)} today</span>
    </span>
  );
}

/** How the sides are looked at; the same for labelling and for a pair looked up. */
export function LookButtons({
  settings,
  stacked,
  onSettings,
  onJump,
}: {
  readonly settings: ViewSettings;
  readonly stacked: boolean;
  readonly onSettings: (change: Partial<ViewSettings>) => void;
  readonly onJump: () => void;
}): JSX.Element {
  return (
    <>
      <IconButton
        icon="diff"
        label="Mark the words that differ"
        keys={keys.diff}
        pressed={settings.diff}
        onClick={() => onSettings({ diff: !settings.diff })}
      />
      <IconButton icon="jump" label="Jump to the first divergence" keys={keys.jump} onClick={onJump} />
      <IconButton
        icon="link"
        label="Scroll both sides together"
        keys={keys.sync}
        pressed={settings.sync}
        onClick={() => onSettings({ sync: !settings.sync })}
      />
      <IconButton
        icon={stacked ? 'columns' : 'rows'}
        label={stacked ? 'Sides side by side' : 'Sides one above the other'}
        keys={keys.stack}
        onClick={() => onSettings({ stacked: !stacked })}
      />
    </>
  );
}
