// Who keeps the secrets, by name, and what can be done about that.
import type { JSX } from 'react';
import type { Guard } from '#contract/vault';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Menu } from '../../ui/menu.tsx';
import css from './guard-bar.module.css';
import { guardWords } from './words.ts';

export interface GuardBarProps {
  readonly guard: Guard;
  /** The system's keychain works now. */
  readonly isKeychainThere: boolean;
  readonly onLock: () => void;
  readonly onPassphrase: () => void;
  readonly onAutoLock: () => void;
  readonly onGuard: () => void;
}

export function GuardBar(props: GuardBarProps): JSX.Element {
  const { guard, isKeychainThere, onLock, onPassphrase, onAutoLock, onGuard } = props;
  const { icon, title, detail } = guardWords(guard, isKeychainThere);
  const isOpen = guard.kind === 'passphrase' && !guard.isLocked;
  return (
    <header className={css.bar}>
      <span className={css.icon}>
        <Icon name={icon} size={20} />
      </span>
      <div className={css.text} data-selectable="">
        <h1 className={css.title}>{title}</h1>
        <p className={css.detail}>{detail}</p>
      </div>
      {isOpen ? (
        <Button icon="lock" keys="L" onClick={onLock}>
          Lock now
        </Button>
      ) : undefined}
      {guard.kind === 'keychain' || isOpen ? (
        <Menu
          align="end"
          items={[
            ...(isOpen
              ? ([
                  { label: 'Change the passphrase…', icon: 'edit', onSelect: onPassphrase },
                  { label: 'When it locks itself…', icon: 'clock', onSelect: onAutoLock },
                ] as const)
              : []),
            { label: 'Choose another guard…', icon: 'shield', onSelect: onGuard },
          ]}
        >
          <IconButton icon="more" label="More" />
        </Menu>
      ) : undefined}
    </header>
  );
}
