// The desk in a browser: a page has no file dialogs, so the person is asked for paths there, and types them.
import { eventIterator, oc, type } from '@orpc/contract';
import { z } from 'zod';
import { problems } from './problem.ts';

const questionSchema = z.object({
  id: z.string(),
  /** files: some that are there. folder: one that is there or can be made. save: a file to write. */
  kind: z.enum(['files', 'folder', 'save']),
  title: z.string(),
  /** A path to begin with. */
  suggested: z.string().optional(),
});
export type DeskQuestion = Readonly<z.infer<typeof questionSchema>>;

const base = oc.errors(problems);

export const desk = {
  /** What this connection's page is to ask its person, those that are open first. REFUSED in the window, which has dialogs. */
  questions: base.output(eventIterator(questionSchema)),
  /**
   * The answer; without `paths` the person thought better of it. BAD_INPUT and NOT_FOUND say what is wrong with a path: the question stays
   * open. A path that is taken counts as chosen by the person.
   */
  answer: base
    .input(z.object({ id: z.string(), paths: z.array(z.string().min(1).max(4096)).min(1).max(1000).optional() }))
    .output(type<void>()),
};
