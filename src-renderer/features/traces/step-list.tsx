// The spans as a list: the way through the timeline without a pointer.
import { useMemo, type ReactNode } from 'react';
import type { Span } from '#contract/trace';
import type { TimelineLayout } from '../../lib/canvas/timeline-layout.ts';
import { Icon } from '../../ui/icons.tsx';
import { SpanMark, spanNames } from '../../ui/span-mark.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import type { Step } from './span-links.ts';
import { whenText } from './timeline.tsx';
import css from './step-list.module.css';

export interface StepListProps {
  readonly steps: readonly Step[];
  readonly spans: readonly Span[];
  readonly layout: TimelineLayout;
  readonly selected: number | undefined;
  readonly onSelect: (index: number) => void;
}

/** Deeper levels are not indented further. */
const deepest = 16;

export function StepList({ steps, spans, layout, selected, onSelect }: StepListProps): ReactNode {
  const active = useMemo(() => {
    const at = steps.findIndex((step) => step.index === selected);
    return at === -1 ? undefined : at;
  }, [steps, selected]);
  const row = (at: number): ReactNode => {
    const step = steps[at];
    const span = step === undefined ? undefined : spans[step.index];
    if (step === undefined || span === undefined) return undefined;
    return (
      <div className={css.step} style={{ paddingInlineStart: 16 + Math.min(step.depth, deepest) * 16 }}>
        <SpanMark kind={span.kind} />
        <span className={css.kind}>{spanNames[span.kind]}</span>
        <span className={css.name} title={span.name}>
          {span.name}
        </span>
        {span.error === undefined ? undefined : (
          <span className={css.error} title={span.error}>
            <Icon name="error" size={14} label="Failed" />
            <span className={css.cause}>{span.error}</span>
          </span>
        )}
        <span className={css.when}>{whenText(layout, step.index)}</span>
      </div>
    );
  };
  return (
    <VirtualList
      count={steps.length}
      rowHeight={28}
      label="Steps"
      active={active}
      onActive={(at) => {
        const step = steps[at];
        if (step !== undefined) onSelect(step.index);
      }}
      row={row}
    />
  );
}
