// One of a few, all in sight.
import { RadioGroup } from 'radix-ui';
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';
import { Kbd } from './kbd.tsx';
import styles from './segmented.module.css';

export interface Segment<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Shown instead of the label, which is then read aloud. */
  readonly icon?: IconName;
  readonly keys?: string;
}

export interface SegmentedProps<Value extends string> {
  /** undefined: none is chosen yet. */
  readonly value: Value | undefined;
  readonly onChange: (value: Value) => void;
  readonly segments: readonly Segment<Value>[];
  /** Read aloud as the name of the group. */
  readonly label: string;
  readonly disabled?: boolean;
}

export function Segmented<Value extends string>({
  value,
  onChange,
  segments,
  label,
  disabled,
}: SegmentedProps<Value>): ReactNode {
  const pick = (next: string): void => {
    const segment = segments.find((known) => known.value === next);
    if (segment !== undefined) onChange(segment.value);
  };
  return (
    <RadioGroup.Root
      className={styles['group']}
      value={value ?? null}
      onValueChange={pick}
      aria-label={label}
      orientation="horizontal"
      {...(disabled === undefined ? {} : { disabled })}
    >
      {segments.map(({ value: own, label: name, icon, keys }) => (
        <RadioGroup.Item
          key={own}
          value={own}
          className={styles['segment']}
          {...(icon === undefined ? {} : { 'aria-label': name, title: name })}
        >
          {icon === undefined ? name : <Icon name={icon} />}
          {keys !== undefined && <Kbd keys={keys} />}
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}
