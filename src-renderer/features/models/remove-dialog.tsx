// Asks before a provider is removed, and says what asks for it.
import { useQuery } from '@tanstack/react-query';
import type { JSX } from 'react';
import type { ModelsState, ProviderState } from '#contract/model';
import { useApi } from '../../lib/api.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import css from './dialogs.module.css';
import { useModelsCall } from './use-models.ts';

export interface RemoveDialogProps {
  readonly provider: ProviderState;
  readonly fallbacks: ModelsState['fallbacks'];
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export function RemoveDialog({ provider, fallbacks, onDone, onClose }: RemoveDialogProps): JSX.Element {
  const { name, settings } = provider;
  const { query } = useApi();
  const gateway = useQuery(query.gateway.state.queryOptions());
  const { busy, problem, ask } = useModelsCall();
  const keys = (gateway.data?.keys ?? []).filter(
    (key) => key.revokedAt === undefined && key.settings.provider === name,
  );
  const named = Object.entries(fallbacks).filter(([model, others]) =>
    [model, ...others].some((one) => one.startsWith(`${name}/`)),
  );
  const remove = async (): Promise<void> => {
    if ((await ask((models) => models.removeProvider({ name }))) !== undefined) onDone();
  };
  return (
    <Dialog
      open
      onOpenChange={onClose}
      width="narrow"
      title={`Remove ${name}?`}
      footer={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" icon="trash" busy={busy} onClick={() => void remove()}>
            Remove it
          </Button>
        </>
      }
    >
      <div className={css.text}>
        <p>
          Its settings are taken out of atelier.json. Agents that ask for <code>{name}/…</code> are refused from then
          on. What was recorded stays
          {settings.secret === undefined || provider.secret === 'missing'
            ? ''
            : `, and ${settings.secret} stays in the vault`}
          .
        </p>
        {named.length === 0 ? undefined : (
          <p>
            <b>Fallbacks name it:</b> {named.map(([model]) => model).join(', ')}.
          </p>
        )}
        {keys.length === 0 ? undefined : (
          <p>
            <b>Keys of the gateway send to it:</b> {keys.map((key) => key.settings.label).join(', ')}.
          </p>
        )}
        {problem === undefined ? undefined : <ProblemNote title="It was not removed." problem={problem} />}
      </div>
    </Dialog>
  );
}
