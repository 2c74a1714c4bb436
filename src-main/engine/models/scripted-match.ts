// Whether a rule of a scripted model fits a call, and if not, why not.
import type { Json } from '#contract/turn';
import { drawn } from './draw.ts';
import { at, parsePath } from './json-path.ts';
import type { CountTest, TextTest, ValueTest, When } from './scripted-file.ts';
import { newMatch, type Groups, type Match } from './scripted-pattern.ts';
import type { Scene } from './scripted-scene.ts';

export type Fit = { readonly groups: Groups } | { readonly why: string };

const noGroups: Groups = { numbered: [], named: {} };

/** The tests of a rule, in the order of the file's documentation; `index` is the rule's place. */
export function newFit(when: When, index: number): (scene: Scene) => Fit {
  const last = textFit('the last message', when);
  const user = textFit('what the user said last', when.user ?? {});
  const system = textFit('the system prompt', when.system ?? {});
  return (scene) => {
    const why = misfit(when, scene);
    if (why !== undefined) return { why };
    let groups = noGroups;
    for (const fit of [system(scene.system), user(scene.user), last(scene.text)]) {
      if ('why' in fit) return fit;
      // Numbers of the nearest that has a pattern, names of all.
      const { numbered, named } = fit.groups;
      groups = {
        numbered: numbered.length === 0 ? groups.numbered : numbered,
        named: { ...groups.named, ...named },
      };
    }
    // Last, so that adding a test before it does not change what is drawn.
    const { chance } = when;
    if (chance !== undefined && drawn(scene.call.seed, 'chance', index) >= chance)
      return { why: `its chance of ${chance} did not come up` };
    return { groups };
  };
}

function textFit(what: string, { contains, matches }: TextTest): (text: string | undefined) => Fit {
  const words = contains === undefined ? [] : typeof contains === 'string' ? [contains] : contains;
  let match: Match | undefined;
  return (text) => {
    if (words.length === 0 && matches === undefined) return { groups: noGroups };
    if (text === undefined) return { why: `there is no such thing as ${what}` };
    const missing = words.find((word) => !text.toLowerCase().includes(word.toLowerCase()));
    if (missing !== undefined) return { why: `${what} does not contain ${JSON.stringify(missing)}` };
    if (matches === undefined) return { groups: noGroups };
    match ??= newMatch(matches);
    const groups = match(text);
    return groups === undefined ? { why: `${what} does not match ${JSON.stringify(matches)}` } : { groups };
  };
}

function misfit(when: When, scene: Scene): string | undefined {
  const { role, tool, error, json, messages, answers, tools, schema, parameters } = when;
  const { last, call } = scene;
  if (role !== undefined && last?.role !== role)
    return `the last message is from ${last?.role ?? 'nobody'}, not ${role}`;
  if (tool !== undefined && !listOf(tool).includes(scene.tool ?? '')) {
    const what = scene.tool === undefined ? 'no result of a tool' : `a result of ${scene.tool}`;
    return `the last message is ${what}, not of ${listOf(tool).join(' or ')}`;
  }
  const failed = last?.role === 'tool' && last.isError === true;
  if (error !== undefined && failed !== error) return `the last message is ${failed ? 'an' : 'no'} error of a tool`;
  return (
    misvalue('the last message', json, (path) => at(scene.json, parsePath(path))) ??
    miscount(
      'messages after the context',
      messages,
      call.messages.length - (call.messages[0]?.role === 'context' ? 1 : 0),
    ) ??
    miscount('answers so far', answers, scene.answers) ??
    mistools(tools, scene.offered) ??
    (schema === undefined || (call.parameters['schema'] !== undefined) === schema
      ? undefined
      : `JSON is ${schema ? 'not ' : ''}asked for`) ??
    misvalue('the parameters', parameters, (name) => at(call.parameters, [name])) ??
    miscount('tries', when.try, call.try)
  );
}

function listOf(one: string | readonly string[]): readonly string[] {
  return typeof one === 'string' ? [one] : one;
}

function miscount(what: string, test: CountTest | undefined, count: number): string | undefined {
  const { atLeast = 0, atMost = Infinity } = typeof test === 'number' ? { atLeast: test, atMost: test } : (test ?? {});
  return count >= atLeast && count <= atMost ? undefined : `${what}: ${count}`;
}

function mistools(test: boolean | readonly string[] | undefined, offered: readonly string[]): string | undefined {
  if (test === undefined) return undefined;
  if (typeof test === 'boolean') {
    return offered.length > 0 === test
      ? undefined
      : test
        ? 'no tool is offered'
        : `tools are offered: ${offered.join(', ')}`;
  }
  const missing = test.find((name) => !offered.includes(name));
  return missing === undefined ? undefined : `the tool ${missing} is not offered`;
}

function misvalue(
  what: string,
  tests: Readonly<Record<string, ValueTest>> | undefined,
  valueAt: (path: string) => Json | undefined,
): string | undefined {
  for (const [path, test] of Object.entries(tests ?? {})) {
    const value = valueAt(path);
    const place = path === '' ? what : `${what} has at "${path}"`;
    if (!holds(test, value)) return `${place} ${value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)}`;
  }
  return undefined;
}

function holds(test: ValueTest, value: Json | undefined): boolean {
  if (typeof test !== 'object' || test === null) return value === test;
  const { atLeast, atMost, exists, oneOf } = test;
  if (exists !== undefined && (value !== undefined) !== exists) return false;
  if (oneOf !== undefined && !oneOf.some((one) => one === value)) return false;
  if (atLeast !== undefined && !(typeof value === 'number' && value >= atLeast)) return false;
  return atMost === undefined || (typeof value === 'number' && value <= atMost);
}
