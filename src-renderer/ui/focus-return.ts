// Gives the focus back to what had it before a dialog opened that no button of its own opens.
import { useRef } from 'react';

export interface FocusReturn {
  /** Give it to the dialog's onOpenAutoFocus, before the focus moves. */
  readonly remember: () => void;
  /** Give it to the dialog's onCloseAutoFocus. */
  readonly giveBack: (event: Event) => void;
}

export function useFocusReturn(): FocusReturn {
  const before = useRef<Element | null>(null);
  return {
    remember: () => {
      before.current = document.activeElement;
    },
    giveBack: (event) => {
      // Radix would look for the button that opened it, find none and drop the focus.
      event.preventDefault();
      giveTo(before.current);
    },
  };
}

/** What had the focus before; where it is gone by now, what the view in the main pane begins at. */
function giveTo(before: Element | null): void {
  if (hasMovedOn()) return;
  if (before instanceof HTMLElement && before.isConnected && before !== document.body) before.focus();
  if (document.activeElement !== document.body) return;
  const pane = document.querySelector<HTMLElement>('[data-pane="main"]');
  (pane?.querySelector<HTMLElement>('[data-pane-focus]') ?? pane)?.focus();
}

/** Whether the focus is at work elsewhere already: somebody was quicker than the end of the dialog. A notice is no work. */
export function hasMovedOn(): boolean {
  const focused = document.activeElement;
  return focused !== null && focused.closest('main, [data-overlay]') !== null;
}
