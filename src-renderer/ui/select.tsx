// One of several, from a list that opens.
import { Select as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon } from './icons.tsx';
import { classes } from './classes.ts';
import styles from './select.module.css';

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A second, quieter line. */
  readonly detail?: string;
}

export interface SelectProps<Value extends string> {
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  readonly options: readonly Option<Value>[];
  /** Read aloud; give `id` instead where a Field stands around it. */
  readonly label?: string;
  readonly id?: string;
  readonly placeholder?: string;
  readonly disabled?: boolean;
  readonly quiet?: boolean;
}

export function Select<Value extends string>(props: SelectProps<Value>): ReactNode {
  const { value, onChange, options, label, id, placeholder, disabled, quiet } = props;
  const pick = (next: string): void => {
    const option = options.find((known) => known.value === next);
    if (option !== undefined) onChange(option.value);
  };
  return (
    <Radix.Root value={value ?? ''} onValueChange={pick} {...(disabled === undefined ? {} : { disabled })}>
      <Radix.Trigger
        id={id}
        aria-label={label}
        className={classes(styles['trigger'], quiet === true && styles['quiet'])}
      >
        <span className={styles['value']}>
          <Radix.Value placeholder={placeholder} />
        </span>
        <Icon name="chevronDown" size={12} />
      </Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={styles['list']} position="popper" sideOffset={4} collisionPadding={8} data-overlay="">
          <Radix.Viewport>
            {options.map((option) => (
              <Radix.Item key={option.value} value={option.value} className={styles['option']}>
                <Radix.ItemIndicator className={styles['tick']}>
                  <Icon name="check" size={14} />
                </Radix.ItemIndicator>
                <Radix.ItemText>{option.label}</Radix.ItemText>
                {option.detail !== undefined && <span className={styles['detail']}>{option.detail}</span>}
              </Radix.Item>
            ))}
          </Radix.Viewport>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
