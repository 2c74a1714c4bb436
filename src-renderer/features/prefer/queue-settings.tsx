// The queue's settings: which pairs, how many blind repeats, what is shown, the reason tags.
import { useState, type JSX } from 'react';
import type { QueueSettings as Settings } from '#contract/label';
import { problemOf, type ShownProblem } from '../../lib/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Checkbox } from '../../ui/checkbox.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextInput } from '../../ui/field.tsx';
import { Icon } from '../../ui/icons.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { FilterFields } from './filter-fields.tsx';
import styles from './queue-settings.module.css';
import { plainFilter } from './queue-words.ts';

export interface QueueSettingsProps {
  readonly annotator: string;
  readonly settings: Settings;
  readonly atOnce: boolean;
  readonly onAtOnce: (atOnce: boolean) => void;
  /** Saves them; rejects where that failed. */
  readonly onSave: (settings: Settings) => Promise<void>;
  readonly onClose: () => void;
}

const rates = ['0', '0.05', '0.1', '0.2', '0.3', '0.5'] as const;
const rateNames: Readonly<Record<string, string>> = {
  '0': 'None',
  '0.05': '1 in 20',
  '0.1': '1 in 10',
  '0.2': '1 in 5',
  '0.3': '3 in 10',
  '0.5': 'Every second',
};
const tagCount = 9;

type Part = 'pairs' | 'tags' | 'labelling';

export function QueueSettings(props: QueueSettingsProps): JSX.Element {
  const { annotator, settings, atOnce, onAtOnce, onSave, onClose } = props;
  const [filter, setFilter] = useState(settings.filter);
  const [repeatRate, setRepeatRate] = useState(settings.repeatRate);
  const [reveal, setReveal] = useState(settings.reveal);
  const [tags, setTags] = useState<readonly string[]>(() =>
    Array.from({ length: tagCount }, (_, at) => settings.tags[at] ?? ''),
  );
  const [sendsAtOnce, setSendsAtOnce] = useState(atOnce);
  const [part, setPart] = useState<Part>('pairs');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ShownProblem>();
  const save = async (): Promise<void> => {
    setBusy(true);
    setProblem(undefined);
    try {
      const named = [...new Set(tags.map((tag) => tag.trim()).filter((tag) => tag !== ''))];
      await onSave({ filter: plainFilter(filter), repeatRate, reveal, tags: named });
      onAtOnce(sendsAtOnce);
      onClose();
    } catch (error) {
      setProblem(problemOf(error));
      setBusy(false);
    }
  };
  const rate = rates.find((known) => Number(known) === repeatRate);
  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      title={`Queue of ${annotator}`}
      description="Which pairs come up and how they are labelled. Kept in the workspace for this annotator."
      footer={
        <>
          {problem === undefined ? undefined : (
            <p className={styles.problem} role="alert">
              {problem.sentence} {problem.hint}
            </p>
          )}
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" busy={busy} onClick={() => void save()}>
            Use this queue
          </Button>
        </>
      }
    >
      <Segmented
        label="Settings"
        value={part}
        onChange={setPart}
        segments={[
          { value: 'pairs', label: 'Pairs' },
          { value: 'labelling', label: 'Labelling' },
          { value: 'tags', label: 'Reason tags' },
        ]}
      />
      {part === 'pairs' ? (
        <div className={styles.part}>
          <FilterFields filter={filter} onChange={setFilter} />
        </div>
      ) : part === 'labelling' ? (
        <div className={styles.part}>
          <Field
            label="Blind repeats"
            help="Some pairs come up again later, sides shuffled anew, without a word that they do. How often you answer alike is your own consistency, shown under Agreement."
          >
            {({ id }) => (
              <Select
                id={id}
                value={rate ?? String(repeatRate)}
                onChange={(value) => setRepeatRate(Number(value))}
                options={[
                  ...rates.map((value) => ({ value, label: rateNames[value] ?? value })),
                  ...(rate === undefined
                    ? [{ value: String(repeatRate), label: `${String(Math.round(repeatRate * 100))} %` }]
                    : []),
                ]}
              />
            )}
          </Field>
          <div>
            <Checkbox checked={sendsAtOnce} onChange={setSendsAtOnce}>
              Save as soon as a choice is made
            </Checkbox>
            <p className={styles.help}>
              Faster where you give no reasons: A, B, T or X saves at once. Set strength, tags and note before the
              choice. Undo works as always.
            </p>
          </div>
          <div>
            <Checkbox checked={reveal} onChange={setReveal}>
              Show sources and scores before the choice
            </Checkbox>
            {reveal ? (
              <p className={styles.warning}>
                <Icon name="warn" size={14} /> This sways judgement: knowing the model or the score, people agree with
                it. Leave it off for labels you want to train on.
              </p>
            ) : (
              <p className={styles.help}>Off: you see them right after each label, beside the pairs.</p>
            )}
          </div>
        </div>
      ) : (
        <div className={styles.part}>
          <p className={styles.help}>
            Up to nine, toggled by their number. An emptied line takes its tag away; labels keep what they have.
          </p>
          <ol className={styles.tags}>
            {tags.map((tag, index) => (
              // A line is its number.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index}>
                <Kbd keys={String(index + 1)} />
                <TextInput
                  aria-label={`Tag ${String(index + 1)}`}
                  value={tag}
                  maxLength={60}
                  onChange={(event) => setTags(tags.with(index, event.target.value))}
                />
              </li>
            ))}
          </ol>
        </div>
      )}
    </Dialog>
  );
}
