// A key as it is printed.
import type { ReactNode } from 'react';
import { keyLabel } from '../lib/keys.ts';
import styles from './kbd.module.css';

export function Kbd({ keys }: { readonly keys: string }): ReactNode {
  return <kbd className={styles['kbd']}>{keyLabel(keys)}</kbd>;
}
