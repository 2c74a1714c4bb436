// Views of one thing, one in sight.
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import styles from './tabs.module.css';

export interface Tab<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** A figure beside the label. */
  readonly count?: number;
  readonly content: ReactNode;
}

export interface TabsProps<Value extends string> {
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly tabs: readonly Tab<Value>[];
  /** Read aloud as the name of the row. */
  readonly label: string;
  /** Stands at the row's end. */
  readonly end?: ReactNode;
}

export function Tabs<Value extends string>({ value, onChange, tabs, label, end }: TabsProps<Value>): ReactNode {
  const pick = (next: string): void => {
    const tab = tabs.find((known) => known.value === next);
    if (tab !== undefined) onChange(tab.value);
  };
  return (
    <Radix.Root className={styles['tabs']} value={value} onValueChange={pick}>
      <div className={styles['row']}>
        <Radix.List className={styles['list']} aria-label={label}>
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.value} value={tab.value} className={styles['tab']}>
              {tab.label}
              {tab.count !== undefined && <span className={styles['count']}>{tab.count.toLocaleString()}</span>}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {end}
      </div>
      {tabs.map((tab) => (
        <Radix.Content key={tab.value} value={tab.value} className={styles['content']}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  );
}
