// What can be wrong in an agent file: each rule by its name, with how grave it is and what it is about.

interface RuleText {
  readonly severity: 'error' | 'warning';
  readonly about: string;
}

export const rules = {
  syntax: { severity: 'error', about: 'The file is not TypeScript.' },
  'too-large': { severity: 'error', about: 'The file is too large, or nested too deeply, to be read.' },
  'no-agent': { severity: 'error', about: 'The default export is not `agent({…}, {…})`.' },
  'one-object': { severity: 'error', about: '`agent` was given one object; it takes the head and the graph apart.' },
  unreadable: { severity: 'error', about: 'A part of the graph can only be known by running the file.' },
  'duplicate-name': { severity: 'error', about: 'Two nodes, keys or options of one object have the same name.' },
  'reserved-name': {
    severity: 'error',
    about: 'A node is called `start` or `end`; these are the two ends of the graph.',
  },
  'unknown-node': { severity: 'error', about: 'An edge or a branch names a node that there is not.' },
  'unknown-key': { severity: 'error', about: 'A node names a key that the state does not have.' },
  'unknown-tool': { severity: 'error', about: 'A node names a tool that the agent does not have.' },
  'unknown-option': { severity: 'error', about: 'A node has an option that its kind does not know.' },
  'missing-option': { severity: 'error', about: 'A node lacks an option that its kind needs.' },
  'bad-option': {
    severity: 'error',
    about: 'An option has a value that makes no sense: a negative count, a wrong duration.',
  },
  'bad-schema': { severity: 'error', about: 'A key of the state, or a form, is not a zod schema or a reducer.' },
  'bad-edge': { severity: 'error', about: 'An edge is put together wrongly, or a weight is not above 0.' },
  'no-start': { severity: 'error', about: 'No edge says where a run begins.' },
  'unreachable-node': { severity: 'error', about: 'No way leads from the start to the node.' },
  'dead-end': { severity: 'error', about: 'The node has no way on: no edge out of it, and no end.' },
  'no-way-to-end': {
    severity: 'error',
    about: 'From the node no way leads to an end: a run that comes there goes round for ever.',
  },
  'two-writers': { severity: 'error', about: 'Two nodes that run in one step write one key that has no reducer.' },
  'inner-branch': { severity: 'error', about: 'A branch stands inside another node, where there is nowhere to go.' },
  'duplicate-edge': { severity: 'warning', about: 'The same edge is there twice.' },
  'impure-code': {
    severity: 'warning',
    about:
      'Code reads the clock, draws a number or reaches out past the journal, so a replay would see something else.',
  },
  'foreign-tool': { severity: 'warning', about: 'A tool does not come from a file of `tools/`.' },
  load: { severity: 'error', about: 'The file cannot be loaded: what it does at its top level fails.' },
} as const satisfies Readonly<Record<string, RuleText>>;

export type Rule = keyof typeof rules;
