// The studio's own line icons: 16 px, one stroke, the text's colour.
import type { ReactNode } from 'react';

/** Paths in a 16 × 16 box, drawn with a 1.4 px round stroke. */
const paths = {
  traces: 'M2.5 4h5M5 8h6M8.5 12h5M2.5 8h.01M2.5 12h.01',
  prefer: 'M2.5 3h4.5v10H2.5zM9 3h4.5v10H9z',
  datasets:
    'M2.5 4c0-1.1 2.5-2 5.5-2s5.5.9 5.5 2-2.5 2-5.5 2-5.5-.9-5.5-2zM2.5 4v8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2V4M2.5 8c0 1.1 2.5 2 5.5 2s5.5-.9 5.5-2',
  runs: 'M3 8h2.5M10.5 4H13M10.5 12H13M5.5 8l5-4M5.5 8l5 4M3 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM12.5 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  import: 'M8 2v8M5 7l3 3 3-3M2.5 11v2.5h11V11',
  export: 'M8 10V2M5 5l3-3 3 3M2.5 11v2.5h11V11',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14',
  filter: 'M2 3.5h12L9.5 9v4.5l-3-1.5V9z',
  sort: 'M4.5 3v10M2.5 11l2 2 2-2M9 4h5M9 8h3.5M9 12h2',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  close: 'M4 4l8 8M12 4l-8 8',
  check: 'M3 8.5 6.5 12 13 4.5',
  chevronDown: 'M4 6l4 4 4-4',
  chevronRight: 'M6 4l4 4-4 4',
  chevronLeft: 'M10 4 6 8l4 4',
  chevronUp: 'M4 10l4-4 4 4',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  trash: 'M2.5 4h11M6 4V2.5h4V4M4 4l.6 9.5h6.8L12 4M6.5 7v4M9.5 7v4',
  edit: 'M3 13l.7-3L10.5 3.2a1.2 1.2 0 0 1 1.7 0l.6.6a1.2 1.2 0 0 1 0 1.7L6 12.3z',
  undo: 'M3 6.5h6.5a3.5 3.5 0 0 1 0 7H6M3 6.5l3-3M3 6.5l3 3',
  redo: 'M13 6.5H6.5a3.5 3.5 0 0 0 0 7H10M13 6.5l-3-3M13 6.5l-3 3',
  skip: 'M3.5 3.5 9 8l-5.5 4.5zM12.5 3.5v9',
  folder: 'M1.5 4v8.5h13V5h-7L6 3H1.5z',
  file: 'M4 1.5h5l3 3v10H4zM9 1.5v3h3',
  home: 'M2.5 7.5 8 2.5l5.5 5V13.5h-4v-4h-3v4h-4z',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM8 1.2v1.6M8 13.2v1.6M1.2 8h1.6M13.2 8h1.6M3.2 3.2l1.1 1.1M11.7 11.7l1.1 1.1M12.8 3.2l-1.1 1.1M4.3 11.7l-1.1 1.1',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1z',
  system: 'M2 3h12v8H2zM6 14h4M8 11v3',
  help: 'M6 6a2 2 0 1 1 2.8 1.8c-.5.2-.8.6-.8 1.2v.3M8 12h.01M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z',
  keyboard: 'M1.5 4h13v8.5h-13zM4 6.7h.01M6.7 6.7h.01M9.3 6.7h.01M12 6.7h.01M4.5 9.8h7',
  command: 'M3 4.5 6.5 8 3 11.5M8 12h5',
  warn: 'M8 2 1.5 13.5h13zM8 6.5v3M8 11.7h.01',
  error: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.8v3.8M8 11.2h.01',
  info: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 7.4v3.8M8 4.8h.01',
  ok: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM5.2 8.2l2 2 3.6-4',
  refresh: 'M13 3v3.5H9.5M3 13V9.5h3.5M12.6 6.5A5 5 0 0 0 3.6 5.6M3.4 9.5a5 5 0 0 0 9 .9',
  listPane: 'M2 3h12v10H2zM6.5 3v10',
  inspectorPane: 'M2 3h12v10H2zM9.5 3v10',
  timeline: 'M2 3.5h6M5 8h7M9 12.5h5',
  transcript: 'M2.5 3h11v7.5H7L4 13v-2.5H2.5z',
  branch:
    'M4.5 10.5v-5M4.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM4.5 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM11.5 5.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3zM11.5 5.5c0 3-7 2-7 5',
  user: 'M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8zM2.8 14c.4-2.6 2.4-4 5.2-4s4.8 1.4 5.2 4',
  tool: 'M9.6 6.4 3 13l-.6-.6a1 1 0 0 1 0-1.4L8.2 5.2A3.6 3.6 0 0 1 12.8 1.9l-2 2 .4 1.3 1.3.4 1.9-2a3.6 3.6 0 0 1-4.8 4.8',
  model: 'M8 1.8 13.5 5v6L8 14.2 2.5 11V5zM8 8l5.3-3M8 8v6M8 8 2.7 5',
  tag: 'M2 2.5h5.5L14 9l-5 5-7-6.5zM5 5.5h.01',
  note: 'M3 2.5h10v7.5l-3.5 3.5H3zM9.5 13.5V10H13M5.5 5.5h5M5.5 8h3',
  eye: 'M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  eyeOff:
    'M2.5 2.5l11 11M6.3 3.8A6 6 0 0 1 8 3.5c4 0 6.5 4.5 6.5 4.5a11 11 0 0 1-2 2.5M4 5.1A11 11 0 0 0 1.5 8S4 12.5 8 12.5a6 6 0 0 0 2.6-.6',
  star: 'M8 2l1.8 3.8 4.2.5-3.1 2.9.8 4.1L8 11.3l-3.7 2 .8-4.1L2 6.3l4.2-.5z',
  pin: 'M5.5 2h5M6.5 2v4L4 9h8L9.5 6V2M8 9v5',
  clock: 'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5',
  stop: 'M4 4h8v8H4z',
  play: 'M5 3l8 5-8 5z',
  pause: 'M5.5 3v10M10.5 3v10',
  step: 'M2.5 8a5.5 5.5 0 0 1 10.7-1.8M13.5 2.5v4h-4M8 13.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3z',
  replay: 'M3 3v3.5h3.5M3.4 6.5a5 5 0 1 1-.4 2.6M7 6l3.5 2L7 10z',
  bell: 'M3 12h10l-1.2-2V7a3.8 3.8 0 0 0-7.6 0v3zM6.8 14h2.4',
  loop: 'M11 2.5 13 4.5l-2 2M3 7.5v-1a2 2 0 0 1 2-2h8M5 13.5l-2-2 2-2M13 8.5v1a2 2 0 0 1-2 2H3',
  map: 'M8 2v4M8 6H3.5v4M8 6h4.5v4M8 6v4M2.5 10h2v3h-2zM7 10h2v3H7zM11.5 10h2v3h-2z',
  code: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  fit: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10',
  breakpoint: 'M8 13a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z',
  columns: 'M2 3h12v10H2zM8 3v10',
  rows: 'M2 3h12v10H2zM2 8h12',
  diff: 'M4 3.5h5M6.5 1v5M4 13h5M11.5 4.5v9M9.3 11.3l2.2 2.2 2.2-2.2',
  jump: 'M3 3v5.5h8.5M8.5 5.5l3 3-3 3',
  link: 'M6.5 9.5l3-3M7 4.5l1.5-1.5a2.8 2.8 0 0 1 4 4L11 8.5M9 11.5 7.5 13a2.8 2.8 0 0 1-4-4L5 7.5',
  image: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3 2-2L14 12M10.5 6h.01',
  reasoning: 'M5.5 11.5h5M6 14h4M8 1.8a4.4 4.4 0 0 0-2.5 8v1.7h5V9.8A4.4 4.4 0 0 0 8 1.8z',
  shield: 'M8 1.5l5.5 2v4c0 3.5-2.3 5.8-5.5 7-3.2-1.2-5.5-3.5-5.5-7v-4z',
  snowflake: 'M8 1.5v13M2.4 4.8l11.2 6.4M2.4 11.2l11.2-6.4M6.2 2.6 8 4.2l1.8-1.6M6.2 13.4 8 11.8l1.8 1.6',
  gateway: 'M8 2v12M11.5 4.5v7M4.5 4.5v7M1.5 8h2M12.5 8h2M4.5 4.5h7M4.5 11.5h7',
  vault:
    'M2.5 2.5h11v10h-11zM4.5 12.5V14M11.5 12.5V14M8 10a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 7.5h.01M8 5V3.8M8 11.2V10M5.5 7.5H4.3M11.7 7.5h-1.2',
  ledger: 'M3.5 1.5h9v13h-9zM6 1.5v13M8.3 5h2M8.3 8h2M8.3 11h2',
  key: 'M5 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM8.5 8h6M12 8v2.5M14.5 8v2M5 8h.01',
  lock: 'M3.5 7h9v6.5h-9zM5.5 7V4.8a2.5 2.5 0 0 1 5 0V7M8 9.8v1.2',
  unlock: 'M3.5 7h9v6.5h-9zM5.5 7V4.8a2.5 2.5 0 0 1 4.8-1M8 9.8v1.2',
  rotate: 'M13.5 6.5A5.8 5.8 0 0 0 3.4 4.6L2.5 5.5M2.5 2.5v3h3M2.5 9.5a5.8 5.8 0 0 0 10.1 1.9l.9-.9M13.5 13.5v-3h-3',
  globe:
    'M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM1.5 8h13M8 1.5c2 2 2.8 4 2.8 6.5S10 12.5 8 14.5C6 12.5 5.2 10.5 5.2 8S6 3.5 8 1.5z',
  globeOff:
    'M2 2l12 12M5 2.3A6.5 6.5 0 0 1 13.7 11M11.8 13.3A6.5 6.5 0 0 1 2.7 4.2M1.5 8H8M12 8h2.5M8 1.5c1.4 1.4 2.2 2.8 2.6 4.4M10 11.6c-.4 1-1.1 2-2 2.9C6 12.5 5.2 10.5 5.2 8c0-.6 0-1.2.2-1.8',
  out: 'M3 13 13 3M6 3h7v7',
  chain: 'M2 5.5h5v5H2zM9 5.5h5v5H9zM7 8h2',
} as const;

export type IconName = keyof typeof paths;

/** Decorative unless `label` is given. */
export function Icon({
  name,
  size = 16,
  label,
}: {
  readonly name: IconName;
  readonly size?: number;
  readonly label?: string;
}): ReactNode {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      strokeWidth={1.4}
      strokeLinecap="round"
      strokeLinejoin="round"
      style={{ flex: 'none' }}
      {...(label === undefined ? { 'aria-hidden': true } : { role: 'img', 'aria-label': label })}
    >
      <path d={paths[name]} />
    </svg>
  );
}
