// Two panes one above the other, their heights parted by mouse and keyboard and remembered.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { keep, readKept } from '../lib/kept.ts';
import styles from './rows-split.module.css';

export interface RowsSplitProps {
  /** Name under which the share is remembered. */
  readonly id: string;
  /** Read aloud as the name of the divider. */
  readonly label: string;
  readonly top: ReactNode;
  readonly bottom: ReactNode;
  /** Of the height that the upper pane has at first, 0 to 1. */
  readonly share?: number;
}

const least = 0.15;
const most = 0.85;
const step = 0.04;
const nameOf = (id: string): string => `atelier.split.${id}`;

export function RowsSplit({ id, label, top, bottom, share: usual = 0.5 }: RowsSplitProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => {
    const kept = readKept(localStorage, nameOf(id));
    return typeof kept === 'number' && kept >= least && kept <= most ? kept : usual;
  });
  const isDragged = useRef(false);
  useEffect(() => keep(localStorage, nameOf(id), share), [id, share]);
  const set = (next: number): void => setShare(Math.min(most, Math.max(least, next)));
  const drag = (event: PointerEvent): void => {
    const area = box.current?.getBoundingClientRect();
    if (isDragged.current && area !== undefined) set((event.clientY - area.top) / area.height);
  };
  const key = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowUp') set(share - step);
    else if (event.key === 'ArrowDown') set(share + step);
    else if (event.key === 'Home') set(least);
    else if (event.key === 'End') set(most);
    else return;
    event.preventDefault();
  };
  return (
    <div ref={box} className={styles['split']}>
      <div className={styles['top']} style={{ flexBasis: `${share * 100}%` }}>
        {top}
      </div>
      <div
        className={styles['divider']}
        role="separator"
        aria-orientation="horizontal"
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
      <div className={styles['bottom']}>{bottom}</div>
    </div>
  );
}
