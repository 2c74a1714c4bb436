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
      if (before.current instanceof HTMLElement) before.current.focus();
    },
  };
}
