// A child process that sends a request to the URL of its second argument over the way out of the store of its first, says when the head of
// the answer is there, and reads on until it is ended.
import { NodeHttp } from '#adapters/http';
import { openStore } from '#adapters/sqlite/store';
import { Egress } from '#engine/egress/egress';

const [file = '', url = ''] = process.argv.slice(2);
const { ledger, settings } = openStore(file);
const egress = new Egress({
  http: new NodeHttp(),
  ledger,
  settings,
  clock: { now: () => Date.now() },
  changed: () => undefined,
});
const response = await egress.send({
  method: 'GET',
  url,
  headers: [],
  signal: new AbortController().signal,
  headMs: 60_000,
  idleMs: 60_000,
  cause: { purpose: 'gateway', key: 'key-1' },
});
process.stdout.write(`${response.status}\n`);
for await (const piece of response.body) process.stdout.write(`${piece.length}\n`);
