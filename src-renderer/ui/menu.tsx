// A list of commands that opens from a button.
import { DropdownMenu as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';
import { Icon, type IconName } from './icons.tsx';
import { Kbd } from './kbd.tsx';
import styles from './menu.module.css';

export type MenuItem =
  | {
      readonly kind?: 'command';
      readonly label: string;
      readonly icon?: IconName;
      readonly keys?: string;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      readonly onSelect: () => void;
    }
  | {
      readonly kind: 'tick';
      readonly label: string;
      readonly checked: boolean;
      readonly onChange: (checked: boolean) => void;
    }
  | { readonly kind: 'heading'; readonly label: string }
  | { readonly kind: 'line' };

export interface MenuProps {
  /** The button that opens it: one element that takes a ref. */
  readonly children: ReactNode;
  readonly items: readonly MenuItem[];
  readonly align?: 'start' | 'end';
  readonly side?: 'top' | 'bottom' | 'right';
}

export function Menu({ children, items, align = 'start', side = 'bottom' }: MenuProps): ReactNode {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          className={styles['menu']}
          align={align}
          side={side}
          sideOffset={4}
          collisionPadding={8}
          data-overlay=""
        >
          {items.map((item, index) => (
            <Entry key={item.kind === 'line' ? `line ${index}` : item.label} item={item} />
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Entry({ item }: { readonly item: MenuItem }): ReactNode {
  switch (item.kind) {
    case 'line':
      return <Radix.Separator className={styles['line']} />;
    case 'heading':
      return <Radix.Label className={styles['heading']}>{item.label}</Radix.Label>;
    case 'tick':
      return (
        <Radix.CheckboxItem
          className={styles['item']}
          checked={item.checked}
          onCheckedChange={(checked) => item.onChange(checked)}
          onSelect={(event) => event.preventDefault()}
        >
          <span className={styles['icon']}>{item.checked && <Icon name="check" />}</span>
          {item.label}
        </Radix.CheckboxItem>
      );
    default:
      return (
        <Radix.Item
          className={classes(styles['item'], item.danger === true && styles['danger'])}
          disabled={item.disabled === true}
          onSelect={item.onSelect}
        >
          <span className={styles['icon']}>{item.icon !== undefined && <Icon name={item.icon} />}</span>
          {item.label}
          {item.keys !== undefined && (
            <span className={styles['keys']}>
              <Kbd keys={item.keys} />
            </span>
          )}
        </Radix.Item>
      );
  }
}
