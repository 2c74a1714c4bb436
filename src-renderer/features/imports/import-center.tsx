// Bringing files in.
import type { ReactNode } from 'react';

export function ImportCenter(): ReactNode {
  return undefined;
}
