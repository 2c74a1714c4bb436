// Which models are asked instead where one cannot answer.
import { useState, type JSX } from 'react';
import type { ModelsState } from '#contract/model';
import { useAction } from '../../lib/actions.tsx';
import { useToast } from '../../lib/toasts.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { FallbackDialog } from './fallback-dialog.tsx';
import { PartHead } from './part-head.tsx';
import css from './fallbacks-pane.module.css';
import { useModelsCall } from './use-models.ts';

export function FallbacksPane({ state }: { readonly state: ModelsState }): JSX.Element {
  const toast = useToast();
  /** The model whose fallbacks are edited; '' for a new one. */
  const [editing, setEditing] = useState<string>();
  const { ask } = useModelsCall((problem) => toast({ text: 'Nothing was changed.', problem }));
  const all = Object.entries(state.fallbacks);
  const remove = async (model: string, fallbacks: readonly string[]): Promise<void> => {
    const next = await ask((models) => models.setFallbacks({ model, fallbacks: [] }));
    if (next === undefined) return;
    toast({
      text: `${model} has no fallbacks any more.`,
      undo: () => void ask((models) => models.setFallbacks({ model, fallbacks: [...fallbacks] })),
    });
  };
  useAction({
    id: 'models.addFallbacks',
    title: 'Add fallbacks for a model…',
    section: 'Models',
    keys: 'A',
    run: () => setEditing(''),
  });
  const add = (
    <Button icon="plus" keys="A" look={all.length === 0 ? 'main' : 'plain'} onClick={() => setEditing('')}>
      Add fallbacks
    </Button>
  );
  return (
    <>
      <PartHead
        title="Fallbacks"
        about="Asked in turn where a model cannot answer: no connection, 401, 403, 408, 409, 429, 5xx. Not once a word was said, and not for clients of the gateway."
      >
        {all.length === 0 ? undefined : add}
      </PartHead>
      {all.length === 0 ? (
        <EmptyState icon="branch" title="No model has a fallback" actions={add}>
          <p>When a service is down or says no, an agent of yours can go on with another model. Say which.</p>
        </EmptyState>
      ) : (
        <ul className={css.list} aria-label="Fallbacks">
          {all.map(([model, fallbacks]) => (
            <li key={model} className={css.one}>
              <div className={css.words} data-selectable="">
                <code className={css.model}>{model}</code>
                <ol className={css.others} aria-label={`Asked instead of ${model}`}>
                  {fallbacks.map((other) => (
                    <li key={other}>
                      <code>{other}</code>
                    </li>
                  ))}
                </ol>
              </div>
              <IconButton icon="edit" label={`Edit the fallbacks of ${model}`} onClick={() => setEditing(model)} />
              <IconButton
                icon="trash"
                label={`Remove the fallbacks of ${model}`}
                onClick={() => void remove(model, fallbacks)}
              />
            </li>
          ))}
        </ul>
      )}
      {editing === undefined ? undefined : (
        <FallbackDialog
          state={state}
          model={editing}
          onDone={(told) => {
            setEditing(undefined);
            toast({ text: told });
          }}
          onClose={() => setEditing(undefined)}
        />
      )}
    </>
  );
}
