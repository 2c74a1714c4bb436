// A provider that costs nothing: answers chat completions at once, or streams them at a given pace; each piece says when it was sent.
import { createServer } from 'node:http';

const reply = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_700_000_000,
  model: 'bench',
  choices: [{ index: 0, message: { role: 'assistant', content: 'word '.repeat(80).trim() }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 400, completion_tokens: 80, total_tokens: 480 },
});

/** Epoch ms with fractions, the same clock in every process of this machine. */
const now = () => performance.timeOrigin + performance.now();

const chunk = (delta, finish, more) =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'bench', choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`;

const server = createServer((request, response) => {
  let text = '';
  request.on('data', (piece) => (text += piece));
  request.on('end', () => {
    const body = JSON.parse(text);
    if (body.stream !== true) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': reply.length });
      response.end(reply);
      return;
    }
    // "pieces/ms": how many, and how long between two.
    const [pieces, ms] = String(body.user ?? '1/0')
      .split('/')
      .map(Number);
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    let said = 0;
    const say = () => {
      said += 1;
      response.write(chunk({ role: 'assistant', content: `w${said} ` }, null, { sent: now() }));
      if (said < pieces) return;
      clearInterval(timer);
      response.write(chunk({}, 'stop', {}));
      response.end('data: [DONE]\n\n');
    };
    const timer = pieces > 1 ? setInterval(say, ms) : undefined;
    response.on('close', () => clearInterval(timer));
    say();
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ port: server.address().port })}\n`));
process.on('disconnect', () => process.exit(0));
