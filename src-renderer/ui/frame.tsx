// The frame of every screen: list | main | inspector, resized by mouse and keyboard, folded away, remembered.
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent, type ReactNode } from 'react';
import { useAction } from '../lib/actions.tsx';
import { classes } from './classes.ts';
import styles from './frame.module.css';
import { readPanes, savePanes, type Panes } from './frame-panes.ts';
import { Icon } from './icons.tsx';

export interface FrameProps {
  /** Name under which the sizes are remembered. */
  readonly id: string;
  readonly list?: ReactNode;
  readonly main: ReactNode;
  readonly inspector?: ReactNode;
  /** Read aloud as the names of the panes. */
  readonly listLabel?: string;
  readonly mainLabel: string;
  readonly inspectorLabel?: string;
  /** What is open in main. In a narrow window the list lies over main and goes when this changes. */
  readonly selection?: string;
}

const narrowPx = 720;
const middlingPx = 1040;
const limits = { list: [200, 520], inspector: [220, 560] } as const;
const stepPx = 16;

type Side = 'list' | 'inspector';

export function Frame(props: FrameProps): ReactNode {
  const { id, list, main, inspector, listLabel, mainLabel, inspectorLabel, selection } = props;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const [panes, setPanes] = useState<Panes>(() => readPanes(id));
  const isNarrow = width < narrowPx;
  // What lies over main is open for the moment only; it is not remembered.
  const [over, setOver] = useState<Side>();
  useEffect(() => savePanes(id, panes), [id, panes]);
  useEffect(() => setOver(undefined), [selection, isNarrow]);

  const floats = (side: Side): boolean =>
    isNarrow || (side === 'inspector' && width < middlingPx && list !== undefined);
  const isOpen = (side: Side): boolean => (floats(side) ? over === side : panes[side].open);
  const toggle = (side: Side): void => {
    if (floats(side)) setOver(over === side ? undefined : side);
    else setPanes({ ...panes, [side]: { ...panes[side], open: !panes[side].open } });
  };
  const resize = (side: Side, size: number): void => {
    const [least, most] = limits[side];
    setPanes((now) => ({ ...now, [side]: { open: true, size: Math.round(Math.min(most, Math.max(least, size))) } }));
  };

  const hasList = list !== undefined;
  const hasInspector = inspector !== undefined;
  useAction({
    id: 'frame.list',
    title: isOpen('list') ? `Hide ${listLabel ?? 'list'}` : `Show ${listLabel ?? 'list'}`,
    section: 'View',
    keys: 'Mod+B',
    enabled: hasList,
    run: () => toggle('list'),
  });
  useAction({
    id: 'frame.inspector',
    title: isOpen('inspector') ? `Hide ${inspectorLabel ?? 'inspector'}` : `Show ${inspectorLabel ?? 'inspector'}`,
    section: 'View',
    keys: 'Mod+I',
    enabled: hasInspector,
    run: () => toggle('inspector'),
  });
  useAction({
    id: 'frame.next-pane',
    title: 'Go to the next pane',
    section: 'View',
    keys: 'F6',
    run: () => focusPane(box.current, 1),
  });
  useAction({
    id: 'frame.previous-pane',
    title: 'Go to the previous pane',
    section: 'View',
    keys: 'Shift+F6',
    run: () => focusPane(box.current, -1),
  });
  useAction({
    id: 'frame.close-over',
    title: 'Close the pane that lies over',
    section: 'View',
    keys: 'Escape',
    hidden: true,
    enabled: over !== undefined,
    run: () => setOver(undefined),
  });

  const pane = (side: Side, label: string | undefined, content: ReactNode): ReactNode => {
    if (content === undefined) return undefined;
    if (!isOpen(side)) return <Handle side={side} label={label ?? side} onOpen={() => toggle(side)} />;
    const size = panes[side].size;
    return (
      <section
        key={side}
        className={classes(styles[side], floats(side) && styles['over'])}
        style={{ width: floats(side) ? `min(${size}px, 86%)` : size }}
        aria-label={label}
        tabIndex={-1}
        data-pane={side}
      >
        {content}
        {!floats(side) && (
          <Divider side={side} label={`Width of ${label ?? side}`} size={size} onSize={resize} onFold={toggle} />
        )}
      </section>
    );
  };

  return (
    <div ref={box} className={styles['frame']}>
      {pane('list', listLabel, list)}
      <section className={styles['main']} aria-label={mainLabel} tabIndex={-1} data-pane="main">
        {main}
        {over !== undefined && (
          <button
            type="button"
            className={styles['veil']}
            aria-label="Close"
            tabIndex={-1}
            onClick={() => setOver(undefined)}
          />
        )}
      </section>
      {pane('inspector', inspectorLabel, inspector)}
    </div>
  );
}

/** The edge of a folded pane: opens it again. */
function Handle({
  side,
  label,
  onOpen,
}: {
  readonly side: Side;
  readonly label: string;
  readonly onOpen: () => void;
}): ReactNode {
  const pointsRight = side === 'list';
  return (
    <button
      type="button"
      className={classes(styles['handle'], styles[`${side}Handle`])}
      aria-label={`Show ${label}`}
      title={`Show ${label}`}
      onClick={onOpen}
    >
      <Icon name={pointsRight ? 'chevronRight' : 'chevronLeft'} size={12} />
    </button>
  );
}

interface DividerProps {
  readonly side: Side;
  readonly label: string;
  readonly size: number;
  readonly onSize: (side: Side, size: number) => void;
  readonly onFold: (side: Side) => void;
}

function Divider({ side, label, size, onSize, onFold }: DividerProps): ReactNode {
  const from = useRef<{ readonly x: number; readonly size: number }>(undefined);
  const sign = side === 'list' ? 1 : -1;
  const [least, most] = limits[side];

  const drag = (event: PointerEvent): void => {
    if (from.current !== undefined) onSize(side, from.current.size + sign * (event.clientX - from.current.x));
  };
  const key = (event: KeyboardEvent): void => {
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (way !== undefined) onSize(side, size + sign * way * stepPx);
    else if (event.key === 'Home') onSize(side, least);
    else if (event.key === 'End') onSize(side, most);
    else if (event.key === 'Enter') onFold(side);
    else return;
    event.preventDefault();
  };
  return (
    <div
      className={classes(styles['divider'], styles[`${side}Divider`])}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={size}
      aria-valuemin={least}
      aria-valuemax={most}
      tabIndex={0}
      onKeyDown={key}
      onDoubleClick={() => onFold(side)}
      onPointerDown={(event) => {
        from.current = { x: event.clientX, size };
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={drag}
      onPointerUp={() => {
        from.current = undefined;
      }}
    />
  );
}

function useWidth(box: { readonly current: HTMLDivElement | null }): number {
  const [width, setWidth] = useState(() => window.innerWidth);
  useEffect(() => {
    if (box.current === null) return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(entry.contentRect.width);
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}

/** Moves the focus to the pane after (1) or before (-1) the one that has it, into the thing there that takes keys. */
function focusPane(box: HTMLDivElement | null, way: 1 | -1): void {
  const all = [...(box?.querySelectorAll<HTMLElement>('[data-pane]') ?? [])];
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  const next = at === -1 ? all[0] : all.at((at + way) % all.length);
  (next?.querySelector<HTMLElement>('[role=listbox], [data-pane-focus]') ?? next)?.focus();
}
