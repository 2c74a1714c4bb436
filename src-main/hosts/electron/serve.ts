// The studio behind the window: workspaces, database and contract. Loaded while the page's process starts.
import type { MessagePortMain } from 'electron';
import { RPCHandler } from '@orpc/server/message-port';
import type { Desk } from '#handlers/context';
import { maskedInput } from '#handlers/masked-input';
import { router } from '#handlers/router';
import { openWorkspaces, type StudioParts } from '../studio-parts.ts';
import type { OpenWorkspaces } from '../workspaces.ts';
import { UtilitySpawner } from './utility-spawner.ts';

export interface ServeParts extends Pick<StudioParts, 'data' | 'resources' | 'asked'> {
  readonly desk: Desk;
}

export interface Served {
  readonly workspaces: OpenWorkspaces;
  readonly serve: (port: MessagePortMain) => void;
}

/** Opens the workspace to start with; a failure is told by whatever the page asks next. */
export async function startStudio({ desk, ...parts }: ServeParts): Promise<Served> {
  const workspaces = await openWorkspaces({
    ...parts,
    owner: 'the Atelier window',
    spawner: (program) => new UtilitySpawner(program),
  });
  const handler = new RPCHandler(router, { clientInterceptors: [maskedInput] });
  return {
    workspaces,
    serve(port) {
      handler.upgrade(port, { context: { studio: workspaces.studio, desk, workspaces } });
      port.start();
    },
  };
}
