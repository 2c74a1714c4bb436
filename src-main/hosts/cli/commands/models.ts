// `atelier models`: the providers of the workspace, what they offer, servers on this machine, and one call to try a model.
import type { FoundServer, ModelsState, ProviderState, TrialEvent } from '#contract/model';
import { Problem } from '#engine/problem';
import type { Command, CommandContext, Outcome } from '../command.ts';
import { count, table } from '../table.ts';
import { duration, figure, money } from '../text.ts';
import { flag, text, usage } from '../values.ts';

export const modelsCommand: Command = {
  name: 'models',
  positionals: 'many',
  usage: 'atelier models [--offered PROVIDER] [--find] [--try MODEL PROMPT …]',
  summary: 'Shows the providers of models in atelier.json and how they stand; asks a model one thing to try it.',
  options: { offered: { type: 'string' }, find: { type: 'boolean' }, try: { type: 'string' } },
  optionHelp: [
    ['--offered PROVIDER', 'the models that this provider itself names'],
    ['--find', 'model servers that run on this machine and are not in atelier.json'],
    ['--try MODEL PROMPT …', 'asks PROVIDER/NAME the prompt, without fallbacks; exit code 1 where it does not answer'],
  ],
  run: async (context) => {
    const { values, positionals } = context;
    const [offered, tried] = [text(values, 'offered'), text(values, 'try')];
    const asked = [offered !== undefined, tried !== undefined, flag(values, 'find')].filter(Boolean).length;
    if (asked > 1) throw usage('Ask for one of --offered, --find and --try.', 'models');
    if (tried !== undefined) return tryOne(context, tried, positionals.join(' '));
    const [extra] = positionals;
    if (extra !== undefined)
      throw usage(`What is "${extra.slice(0, 80)}"? A prompt stands after --try MODEL.`, 'models');
    if (offered !== undefined) return offeredBy(context, offered);
    return flag(values, 'find') ? find(context) : list(context);
  },
};

async function list({ models }: CommandContext): Promise<Outcome> {
  const state = (await models()).state();
  return { json: state, text: stateText(state), ...(state.problem === undefined ? {} : { code: 1 }) };
}

function stateText({ providers, fallbacks, budgets, today, prices, problem }: ModelsState): string {
  if (problem !== undefined) return [problem.sentence, problem.hint ?? ''].join('\n').trim();
  const lines =
    providers.length === 0
      ? [
          'No provider stands in atelier.json; "scripted" is always there. `atelier models --find` looks on this machine. As an example:',
          '  "models": { "providers": { "openai": { "dialect": "openai", "url": "https://api.openai.com/v1", "secret": "OPENAI_API_KEY" } } }',
        ]
      : [table(['PROVIDER', 'DIALECT', 'ADDRESS', 'SECRET', 'MODELS'], providers.map(rowOf))];
  for (const [model, others] of Object.entries(fallbacks)) lines.push(`${model} → ${others.join(', ')}`);
  for (const which of ['day', 'run'] as const) {
    const { tokens, usd } = budgets[which] ?? {};
    const parts = [tokens === undefined ? '' : `${figure(tokens)} tokens`, usd === undefined ? '' : `${usd} USD`];
    const said = parts.filter((part) => part !== '').join(', ');
    if (said !== '') lines.push(`Budget of a ${which}: ${said}.`);
  }
  const unpriced = today.unpriced === 0 ? '' : `, ${count(today.unpriced, 'call')} without a price`;
  lines.push(
    `Today: ${count(today.calls, 'call')}, ${figure(today.inputTokens)} tokens read, ${figure(today.outputTokens)} written, ${money(today.usd)} USD${unpriced}.`,
  );
  if (prices.problem !== undefined) lines.push(prices.problem);
  return lines.join('\n');
}

function rowOf({ name, settings, secret }: ProviderState): string[] {
  return [
    name,
    settings.dialect === 'openai' ? `openai ${settings.api ?? 'chat'}` : settings.dialect,
    settings.url,
    settings.secret === undefined ? '' : `${settings.secret} (${secret ?? 'missing'})`,
    (settings.models ?? []).join(', '),
  ];
}

async function offeredBy({ models, task }: CommandContext, provider: string): Promise<Outcome> {
  const names = await (await models()).offered(provider, task.signal);
  return { json: { provider, models: names }, text: names.map((name) => `${provider}/${name}`).join('\n') };
}

async function find({ models, task }: CommandContext): Promise<Outcome> {
  const servers = await (await models()).discover(task.signal);
  return { json: { servers }, text: serversText(servers) };
}

function serversText(servers: readonly FoundServer[]): string {
  if (servers.length === 0) return 'No other model server answers on the usual ports of this machine.';
  return table(
    ['KIND', 'ADDRESS', 'NAME', 'MODELS'],
    servers.map(({ kind, url, suggested, models }) => [kind, url, suggested, models.join(', ')]),
  );
}

async function tryOne({ models, task }: CommandContext, model: string, prompt: string): Promise<Outcome> {
  if (prompt.trim() === '')
    throw usage('--try takes a model and a prompt: --try openai/gpt-4.1-mini Say hello.', 'models');
  let said = '';
  for await (const event of (await models()).try(model, prompt, task.signal)) {
    if (event.type === 'text') said += event.channel === 'text' ? event.text : '';
    else if (event.type === 'failed') throw new Problem('REFUSED', event.sentence, event.hint);
    else return { json: { ...event, text: said }, text: `${said}\n\n${endText(event)}` };
  }
  throw new Problem('CANCELLED', 'It was cancelled.');
}

function endText(event: Extract<TrialEvent, { type: 'done' }>): string {
  const { model, ms, firstTokenMs, inputTokens, outputTokens, costUsd } = event;
  const first = firstTokenMs === undefined ? '' : `, the first word after ${duration(firstTokenMs)}`;
  const cost = costUsd === undefined ? 'its price is not known' : `${money(costUsd)} USD`;
  return `${model} in ${duration(ms)}${first}: ${figure(inputTokens)} tokens read, ${figure(outputTokens)} written, ${cost}.`;
}
