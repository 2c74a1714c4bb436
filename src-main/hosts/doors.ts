// The doors of one workspace to the world, put together for a host: models, the gateway, what leaves the machine, what masks secrets.
import { modelFilesIn } from '#engine/models/model-files';
import { Models } from '#engine/models/models';
import { ScriptedModels } from '#engine/models/scripted';
import { noRedaction, type Redactor } from '#engine/redactor';

export interface DoorParts {
  /** The workspace. */
  readonly folder: string;
}

export interface Doors {
  readonly models: Models;
  readonly redactor: Redactor;
}

export function openDoors({ folder }: DoorParts): Doors {
  return { models: new Models([new ScriptedModels(modelFilesIn(folder))]), redactor: noRedaction };
}
