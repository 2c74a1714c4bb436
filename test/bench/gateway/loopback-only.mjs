// Loaded into a peer's process before its own code: whatever it listens on, it listens on 127.0.0.1.
import { Server } from 'node:net';

const listen = Reflect.get(Server.prototype, 'listen');
Server.prototype.listen = function listenOnLoopback(...given) {
  const [first, ...rest] = given;
  if (typeof first === 'number')
    return listen.call(this, { port: first, host: '127.0.0.1' }, ...rest.filter((one) => typeof one === 'function'));
  if (typeof first === 'object' && first !== null) return listen.call(this, { ...first, host: '127.0.0.1' }, ...rest);
  return listen.call(this, ...given);
};
