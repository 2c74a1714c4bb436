// Starts a run from a step of another: with its state as it was or edited, or with another answer of a model in the step after.
import { useQuery } from '@tanstack/react-query';
import { useState, type JSX } from 'react';
import type { RunFork } from '#contract/run';
import { messageSchema } from '#contract/turn';
import { useApi } from '../../lib/api.tsx';
import { parseJson } from '../../lib/json-text.ts';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextArea } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { placeWords } from './journal-words.ts';
import { KeysEditor } from './keys-editor.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { editsOf, type KeyTexts } from './state-edits.ts';
import type { EffectView } from './view.ts';
import css from './fork-dialog.module.css';

export interface ForkDialogProps {
  readonly runId: string;
  readonly step: number;
  readonly keys: readonly string[];
  /** Calls of models in the step after, that were answered. */
  readonly calls: readonly EffectView[];
  readonly onForked: (id: string) => void;
  readonly onClose: () => void;
}

type Way = 'state' | 'message';

export function ForkDialog({ runId, step, keys, calls, onForked, onClose }: ForkDialogProps): JSX.Element {
  const { client, query } = useApi();
  const state = useQuery({
    ...query.runs.state.queryOptions({ input: { id: runId, scope: '', step } }),
    meta: { live: false },
  });
  const [way, setWay] = useState<Way>('state');
  const [texts, setTexts] = useState<KeyTexts>(new Map());
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map());
  const [callKey, setCallKey] = useState(calls[0]?.key);
  const call = calls.find(({ key }) => key === callKey);
  const [said, setSaid] = useState(() => saidBy(calls[0]));
  const [paused, setPaused] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();

  const what = (): Pick<RunFork, 'set' | 'remove' | 'message'> | undefined => {
    if (way === 'message') {
      const parsed = parseJson(said);
      const message = parsed.ok ? messageSchema.safeParse(parsed.value) : undefined;
      if (call === undefined || message?.success !== true) {
        const why = parsed.ok ? 'This is not a message: keep its role, content and toolCalls.' : parsed.why;
        setFaults(new Map([['message', why]]));
        return undefined;
      }
      return { message: { key: call.key, message: message.data } };
    }
    const edits = editsOf(state.data?.state ?? {}, texts);
    if (!edits.ok) {
      setFaults(edits.faults);
      return undefined;
    }
    const { set, remove } = edits;
    return {
      ...(Object.keys(set).length === 0 ? {} : { set: { ...set } }),
      ...(remove.length === 0 ? {} : { remove: [...remove] }),
    };
  };
  const fork = async (): Promise<void> => {
    setFaults(new Map());
    const edit = what();
    if (edit === undefined) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const run = await client.runs.fork({ id: runId, step, ...edit, ...(paused ? { paused } : {}) });
      onForked(run.id);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  const fault = faults.get('message');
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="wide"
      title={`Fork after step ${step}`}
      description="A new run that shares everything up to this step and then goes its own way."
      footer={
        <>
          <Checkbox checked={paused} onChange={setPaused}>
            Start paused
          </Checkbox>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" icon="branch" busy={busy} onClick={() => void fork()}>
            Fork
          </Button>
        </>
      }
    >
      <div className={css.body}>
        {calls.length === 0 ? undefined : (
          <Segmented
            label="What is edited"
            value={way}
            onChange={setWay}
            segments={[
              { value: 'state', label: 'Edit the state' },
              { value: 'message', label: 'Edit what a model said' },
            ]}
          />
        )}
        {way === 'message' ? (
          <>
            <Select
              label="Call of a model"
              value={callKey}
              onChange={(key) => {
                setCallKey(key);
                setSaid(saidBy(calls.find((one) => one.key === key)));
              }}
              options={calls.map((one, at) => ({
                value: one.key,
                label: `${at + 1}. ${placeWords(one.path)}: ${gistOf(one)}`,
              }))}
            />
            <Field label="Message as JSON" {...(fault === undefined ? {} : { error: fault })}>
              {(ids) => (
                <TextArea
                  {...ids}
                  className={css.message}
                  rows={14}
                  spellCheck={false}
                  value={said}
                  onChange={(event) => setSaid(event.target.value)}
                />
              )}
            </Field>
          </>
        ) : state.error !== null ? (
          <ProblemNote title="The state cannot be read." problem={problemOf(state.error)} />
        ) : state.data === undefined ? (
          <SkeletonRows rows={4} height={36} label="The state is loading" />
        ) : (
          <KeysEditor state={state.data.state} keys={keys} texts={texts} faults={faults} onChange={setTexts} />
        )}
        {problem === undefined ? undefined : <ProblemNote title="The fork did not start." problem={problem} />}
      </div>
    </Dialog>
  );
}

const longestGist = 60;

/** What tells a call from the others of its node. */
function gistOf({ message, name }: EffectView): string {
  const said = message?.content.map((part) => ('text' in part ? part.text : '')).join(' ') ?? '';
  const tools = message?.role === 'assistant' ? (message.toolCalls ?? []).map((tool) => `calls ${tool.name}`) : [];
  const gist = tools.length > 0 ? tools.join(', ') : said.trim().replaceAll(/\s+/g, ' ');
  if (gist === '') return name;
  return gist.length > longestGist ? `${gist.slice(0, longestGist - 1)}…` : gist;
}

function saidBy(call: EffectView | undefined): string {
  return call?.message === undefined ? '' : JSON.stringify(call.message, undefined, 2);
}
