// Agents over the contract: their files, graphs and faces, and new ones.
import { implement } from '@orpc/server';
import { contract } from '#contract/contract';
import { asContractErrors, type Context } from './context.ts';

const os = implement(contract.agents).$context<Context>().use(asContractErrors);

export const agentsHandlers = os.router({
  list: os.list.handler(({ context }) => context.studio().agents.list()),
  get: os.get.handler(({ context, input }) => context.studio().agents.get(input.file)),
  ofRun: os.ofRun.handler(({ context, input }) => context.studio().agents.ofRun(input.id)),
  face: os.face.handler(({ context, input }) => context.studio().agents.face(input.file)),
  templates: os.templates.handler(({ context }) => context.studio().agents.templates()),
  create: os.create.handler(async ({ context, input }) => {
    const studio = context.studio();
    const created = await studio.agents.create(input.name, input.template);
    studio.changed('agents');
    return created;
  }),
});
