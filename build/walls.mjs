// The walls: who may import what, for dependency-cruiser. An allowlist: an import that no entry names is an error.

/** npm packages by name, as they lie in node_modules. @param {string[]} names */
const npm = (...names) => `(^|/)node_modules/(${names.map((name) => name.replaceAll('.', '\\.')).join('|')})/`;

const contract = '^src-preload/contract/';
const engine = '^src-main/engine/';
const node = ['core'];

/** What the engine may take from npm: nothing that opens a file or a socket by itself. oxc-parser is native, but a pure function. */
const enginePackages = npm(
  'zod',
  'diff',
  'hyparquet',
  'hyparquet-writer',
  '@secretlint/[^/]+',
  'oxc-parser',
  '@oxc-project/types',
  'eventsource-parser',
  'pbf',
);

const adapterPackages = npm('better-sqlite3', '@types/better-sqlite3', 'esbuild', '@napi-rs/keyring');

const rendererPackages = npm(
  'react',
  'react-dom',
  '@types/react',
  '@types/react-dom',
  '@tanstack/[^/]+',
  '@orpc/client',
  '@orpc/contract',
  '@orpc/tanstack-query',
  'radix-ui',
  '@radix-ui/[^/]+',
  'cmdk',
  'diff',
  'zod',
  '@xyflow/[^/]+',
  'elkjs',
);

/**
 * The files through which one engine domain may be entered from another; all else in a domain is its own affair.
 * To open a door, name its file here. Files that lie directly in engine/ are open to every domain.
 */
const doors = [
  'preference/pair-id\\.ts',
  'turns/[^/]+\\.ts',
  'graph/definition\\.ts',
  'run/(protocol|run-failure|fold|delta|path|plain-json|node-world|duration|json-schema)\\.ts',
  'nodes/table\\.ts',
  'models/(estimate|model|models|upstream)\\.ts',
  'models/wire/(wire|wires|assemble|embeddings|sse)\\.ts',
  'trace/(json|exact-json)\\.ts',
  'trace/import/wire-messages\\.ts',
  'trace/captured/[^/]+\\.ts',
  'trace/export/openai-record\\.ts',
  'vault/secrets\\.ts',
  'gateway/recorder\\.ts',
  'runner/runners\\.ts',
  'tools/policy(-file)?\\.ts',
];

/** @param {string} path @param {...string} to */
const may = (path, ...to) => ({ from: { path }, to: { path: to } });

export const allowed = [
  // contract → zod, oRPC contract
  may(contract, contract, npm('zod', '@orpc/contract')),

  // engine → contract, node built-ins, its listed packages, itself
  may(engine, contract, enginePackages, '^src-main/engine/[^/]+\\.ts$'),
  { from: { path: engine }, to: { dependencyTypes: node } },
  { from: { path: '^src-main/engine/([^/]+)/' }, to: { path: '^src-main/engine/$1/' } },
  may('^src-main/engine/[^/]+/', `^src-main/engine/(${doors.join('|')})$`),
  // what lies directly in engine/ puts the domains together
  may('^src-main/engine/[^/]+\\.ts$', engine),

  // adapters → engine, contract
  may('^src-main/adapters/', '^src-main/adapters/', engine, contract, adapterPackages),
  { from: { path: '^src-main/adapters/' }, to: { dependencyTypes: node } },

  // handlers → engine, contract
  may('^src-main/handlers/', '^src-main/handlers/', engine, contract, npm('@orpc/server')),

  // hosts → all of src-main; each its own packages
  may('^src-main/hosts/', engine, contract, '^src-main/adapters/', '^src-main/handlers/', npm('@orpc/server', 'zod')),
  { from: { path: '^src-main/hosts/' }, to: { dependencyTypes: node } },
  { from: { path: '^src-main/hosts/([^/]+)/' }, to: { path: '^src-main/hosts/$1/' } },
  may('^src-main/hosts/[^/]+\\.ts$', '^src-main/hosts/[^/]+\\.ts$'),
  may('^src-main/hosts/[^/]+/', '^src-main/hosts/[^/]+\\.ts$'),
  may('^src-main/hosts/electron/', npm('electron')),
  // the loopback server is opened by whoever hosts a studio
  may('^src-main/hosts/[^/]+(/|\\.ts$)', '^src-main/hosts/gateway/'),
  may('^src-main/hosts/gateway/', npm('ws', '@types/ws', '@orpc/openapi', '@orpc/zod')),
  // the version that --version and the about box show
  may('^src-main/hosts/', '^package\\.json$'),

  // bridge → electron, contract types, and the channel names, which lie in a file that may import nothing (below)
  may('^src-preload/index\\.ts$', npm('electron'), '^src-preload/contract/bridge\\.ts$'),
  { from: { path: '^src-preload/index\\.ts$' }, to: { path: contract, dependencyTypes: ['type-only'] } },

  // renderer → itself, npm, contract; features never import one another; ui has no data
  may('^src-renderer/', contract, rendererPackages, '^src-renderer/styles/'),
  may('^src-renderer/app/', '^src-renderer/(app|features|ui|lib)/'),
  may('^src-renderer/features/', '^src-renderer/(ui|lib)/'),
  { from: { path: '^src-renderer/features/([^/]+)/' }, to: { path: '^src-renderer/features/$1/' } },
  may('^src-renderer/ui/', '^src-renderer/(ui|lib)/'),
  may('^src-renderer/lib/', '^src-renderer/lib/'),
];

export const forbidden = [
  {
    name: 'no-cycle',
    comment: 'Two modules that need each other are one module, or miss a third. Types count.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'resolves',
    comment: 'An import that leads nowhere cannot be judged.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'only-the-electron-host-knows-electron',
    comment: 'Everything else must run in plain Node.',
    severity: 'error',
    from: { pathNot: '^(src-main/hosts/electron/|src-preload/index\\.ts$)' },
    to: { path: npm('electron') },
  },
  {
    name: 'bridge-names-need-nothing',
    comment: 'The bridge takes these names as values: whatever they import would run in every page.',
    severity: 'error',
    from: { path: '^src-preload/contract/bridge\\.ts$' },
    to: {},
  },
  {
    name: 'not-outside-dependencies',
    comment: 'What ships may only import packages that package.json lists under dependencies.',
    severity: 'error',
    from: { path: '^src-' },
    to: {
      dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
      dependencyTypesNot: ['type-only'],
      pathNot: npm('electron', '@types/[^/]+'),
    },
  },
];
