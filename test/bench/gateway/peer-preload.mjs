// Loaded into a peer's process before its own code: whatever it listens on, it listens on 127.0.0.1, and its streams work.
import { Server } from 'node:net';

const listen = Reflect.get(Server.prototype, 'listen');
Server.prototype.listen = function listenOnLoopback(...given) {
  const [first, ...rest] = given;
  if (typeof first === 'number')
    return listen.call(this, { port: first, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'));
  if (typeof first === 'object' && first !== null) return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  return listen.call(this, ...given);
};

// The peer adds to the headers of what `fetch` gives it, which cannot be changed: without this it answers every stream with 500 on Node 24.
const { fetch } = globalThis;
globalThis.fetch = async (...given) => {
  const response = await fetch(...given);
  if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) return response;
  const { status, statusText, headers } = response;
  return new Response(response.body, { status, statusText, headers: new Headers(headers) });
};
