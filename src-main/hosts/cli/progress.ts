// Progress on stderr: one line that is rewritten on a terminal, nothing elsewhere.
import type { Task } from '#engine/ports';
import { newTask } from '#engine/jobs';
import { oneLine } from './text.ts';

export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  /** Whether it may be written to in colours. */
  readonly colour?: boolean;
  write(text: string): unknown;
}

/** A task that shows its progress on `terminal`; `clear` wipes the line before a result is written. */
export function terminalTask(
  terminal: Terminal,
  signal: AbortSignal,
): { readonly task: Task; readonly clear: () => void } {
  let shown = false;
  const report = (progress: number | undefined, message?: string): void => {
    if (terminal.isTTY !== true) return;
    const share = progress === undefined ? '' : `${Math.floor(progress * 100)} % `;
    terminal.write(`\r\u001B[K${oneLine(share + (message ?? ''), (terminal.columns ?? 80) - 1)}`);
    shown = true;
  };
  const clear = (): void => {
    if (shown) terminal.write('\r\u001B[K');
    shown = false;
  };
  return { task: newTask(signal, report), clear };
}
