// human: asks a person by a form and waits.
import type { NodeOf } from '../graph/definition.ts';
import { jsonSchemaOf } from '../run/json-schema.ts';
import type { NodeWorld, Outcome, Question } from '../run/node-world.ts';
import { toJson } from '../run/plain-json.ts';
import { read } from './asking.ts';
import { put } from './put.ts';

export async function runHuman(node: NodeOf<'human'>, world: NodeWorld): Promise<Outcome> {
  const title: unknown = read(node.ask, world.context);
  const details = node.details?.(world.context);
  const question: Question = {
    kind: 'human',
    title: typeof title === 'string' ? title.slice(0, 2000) : world.title,
    form: jsonSchemaOf(node.form),
    ...(details === undefined ? {} : { details: toJson(details, `The details of "${world.name}"`) }),
    ...(world.deadline === undefined ? {} : { until: world.deadline }),
  };
  for (;;) {
    const answer = node.form.safeParse(await world.question(question));
    if (answer.success) return put(node, world, answer.data);
    world.log(
      'warn',
      `The answer does not fit the form and is asked for again: ${answer.error.issues[0]?.message ?? ''}`,
    );
  }
}
