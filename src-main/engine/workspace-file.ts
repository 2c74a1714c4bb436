// atelier.json of a workspace: read by a schema, changed without touching what is not ours.
import { z } from 'zod';
import { modelSettingsSchema } from '#contract/model';

const workspaceFileSchema = z.looseObject({
  name: z.string().max(200).optional(),
  models: modelSettingsSchema.optional(),
  gateway: z.strictObject({ port: z.int().min(1024).max(65_535).optional(), on: z.boolean().optional() }).optional(),
});
/** What Atelier knows of it; other members are kept, whoever they are of. */
export type WorkspaceFile = Pick<z.infer<typeof workspaceFileSchema>, 'name' | 'models' | 'gateway'>;

/** Throws BAD_INPUT with line and column where it is not understood; {} where there is no file. */
export function readWorkspaceFile(folder: string): WorkspaceFile {
  throw new Error(folder);
}

/** `change` is given what is on disk now, and again where that changed meanwhile. Throws BAD_INPUT; the file is whole at every moment. */
export function changeWorkspaceFile(folder: string, _change: (file: WorkspaceFile) => WorkspaceFile): WorkspaceFile {
  throw new Error(folder);
}
