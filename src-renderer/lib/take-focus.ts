// Moves the focus on when the button that had it gave way to others, so that the keyboard is never left with nothing.

/** As `ref`: takes the focus when it appears. */
export function takeFocus(element: HTMLElement | null): void {
  element?.focus({ preventScroll: true });
}
