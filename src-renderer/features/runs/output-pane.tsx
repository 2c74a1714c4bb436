// What the models said in this run: each call, and the one under way as it comes.
import { useState, type JSX } from 'react';
import { counted, shortDuration } from '../../lib/format.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Icon } from '../../ui/icons.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Fold } from '../../ui/transcript/fold.tsx';
import { Parts } from '../../ui/transcript/parts.tsx';
import { nodeOf } from '../../ui/transcript/json-node.ts';
import { JsonView } from '../../ui/transcript/json-view.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { usageWords } from './call-words.ts';
import { placeWords } from './journal-words.ts';
import { LiveText } from './live-text.tsx';
import { useFollowed } from './use-feed.ts';
import type { EffectView } from './view.ts';
import css from './output-pane.module.css';

export function OutputPane(): JSX.Element {
  const feed = useFollowed('calls');
  const [chosen, setChosen] = useState<string>();
  const { calls, effects } = feed.view;
  if (calls.length === 0) {
    if (!feed.isRead) return <SkeletonRows rows={6} height={40} label="Output is loading" />;
    return (
      <EmptyState icon="model" title="No model was asked yet">
        What models say appears here while they say it.
      </EmptyState>
    );
  }
  // Without a choice the newest is shown.
  const found = chosen === undefined ? -1 : calls.indexOf(chosen);
  const at = found === -1 ? calls.length - 1 : found;
  const key = calls[at];
  const drawRow = (index: number): JSX.Element | undefined => {
    const call = effects.get(calls[index] ?? '');
    return call === undefined ? undefined : <Row call={call} />;
  };
  return (
    <div className={css.pane}>
      <div className={css.calls}>
        <VirtualList
          label="Calls of models"
          count={calls.length}
          rowHeight={44}
          active={at}
          onActive={(index) => setChosen(index === calls.length - 1 ? undefined : calls[index])}
          row={drawRow}
        />
      </div>
      {key === undefined ? undefined : <Call key={key} callKey={key} />}
    </div>
  );
}

function Row({ call }: { readonly call: EffectView }): JSX.Element {
  return (
    <div className={css.row}>
      <Icon
        name={call.state === 'running' ? 'play' : call.state === 'failed' ? 'error' : 'check'}
        size={14}
        label={call.state === 'running' ? 'Speaking' : call.state === 'failed' ? 'Failed' : 'Done'}
      />
      <span className={css.where} title={call.path}>
        {placeWords(call.path)}
      </span>
      <span className={css.ms}>{call.ms === undefined || call.from !== undefined ? '' : shortDuration(call.ms)}</span>
      <span className={css.model} title={call.name}>
        {call.from === undefined ? call.name : 'from the journal'}
      </span>
    </div>
  );
}

function Call({ callKey }: { readonly callKey: string }): JSX.Element | undefined {
  const feed = useFollowed('calls');
  const call = feed.view.effects.get(callKey);
  if (call === undefined) return undefined;
  return (
    // What is longer than the pane is scrolled by keys, too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section className={css.said} aria-label={`What ${call.name} said`} data-follow="" tabIndex={0}>
      <header className={css.head}>
        <h2 className={css.title}>{call.name}</h2>
        {call.usage === undefined ? undefined : <span className={css.usage}>{usageWords(call.usage)}</span>}
      </header>
      {call.error === undefined ? undefined : (
        <p className={css.error}>
          {call.error.name}: {call.error.message}
        </p>
      )}
      {call.message === undefined ? (
        <Speaking callKey={callKey} isOver={call.state !== 'running'} />
      ) : (
        <Said call={call} />
      )}
    </section>
  );
}

function Speaking({ callKey, isOver }: { readonly callKey: string; readonly isOver: boolean }): JSX.Element {
  const feed = useFollowed('calls');
  const skipped = feed.view.spoken.get(callKey)?.skipped ?? 0;
  return (
    <>
      <Fold label="Reasoning" note="while it thinks">
        <LiveText callKey={callKey} channel="reasoning" />
      </Fold>
      <LiveText callKey={callKey} channel="text" />
      {skipped > 0 ? <p className={css.note}>{counted(skipped, 'character')} came too fast to be shown.</p> : undefined}
      {isOver ? undefined : <span className={css.caret} aria-label="Speaking" role="img" />}
    </>
  );
}

function Said({ call }: { readonly call: EffectView }): JSX.Element | undefined {
  const { message } = call;
  if (message === undefined) return undefined;
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return (
    <>
      <Parts parts={message.content} />
      {calls.map((tool, index) => (
        // A call has no name but its place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={index} className={css.tool}>
          <p className={css.toolName}>
            <Icon name="tool" size={14} /> {tool.name}
          </p>
          <JsonView node={nodeOf(tool.arguments)} label={`Arguments of ${tool.name}`} />
        </div>
      ))}
    </>
  );
}
