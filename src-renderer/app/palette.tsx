// The command palette: every action by its name.
import { Command } from 'cmdk';
import { Dialog } from 'radix-ui';
import type { ReactNode } from 'react';
import { chordsOf, useActions, type Action } from '../lib/actions.tsx';
import { useFocusReturn } from '../ui/focus-return.ts';
import { Icon } from '../ui/icons.tsx';
import { Kbd } from '../ui/kbd.tsx';
import { bySection } from './sections.ts';
import styles from './palette.module.css';

export function Palette({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode {
  const focus = useFocusReturn();
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className={styles['scrim']} />
        <Dialog.Content
          className={styles['palette']}
          aria-describedby={undefined}
          data-overlay=""
          onOpenAutoFocus={focus.remember}
          onCloseAutoFocus={focus.giveBack}
        >
          <Dialog.Title className={styles['title']}>Commands</Dialog.Title>
          <Commands onClose={onClose} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Commands({ onClose }: { readonly onClose: () => void }): ReactNode {
  const actions = useActions().filter((action) => action.enabled !== false && action.hidden !== true);
  const sections = bySection(actions);
  const choose = (action: Action): void => {
    onClose();
    // After the palette has gone and the focus is back where it was.
    setTimeout(() => action.run());
  };
  return (
    <Command label="Commands" loop>
      <div className={styles['search']}>
        <Icon name="search" />
        <Command.Input className={styles['input']} placeholder="What do you want to do?" />
      </div>
      <Command.List className={styles['list']}>
        <Command.Empty className={styles['empty']}>No command of that name.</Command.Empty>
        {sections.map(([section, members]) => (
          <Command.Group key={section} heading={section} className={styles['group']}>
            {members.map((action) => (
              <Command.Item
                key={action.id}
                value={action.id}
                keywords={[action.title, section]}
                className={styles['item']}
                onSelect={() => choose(action)}
              >
                <span className={styles['name']}>{action.title}</span>
                {chordsOf(action)
                  .slice(0, 1)
                  .map((keys) => (
                    <Kbd key={keys} keys={keys} />
                  ))}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}
