// A box to tick, with its label.
import { Checkbox as Radix } from 'radix-ui';
import { useId, type ReactNode } from 'react';
import { Icon } from './icons.tsx';
import styles from './checkbox.module.css';

export interface CheckboxProps {
  readonly checked: boolean | 'indeterminate';
  readonly onChange: (checked: boolean) => void;
  readonly children: ReactNode;
  readonly disabled?: boolean;
}

export function Checkbox({ checked, onChange, children, disabled }: CheckboxProps): ReactNode {
  const id = useId();
  return (
    <span className={styles['line']}>
      <Radix.Root
        id={id}
        className={styles['box']}
        checked={checked}
        onCheckedChange={(next) => onChange(next === true)}
        {...(disabled === undefined ? {} : { disabled })}
      >
        <Radix.Indicator>
          <Icon name={checked === 'indeterminate' ? 'minus' : 'check'} size={12} />
        </Radix.Indicator>
      </Radix.Root>
      <label htmlFor={id}>{children}</label>
    </span>
  );
}
