// One trace: its timeline above, transcript, steps or record below, all following one selection.
import { useMemo, useState, type ReactNode } from 'react';
import type { TraceDetail } from '#contract/trace';
import type { TurnId } from '#contract/turn';
import { useAction } from '../../lib/actions.tsx';
import type { TimelineLayout } from '../../lib/canvas/timeline-layout.ts';
import { problemOf } from '../../lib/problem.ts';
import { useToast } from '../../lib/toasts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import { RawView } from './raw-view.tsx';
import type { SpanLinks, Step } from './span-links.ts';
import { StepList } from './step-list.tsx';
import { Timeline } from './timeline.tsx';
import { TranscriptPane } from './transcript-pane.tsx';
import css from './trace-view.module.css';

/** What is made of a trace once, for all parts of the screen. */
export interface OpenTrace {
  readonly detail: TraceDetail;
  readonly layout: TimelineLayout;
  readonly links: SpanLinks;
  readonly steps: readonly Step[];
}

export interface TraceViewProps {
  readonly open: OpenTrace;
  /** What to mark in the transcript. */
  readonly find: string | undefined;
  readonly selectedSpan: number | undefined;
  readonly selectedTurn: TurnId | undefined;
  readonly onSelectSpan: (index: number) => void;
  readonly onSelectTurn: (turn: TurnId) => void;
  readonly onClose: () => void;
  readonly onRemove: () => void;
  /** To the trace after (1) or before (-1) in the list. */
  readonly onMove: (by: 1 | -1) => void;
}

type Look = 'transcript' | 'steps' | 'raw';

export function TraceView(props: TraceViewProps): ReactNode {
  const { open, find, selectedSpan, selectedTurn, onSelectSpan, onSelectTurn, onClose, onRemove, onMove } = props;
  const { detail, layout, links, steps } = open;
  const { trace, spans, path } = detail;
  const hasMessages = path.length > 0;
  const [chosen, setChosen] = useState<Look>('transcript');
  const look = chosen === 'transcript' && !hasMessages ? 'steps' : chosen;
  const toast = useToast();
  const order = useMemo(() => steps.map((step) => step.index), [steps]);

  const section = 'Trace';
  useAction({ id: 'trace.close', title: 'Back to all traces', section, keys: 'Escape', run: onClose });
  useAction({
    id: 'trace.next',
    title: 'Open the next trace',
    section,
    keys: ']',
    repeats: true,
    run: () => onMove(1),
  });
  useAction({
    id: 'trace.previous',
    title: 'Open the trace before',
    section,
    keys: '[',
    repeats: true,
    run: () => onMove(-1),
  });
  useAction({
    id: 'trace.transcript',
    title: 'Show the transcript',
    section,
    keys: 'T',
    enabled: hasMessages,
    run: () => setChosen('transcript'),
  });
  useAction({ id: 'trace.steps', title: 'Show the steps', section, keys: 'P', run: () => setChosen('steps') });
  useAction({ id: 'trace.raw', title: 'Show the record as JSON', section, keys: 'R', run: () => setChosen('raw') });

  const copyId = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(trace.id);
      toast({ text: 'The trace’s id is on the clipboard.' });
    } catch (error) {
      toast({ text: 'The id was not copied.', problem: problemOf(error) });
    }
  };
  const more: readonly MenuItem[] = [
    { label: 'Copy the id', icon: 'copy', onSelect: () => void copyId() },
    { kind: 'line' },
    { label: 'Remove the trace', icon: 'trash', danger: true, onSelect: onRemove },
  ];
  const transcript = { value: 'transcript', label: 'Transcript', count: trace.messageCount } as const;
  return (
    <div className={css.view}>
      <header className={css.head}>
        <IconButton icon="chevronLeft" label="Back to all traces" keys="Escape" onClick={onClose} />
        <h1 className={css.name} title={trace.name}>
          {shownText(trace.name)}
        </h1>
        <span className={css.badges}>
          {trace.error === undefined ? undefined : (
            <Badge tone="error" icon="error" title={trace.error}>
              Failed
            </Badge>
          )}
          {trace.scores.slice(0, 3).map((score) => (
            <Badge key={score.name} title={`${score.name}: ${score.value}`}>
              {score.name} {Number.isInteger(score.value) ? score.value : Number(score.value.toPrecision(3))}
            </Badge>
          ))}
        </span>
        <IconButton icon="chevronUp" label="The trace before" keys="[" onClick={() => onMove(-1)} />
        <IconButton icon="chevronDown" label="The next trace" keys="]" onClick={() => onMove(1)} />
        <Menu items={more} align="end">
          <IconButton icon="more" label="More" />
        </Menu>
      </header>
      {spans.length === 0 ? undefined : (
        <Timeline layout={layout} spans={spans} selected={selectedSpan} onSelect={onSelectSpan} order={order} />
      )}
      <div className={css.tabs}>
        <Tabs<Look>
          label="Views of the trace"
          value={look}
          onChange={setChosen}
          tabs={[
            ...(hasMessages
              ? [
                  {
                    ...transcript,
                    content: (
                      <TranscriptPane
                        key={trace.id}
                        detail={detail}
                        links={links}
                        find={find}
                        selected={selectedTurn}
                        onSelect={onSelectTurn}
                      />
                    ),
                  },
                ]
              : []),
            {
              value: 'steps',
              label: 'Steps',
              count: spans.length,
              content: (
                <StepList steps={steps} spans={spans} layout={layout} selected={selectedSpan} onSelect={onSelectSpan} />
              ),
            },
            { value: 'raw', label: 'Record', content: <RawView traceId={trace.id} /> },
          ]}
        />
      </div>
    </div>
  );
}
