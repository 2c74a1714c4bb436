// Two panes beside or above one another, parted by mouse and keyboard; what share each has is remembered.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { keep, readKept } from '../lib/kept.ts';
import styles from './split.module.css';

export interface SplitProps {
  /** Name under which the share is remembered. */
  readonly id: string;
  /** `rows`: one above the other. */
  readonly direction: 'rows' | 'columns';
  /** Read aloud as the name of the divider. */
  readonly label: string;
  readonly first: ReactNode;
  readonly second: ReactNode;
  /** What the first pane has of the whole at first, 0 to 1. */
  readonly share?: number;
}

const least = 0.15;
const most = 0.85;
const step = 0.04;
const nameOf = (id: string): string => `atelier.split.${id}`;

export function Split({ id, direction, label, first, second, share: usual = 0.5 }: SplitProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => {
    const kept = readKept(localStorage, nameOf(id));
    return typeof kept === 'number' && kept >= least && kept <= most ? kept : usual;
  });
  const isDragged = useRef(false);
  const isRows = direction === 'rows';
  useEffect(() => keep(localStorage, nameOf(id), share), [id, share]);
  const set = (next: number): void => setShare(Math.min(most, Math.max(least, next)));
  const drag = (event: PointerEvent): void => {
    const area = box.current?.getBoundingClientRect();
    if (!isDragged.current || area === undefined) return;
    set(isRows ? (event.clientY - area.top) / area.height : (event.clientX - area.left) / area.width);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === (isRows ? 'ArrowUp' : 'ArrowLeft')) set(share - step);
    else if (event.key === (isRows ? 'ArrowDown' : 'ArrowRight')) set(share + step);
    else if (event.key === 'Home') set(least);
    else if (event.key === 'End') set(most);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box} className={styles['split']} data-direction={direction}>
      <div className={styles['first']} style={{ flexBasis: `${share * 100}%` }}>
        {first}
      </div>
      <div
        className={styles['divider']}
        role="separator"
        aria-orientation={isRows ? 'horizontal' : 'vertical'}
        aria-label={label}
        aria-valuenow={Math.round(share * 100)}
        aria-valuemin={least * 100}
        aria-valuemax={most * 100}
        tabIndex={0}
        onKeyDown={key}
        onDoubleClick={() => set(usual)}
        onPointerDown={(event) => {
          isDragged.current = true;
          event.currentTarget.setPointerCapture(event.pointerId);
        }}
        onPointerMove={drag}
        onPointerUp={() => {
          isDragged.current = false;
        }}
      />
      <div className={styles['second']}>{second}</div>
    </div>
  );
}
