// A client of chat completions for the bench: kept connections, no library between it and the socket's events.
import { Agent, request } from 'node:http';

export interface Target {
  readonly name: string;
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface Told {
  /** Of the target. */
  readonly name: string;
  readonly status: number;
  /** From the request to the first byte of the body, and to its end, ms. */
  readonly firstMs: number;
  readonly ms: number;
  /** Of each streamed piece: from when the upstream sent it until it was here, ms. */
  readonly delays: readonly number[];
  readonly isWhole: boolean;
  /** How the body of anything but a 200 begins. */
  readonly problem: string;
}

const now = (): number => performance.timeOrigin + performance.now();
const sentPattern = /"sent":([\d.]+)/g;

export class Client {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections, maxFreeSockets: connections });
  }

  /** Asks; resolves whatever comes back. Rejects where the connection breaks. */
  ask(target: Target, body: string): Promise<Told> {
    const began = now();
    return new Promise((resolve, reject) => {
      const asked = request({
        agent: this.#agent,
        host: '127.0.0.1',
        port: target.port,
        path: '/v1/chat/completions',
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...target.headers,
        },
      });
      asked.on('error', reject);
      asked.on('response', (answer) => {
        let firstMs = 0;
        const { statusCode: status = 0 } = answer;
        let tail = '';
        let problem = '';
        const delays: number[] = [];
        answer.on('data', (piece: Buffer) => {
          const at = now();
          if (firstMs === 0) firstMs = at - began;
          const text = piece.toString('latin1');
          for (const [, sent] of text.matchAll(sentPattern)) delays.push(at - Number(sent));
          tail = text.slice(-40);
          if (status !== 200 && problem.length < 500) problem += text.slice(0, 500);
        });
        answer.on('error', reject);
        answer.on('end', () => {
          const isWhole = tail.endsWith('data: [DONE]\n\n') || tail.endsWith('}');
          resolve({ name: target.name, status, firstMs, ms: now() - began, delays, isWhole, problem });
        });
      });
      asked.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}

/** A conversation of ten messages that nobody has had before, about 2.5 KB. */
export function conversation(n: number, stream?: string): string {
  const messages = Array.from({ length: 9 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `Message ${index}: ${'what is to be done with the order that came late '.repeat(5)}`,
  }));
  return JSON.stringify({
    model: 'bench',
    messages: [
      { role: 'system', content: 'You answer questions about orders.' },
      ...messages,
      { role: 'user', content: `Question ${n} of process ${process.pid}` },
    ],
    ...(stream === undefined ? {} : { stream: true, user: stream }),
  });
}
