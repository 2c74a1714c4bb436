// What user code is kept from in its thread, beyond what the permission model keeps it from (rights.ts).
import * as dgram from 'node:dgram';
import * as dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';
import * as net from 'node:net';
import { runErrorOf } from '#engine/run/run-failure';
import { isObject, lock, refusal, sealMember, sealModule } from './seal.ts';

/**
 * Before the first line of user code.
 *
 * These are guards, not walls: they take every documented way to the network and to the process away from JavaScript, including the
 * methods underneath that Node's own modules use, but a fault in Node could show another. The walls are the permission model (files, programs,
 * native code, threads), the process of its own with an empty environment, and that main believes nothing that comes from it unread.
 */
export function guard(role: 'agent' | 'tool', print: (text: string) => void): void {
  keepAlive(print);
  guardProcess(role);
  if (role === 'agent') {
    const rights: unknown = process.permission;
    if (!isObject(rights) || ['fs.write', 'child', 'worker'].some((right) => process.permission.has(right))) {
      throw new Error('The permission model is not in force, so no user code is run here.');
    }
    guardNetwork();
    guardMachine();
  }
  syncBuiltinESMExports();
}

/** What nobody catches is printed; it harms nothing else. */
function keepAlive(print: (text: string) => void): void {
  const report = (thrown: unknown): void => {
    const { name, message, stack } = runErrorOf(thrown);
    print(`Uncaught ${stack ?? `${name}: ${message}`}\n`);
  };
  process.on('unhandledRejection', report);
  process.setUncaughtExceptionCaptureCallback(report);
}

function guardProcess(role: 'agent' | 'tool'): void {
  const instead: Readonly<Record<string, string>> = {
    exit: 'return from the function, or throw an error',
    abort: 'throw an error',
  };
  const taken = ['exit', 'reallyExit', 'abort', '_kill', 'execve', '_debugProcess', '_debugEnd', 'dlopen', '_rawDebug'];
  const inside = [
    'binding',
    '_linkedBinding',
    '_getActiveHandles',
    '_getActiveRequests',
    'setUncaughtExceptionCaptureCallback',
  ];
  const rights = ['chdir', 'umask', 'setuid', 'setgid', 'seteuid', 'setegid', 'setgroups', 'initgroups', 'loadEnvFile'];
  for (const name of [...taken, ...inside, ...rights]) {
    if (role === 'tool' && name === 'dlopen') continue;
    const hint = Object.hasOwn(instead, name) ? `: ${instead[name]}` : '';
    sealMember(process, name, `process.${name} is not available in a runner${hint}.`);
  }
  const kill = process.kill.bind(process);
  lock(process, 'kill', (pid: number, signal?: string | number): true => {
    const own = [0, process.pid, process.ppid].includes(Math.abs(pid));
    if (role === 'agent' || own) throw refusal('process.kill is not available in a runner: throw an error.');
    return kill(pid, signal);
  });
  sealModule('v8', 'A runner does not let V8 be set otherwise.', [
    'cachedDataVersionTag',
    'getHeapStatistics',
    'getHeapSpaceStatistics',
    'getHeapCodeStatistics',
    'serialize',
    'deserialize',
    'Serializer',
    'Deserializer',
    'DefaultSerializer',
    'DefaultDeserializer',
  ]);
  // The way to the first thread.
  const threads = process.getBuiltinModule('node:worker_threads');
  lock(threads, 'parentPort', null);
  lock(threads, 'workerData', null);
}

function guardNetwork(): void {
  const sentence = 'Agent code reaches the network only through tools and models.';
  // Underneath: whoever has got hold of a socket, as Node's own fetch has, cannot use it.
  for (const name of ['connect', 'listen']) {
    sealMember(net.Socket.prototype, name, sentence);
    sealMember(net.Server.prototype, name, sentence);
  }
  for (const name of ['bind', 'connect', 'send', 'sendto']) sealMember(dgram.Socket.prototype, name, sentence);
  for (const resolver of [dns.Resolver, dns.promises.Resolver]) {
    for (
      let at: unknown = resolver.prototype;
      isObject(at) && at !== Object.prototype;
      at = Object.getPrototypeOf(at)
    ) {
      for (const name of Object.getOwnPropertyNames(at)) if (name !== 'constructor') sealMember(at, name, sentence);
    }
  }
  for (const [name, keep] of Object.entries(networkModules)) sealModule(name, sentence, keep);
  Object.defineProperty(globalThis, 'fetch', {
    value: () => Promise.reject(refusal(sentence)),
    writable: true,
    configurable: true,
  });
}

const networkModules: Readonly<Record<string, readonly string[]>> = {
  dgram: [],
  dns: ['getDefaultResultOrder'],
  'dns/promises': ['getDefaultResultOrder'],
  http: ['validateHeaderName', 'validateHeaderValue'],
  http2: ['getDefaultSettings', 'getPackedSettings', 'getUnpackedSettings'],
  https: [],
  inspector: [],
  net: ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress'],
  tls: ['getCiphers', 'checkServerIdentity'],
};

function guardMachine(): void {
  sealModule('child_process', 'Agent code starts no programs; a tool may.');
  sealModule('cluster', 'Agent code starts no programs; a tool may.');
  sealModule('worker_threads', 'Agent code starts no threads; a tool may.', [
    'MessageChannel',
    'MessagePort',
    'markAsUntransferable',
    'markAsUncloneable',
    'isMarkedAsUntransferable',
    'receiveMessageOnPort',
  ]);
  const files = process.getBuiltinModule('node:fs');
  const sentence = 'Agent code writes no files; a tool may.';
  for (const exports of [files, files.promises]) {
    for (const name of Object.keys(exports)) if (writing.test(name)) sealMember(exports, name, sentence);
  }
  sealMember(process.getBuiltinModule('node:os'), 'setPriority', 'Agent code does not set priorities.');
  lock(process, 'report', undefined);
}

/** Through descriptors that are open already, such as the channel's, these would get past the permission model. */
const writing =
  /^(?:write|append|truncate|ftruncate|createWriteStream|mkdir|mkdtemp|rename|rm|unlink|copyFile|cp|symlink|link|chmod|fchmod|chown|fchown|lchown|utimes|futimes|lutimes|WriteStream)/u;
