// The attributes of a span, one below the other; JSON that was written as text is laid out too.
import type { ReactNode } from 'react';
import type { Json } from '#contract/turn';
import { nodeOf } from '../../ui/transcript/json-node.ts';
import { JsonView } from '../../ui/transcript/json-view.tsx';
import { ResultText } from '../../ui/transcript/parts.tsx';
import css from './attribute-list.module.css';

export function AttributeList({ attributes }: { readonly attributes: Readonly<Record<string, Json>> }): ReactNode {
  return (
    <dl className={css.list} aria-label="Attributes">
      {Object.entries(attributes).map(([name, value]) => (
        <div key={name} className={css.attribute}>
          <dt className={css.name}>{name}</dt>
          <dd className={css.value}>
            {typeof value === 'string' ? (
              <ResultText text={value} label={name} />
            ) : typeof value === 'object' && value !== null ? (
              <JsonView node={nodeOf(value)} label={name} />
            ) : (
              String(value)
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
