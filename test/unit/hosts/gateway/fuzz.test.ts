// A short round of fuzzing in the suite; `npm run fuzz` goes on for as long as asked.
import { expect, onTestFinished, test } from 'vitest';
import { openGateway, speak } from '#test/gateway';
import { startFakeUpstream } from '#test/upstream/fake-upstream';
import { fuzzReaders } from '../../../fuzz/fuzz-readers.ts';
import { fuzzServer } from '../../../fuzz/fuzz-server.ts';
import { answersIn } from '../../../fuzz/http-answers.ts';

const seconds = 9;
const timeout = (seconds + 120) * 1000;

test(
  `${seconds} s of mutated requests on raw sockets: each answered or refused with a reason`,
  { timeout },
  async () => {
    const seed = Math.floor(Math.random() * 1e9);
    const report = await fuzzServer({ seconds, seed });
    process.stderr.write(`Fuzzed from seed ${seed}: ${report.inputs} inputs, ${JSON.stringify(report.statuses)}.\n`);
    expect(report.crashes).toEqual([]);
    expect(report.inputs).toBeGreaterThan(100);
    expect(report.good).toBeGreaterThan(0);
    expect(Object.keys(report.statuses)).toEqual(expect.arrayContaining(['200', '400']));
  },
);

test(`${seconds} s of mutated bytes: each reader takes them or refuses with a reason`, { timeout }, async () => {
  const seed = Math.floor(Math.random() * 1e9);
  const report = await fuzzReaders({ seconds, seed });
  process.stderr.write(`Fuzzed from seed ${seed}: ${JSON.stringify(report.counts)}.\n`);
  expect(report.crashes).toEqual([]);
  for (const { taken, refused } of Object.values(report.counts)) {
    expect(taken).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(0);
  }
});

test('found so: one that expects to be told to go on, sent behind another request, gets an answer that is whole', async () => {
  const upstream = await startFakeUpstream(() => ({
    headers: [['content-type', 'application/json']],
    body: '{"answer":"whole"}',
  }));
  onTestFinished(() => upstream.close());
  const gateway = await openGateway({ providers: { up: upstream.origin } });
  const key = gateway.key();
  const request = (more: string): string =>
    `POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:${gateway.server.port}\r\nAuthorization: Bearer ${key}\r\n` +
    `Content-Type: application/json\r\n${more}Content-Length: 13\r\n\r\n{"model":"m"}`;
  const heard = await speak(gateway.server.port, request('') + request('Expect: 100-continue\r\n') + request(''));
  const answers = answersIn(Buffer.from(heard, 'latin1'), false);
  // As nobody was told to go on, the connection ends with that answer.
  expect(answers.map(({ status, body }) => [status, body.toString()])).toEqual(
    Array.from({ length: 2 }, () => [200, '{"answer":"whole"}']),
  );
});
