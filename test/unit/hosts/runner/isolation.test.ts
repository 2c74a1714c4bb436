// What the code of an agent cannot reach: files, programs, the network, the environment, the studio.
import { createServer } from 'node:http';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunner, type Runner } from '#test/runners';

const canary = 'canary-7f3a9c-secret';
let connections = 0;
const server = createServer((_request, answer) => answer.end('reached')).on('connection', () => (connections += 1));
let port = 0;

beforeAll(async () => {
  process.env['ATELIER_TEST_CANARY'] = canary;
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  delete process.env['ATELIER_TEST_CANARY'];
  server.close();
});

/** What each expression gave in an agent, or the sentence it threw. */
async function tried(runner: Runner, attempts: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  const { pool, heard } = runner;
  const bodies = Object.entries(attempts).map(([name, body]) => `${JSON.stringify(name)}: async () => (${body})`);
  const url = runner.agent(
    'tries',
    `const result = {};
    for (const [name, body] of Object.entries(bodies)) {
      try {
        const value = await Promise.race([body(), new Promise((done) => setTimeout(done, 500, 'nothing came'))]);
        result[name] = 'GOT ' + (typeof value === 'string' ? value : JSON.stringify(value) ?? typeof value);
      } catch (error) {
        result[name] = 'NO ' + error.message;
      }
    }
    console.log(JSON.stringify(result));`,
    `import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const folder = ${JSON.stringify(runner.folder)};
    const port = ${port};
    const emitted = (emitter, event) => new Promise((done, fail) => { emitter.on(event, done); emitter.on('error', fail); });
    const bodies = { ${bodies.join(',\n')} };`,
  );
  pool.run(runner.order('tries', url), false);
  const text = await heard.until(() => (heard.printed().includes('\n') ? heard.printed() : undefined));
  const results: Record<string, string> = {};
  for (const [name, value] of Object.entries(JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)))) {
    results[name] = String(value);
  }
  return results;
}

describe('the code of an agent', () => {
  it('touches no file but the code it is made of', async () => {
    await using runner = openRunner();
    writeFileSync(join(runner.folder, 'diary.txt'), 'private');
    const results = await tried(runner, {
      read: "require('fs').readFileSync(folder + '/diary.txt', 'utf8')",
      readPromise: "(await import('node:fs/promises')).readFile(folder + '/diary.txt', 'utf8')",
      list: "require('fs').readdirSync(folder)",
      environ: "require('fs').readFileSync('/proc/self/environ', 'utf8')",
      parent: "require('fs').readFileSync('/proc/' + process.ppid + '/environ', 'utf8')",
      stream: "emitted(require('fs').createReadStream(folder + '/diary.txt'), 'data')",
      importing: "import('file://' + folder + '/diary.txt')",
      requiring: "require(folder + '/diary.txt')",
      write: "require('fs').writeFileSync(folder + '/new.txt', 'x')",
      writeOwn: "require('fs').writeFileSync(new URL(import.meta.url), 'x')",
      open: "require('fs').openSync(folder + '/new.txt', 'w')",
      channel: "require('fs').writeSync(3, JSON.stringify({ type: 'left', run: 'tries' }) + '\\n')",
      sqlite: "new (require('node:sqlite').DatabaseSync)(folder + '/new.txt').exec('create table a (b)')",
      native: "require('better-sqlite3')(folder + '/new.txt')",
      report: 'process.report.writeReport(folder + "/new.txt")',
      heap: "require('v8').writeHeapSnapshot(folder + '/new.txt')",
      loadEnv: 'process.loadEnvFile(folder + "/diary.txt")',
      link: "require('fs').symlinkSync(folder, folder + '/new.txt')",
    });
    expect(Object.entries(results).filter(([, result]) => !result.startsWith('NO '))).toEqual([]);
    expect(results['write']).toBe('NO Agent code writes no files; a tool may.');
    expect(existsSync(join(runner.folder, 'new.txt'))).toBe(false);
  });

  it('starts no program, no thread and no debugger', async () => {
    await using runner = openRunner();
    const results = await tried(runner, {
      spawn: "emitted(require('child_process').spawn('true'), 'close')",
      execSync: "require('child_process').execSync('echo hi').toString()",
      fork: "emitted(require('child_process').fork('x'), 'close')",
      class: "new (require('child_process').ChildProcess)().spawn({ file: 'true', args: ['true'] })",
      cluster: "require('cluster').fork().id",
      thread: "emitted(new (require('worker_threads').Worker)('1', { eval: true }), 'exit')",
      esm: "(async () => { const { Worker } = await import('node:worker_threads'); new Worker('1', { eval: true }); })()",
      builtin: "process.getBuiltinModule('worker_threads').Worker.prototype.constructor('1')",
      parent: "require('worker_threads').parentPort.postMessage({ type: 'left', run: 'tries' })",
      inspector: "new (require('inspector').Session)().connect()",
      open: "require('inspector').open(0)",
      execve: "process.execve('/bin/true')",
      wasi: "new (require('wasi').WASI)({ version: 'preview1', preopens: { '/': '/' } })",
      hooks: "require('module').register('data:text/javascript,')",
      send: "process.send({ type: 'left', run: 'tries' })",
    });
    // Refused, not mistyped.
    const isRefusal = (result: string): boolean =>
      /^NO (?!.*(?:is not defined|Unexpected|is not a constructor))/u.test(result);
    expect(Object.entries(results).filter(([, result]) => !isRefusal(result))).toEqual([]);
  });

  it('sees no environment, wherever it looks', async () => {
    await using runner = openRunner();
    const results = await tried(runner, {
      env: 'process.env',
      envModule: "(await import('node:process')).default.env",
      share: "require('worker_threads').getEnvironmentData('x') ?? 'none'",
      argv: '[process.argv, process.execArgv]',
    });
    expect(JSON.stringify(results)).not.toContain(canary);
    const names = Object.keys(JSON.parse(results['env']?.slice(4) ?? '') as object);
    expect(names.filter((name) => !/^(?:LANG|LANGUAGE|LC_\w+|TZ|SystemRoot|windir)$/iu.test(name))).toEqual([]);
  });

  it('reaches the network by no way that Node has', async () => {
    await using runner = openRunner();
    connections = 0;
    const results = await tried(runner, {
      fetch: 'fetch(`http://127.0.0.1:${port}`).then((answer) => answer.text())',
      http: "emitted(require('http').get({ port }), 'response')",
      httpEsm:
        "(async () => { const http = await import('node:http'); return emitted(http.get({ port }), 'response'); })()",
      httpNamed:
        "(async () => { const { request } = await import('http'); return emitted(request({ port }).end(), 'response'); })()",
      client: "emitted(new (require('http').ClientRequest)({ port }), 'response')",
      agent: "emitted(require('http').globalAgent.createConnection({ port, host: '127.0.0.1' }), 'connect')",
      agentClass: "emitted(new (require('http').Agent)().createConnection({ port }), 'connect')",
      https: "emitted(require('https').get({ port }), 'response')",
      http2: "emitted(require('http2').connect('http://127.0.0.1:' + port), 'connect')",
      net: "emitted(require('net').connect(port), 'connect')",
      socket: "emitted(new (require('net').Socket)().connect(port), 'connect')",
      socketBehind: "emitted(new (Object.getPrototypeOf(require('tls').TLSSocket))().connect(port), 'connect')",
      socketPrototype: "require('net').Socket.prototype.connect.call(new (require('stream').Duplex)(), port)",
      descriptor: "new (require('net').Socket)({ fd: 3 }).write('x')",
      server: "emitted(require('net').createServer().listen(0), 'listening')",
      tls: "emitted(require('tls').connect(port), 'connect')",
      dgram:
        "(() => { const socket = require('dgram').createSocket('udp4'); socket.send('x', port); return 'sent'; })()",
      dns: "new Promise((done, fail) => require('dns').lookup('localhost', (error, a) => error ? fail(error) : done(a)))",
      dnsPromises: "require('dns').promises.lookup('localhost')",
      dnsEsm: "(await import('node:dns/promises')).resolve('localhost')",
      resolver: "new (require('dns').Resolver)().resolve4('localhost', () => {})",
      webSocket: 'emitted(new WebSocket(`ws://127.0.0.1:${port}`), "open")',
      eventSource: 'new EventSource(`http://127.0.0.1:${port}`)',
      httpWebSocket: "new (require('http').WebSocket)(`ws://127.0.0.1:${port}`)",
      undici:
        "(() => { new Response('x'); const d = globalThis[Symbol.for('undici.globalDispatcher.1')]; return d.request({ origin: `http://127.0.0.1:${port}`, path: '/', method: 'GET' }); })()",
      builtin: "emitted(process.getBuiltinModule('net').createConnection(port), 'connect')",
      evaluated: "emitted(new Function('return process')().getBuiltinModule('net').connect(port), 'connect')",
      unsealed:
        "(() => { const net = require('net'); delete net.connect; Object.defineProperty(net, 'connect', { value: 1 }); return 'opened'; })()",
      importing: 'import(`http://127.0.0.1:${port}/x.mjs`)',
      internal: "require('module')._load('net').connect(port)",
    });
    expect(Object.entries(results).filter(([, result]) => result.startsWith('GOT '))).toEqual([]);
    const sentence = 'NO Agent code reaches the network only through tools and models.';
    expect(results).toMatchObject(
      Object.fromEntries(
        ['fetch', 'http', 'httpEsm', 'net', 'socket', 'dns', 'dgram', 'undici'].map((name) => [name, sentence]),
      ),
    );
    expect(connections).toBe(0);
  });

  it('may use what reaches nothing', async () => {
    await using runner = openRunner();
    const results = await tried(runner, {
      hash: "require('crypto').createHash('sha256').update('x').digest('hex').slice(0, 4)",
      url: "new URL('https://example.com/a?b=1').searchParams.get('b')",
      ip: "require('net').isIP('::1')",
      codes: "require('http').STATUS_CODES[404]",
      extending: "(() => { class Own extends require('http').Agent {} return typeof Own; })()",
      zip: "require('zlib').gunzipSync(require('zlib').gzipSync('zipped')).toString()",
      response: "new Response('body').text()",
      port: "new Promise((done) => { const { port1, port2 } = new MessageChannel(); port2.onmessage = ({ data }) => { port2.close(); done(data); }; port1.postMessage('by port'); })",
      wasm: 'WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))',
      stream: "require('stream').Readable.from(['a', 'b']).toArray().then((all) => all.join(''))",
    });
    expect(results).toEqual({
      hash: 'GOT 2d71',
      url: 'GOT 1',
      ip: 'GOT 6',
      codes: 'GOT Not Found',
      extending: 'GOT function',
      zip: 'GOT zipped',
      response: 'GOT body',
      port: 'GOT by port',
      wasm: 'GOT true',
      stream: 'GOT ab',
    });
  });
});
