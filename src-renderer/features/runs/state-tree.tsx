// A state as a tree, with a mark at everything that differs from the state it is compared with.
import { useMemo, useState, type JSX } from 'react';
import type { JsonObject } from '#contract/turn';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icons.tsx';
import { CopyButton } from '../../ui/transcript/copy-button.tsx';
import { nodeOf } from '../../ui/transcript/json-node.ts';
import { JsonView } from '../../ui/transcript/json-view.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { briefOf, briefsOf, rootsOf, rowsOf, type Change, type StateRow } from './state-diff.ts';
import css from './state-tree.module.css';

export interface StateTreeProps {
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
  readonly label: string;
  /** Only what differs. */
  readonly onlyChanges: boolean;
  /** Names of the two, for what is selected. */
  readonly names?: readonly [before: string, after: string];
}

const marks: Readonly<Record<Change, { readonly sign: string; readonly name: string }>> = {
  same: { sign: '', name: '' },
  added: { sign: '+', name: 'added' },
  removed: { sign: '−', name: 'removed' },
  changed: { sign: '~', name: 'changed' },
};

const usualNames = ['Before', 'After'] as const;

export function StateTree({ before, after, label, onlyChanges, names = usualNames }: StateTreeProps): JSX.Element {
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const [selected, setSelected] = useState<string>();
  const rows = useMemo(() => {
    const all = rowsOf(rootsOf(before, after), turned);
    return onlyChanges ? all.filter(({ change }) => change !== 'same') : all;
  }, [before, after, turned, onlyChanges]);
  const at = rows.findIndex(({ path }) => path === selected);
  const row = rows[at];
  const turn = (path: string): void => {
    const next = new Set(turned);
    if (!next.delete(path)) next.add(path);
    setTurned(next);
  };
  if (rows.length === 0) {
    return <p className={css.none}>{onlyChanges ? 'Nothing changed here.' : 'The state is empty.'}</p>;
  }
  const drawRow = (index: number): JSX.Element | undefined => {
    const one = rows[index];
    return one === undefined ? undefined : <Row row={one} onTurn={() => turn(one.path)} />;
  };
  return (
    <div className={css.tree}>
      <div className={css.rows}>
        <VirtualList
          label={label}
          count={rows.length}
          rowHeight={24}
          active={at === -1 ? undefined : at}
          keyOf={(index) => rows[index]?.path ?? index}
          onActive={(index) => setSelected(rows[index]?.path)}
          onOpen={(index) => {
            const one = rows[index];
            if (one !== undefined && one.size !== undefined) turn(one.path);
          }}
          row={drawRow}
        />
      </div>
      {row === undefined ? undefined : (
        <Detail key={row.path} row={row} names={names} onClose={() => setSelected(undefined)} />
      )}
    </div>
  );
}

function Row({ row, onTurn }: { readonly row: StateRow; readonly onTurn: () => void }): JSX.Element {
  const { sign, name } = marks[row.change];
  const [old, fresh] = row.change === 'changed' ? briefsOf(row.before, row.after) : ['', ''];
  const hasMembers = row.size !== undefined && row.size > 0;
  return (
    <div className={css.row} data-change={row.change} style={{ paddingInlineStart: 4 + Math.min(row.depth, 16) * 16 }}>
      <span className={css.sign} aria-label={name} role={name === '' ? undefined : 'img'}>
        {sign}
      </span>
      {/* A row is one control: Enter on it does what a press on its sign does. */}
      <span className={css.fold} data-has={hasMembers} aria-hidden onClick={hasMembers ? onTurn : undefined}>
        {hasMembers ? <Icon name={row.isOpen ? 'chevronDown' : 'chevronRight'} size={12} /> : undefined}
      </span>
      <span className={css.key}>{shownText(row.name)}</span>
      <span className={css.value}>
        {row.change === 'changed' && !hasMembers ? (
          <>
            <del className={css.old}>{shownText(old)}</del> {shownText(fresh)}
          </>
        ) : (
          shownText(briefOf(row.after ?? row.before))
        )}
      </span>
    </div>
  );
}

function Detail({
  row,
  names,
  onClose,
}: {
  readonly row: StateRow;
  readonly names: readonly [string, string];
  readonly onClose: () => void;
}): JSX.Element {
  const sides = [
    ...(row.change === 'changed' || row.change === 'removed' ? [[names[0], row.before] as const] : []),
    ...(row.change === 'removed' ? [] : [[row.change === 'changed' ? names[1] : row.name, row.after] as const]),
  ];
  return (
    <div className={css.detail} role="region" aria-label={`Value of ${row.name}`}>
      <header className={css.head}>
        <code className={css.path}>{row.path.slice(1).replaceAll('/', '.')}</code>
        <CopyButton label="Copy" text={() => JSON.stringify(row.after ?? row.before, undefined, 2)} />
        <Button look="quiet" icon="close" aria-label="Close the value" onClick={onClose} />
      </header>
      <div className={css.sides} data-count={sides.length}>
        {sides.map(([name, value]) => (
          <div key={name} className={css.side}>
            {sides.length > 1 ? <h2 className={css.name}>{name}</h2> : undefined}
            {typeof value === 'string' ? (
              <pre className={css.text}>{shownText(value)}</pre>
            ) : value === undefined ? undefined : (
              <JsonView node={nodeOf(value)} label={name} />
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
