// Short notices at the edge of the window: what was done, with undo, or what went wrong.
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import type { ShownProblem } from './problem.ts';

export interface Notice {
  /** One plain sentence. */
  readonly text: string;
  /** Takes back what the notice tells of. */
  readonly undo?: () => void;
  /** The one thing that can be done about it. */
  readonly action?: { readonly label: string; readonly run: () => void };
  /** Set where the notice tells of a failure; its sentence and hint are shown below the text. */
  readonly problem?: ShownProblem;
}

export interface Toast extends Notice {
  readonly id: number;
}

interface Toasts {
  readonly toasts: readonly Toast[];
  readonly show: (notice: Notice) => void;
  readonly dismiss: (id: number) => void;
}

const ToastContext = createContext<Toasts | undefined>(undefined);
const most = 4;

export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const show = useCallback((notice: Notice) => {
    setToasts((shown) => [...shown, { ...notice, id: (shown.at(-1)?.id ?? 0) + 1 }].slice(-most));
  }, []);
  const dismiss = useCallback((id: number) => setToasts((shown) => shown.filter((toast) => toast.id !== id)), []);
  const value = useMemo(() => ({ toasts, show, dismiss }), [toasts, show, dismiss]);
  return <ToastContext value={value}>{children}</ToastContext>;
}

export function useToasts(): Toasts {
  const value = use(ToastContext);
  if (value === undefined) throw new Error('useToast needs a ToastProvider above it.');
  return value;
}

/** Shows a notice: `toast({ text: 'Trace removed.', undo })`, `toast({ text: 'Nothing was saved.', problem: problemOf(error) })`. */
export function useToast(): (notice: Notice) => void {
  return useToasts().show;
}
