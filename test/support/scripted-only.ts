// What runs need of the world where there is nothing but scripted models and no vault.
import { modelFilesIn } from '#engine/models/model-files';
import { Models } from '#engine/models/models';
import { ScriptedModels } from '#engine/models/scripted';
import { noRedaction, type Redactor } from '#engine/redactor';

export function scriptedOnly(folder: string): { readonly models: Models; readonly redactor: Redactor } {
  return { models: new Models([new ScriptedModels(modelFilesIn(folder))]), redactor: noRedaction };
}
