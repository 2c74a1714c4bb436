// Takes functions away from user code: each stays where it is, and throws a sentence when it is called.

/** In the user's code it is an error like any other; its stack begins below `at`. */
export function refusal(sentence: string, at: (...given: never[]) => unknown = refusal): Error {
  const error = new Error(sentence);
  error.name = 'Refused';
  Error.captureStackTrace(error, at);
  return error;
}

/** Looks like `real`, its prototype included, but can be neither called nor constructed. */
function refusing(real: object, sentence: string): unknown {
  const refuse = (): never => {
    throw refusal(sentence, refuse);
  };
  return new Proxy(real, { apply: refuse, construct: refuse });
}

/** For good: it can be neither set nor defined again. */
export function lock(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: false, configurable: false, enumerable: true });
}

/** A method, static function or constructor that is there; nothing where it is not, or is sealed already. */
export function sealMember(target: object, name: string, sentence: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  const value: unknown = descriptor?.value;
  if (typeof value === 'function' && descriptor?.configurable === true) lock(target, name, refusing(value, sentence));
}

/** All functions that a built-in module exports but those in `keep`, which do nothing by themselves. */
export function sealModule(name: string, sentence: string, keep: readonly string[] = []): void {
  const exports: unknown = process.getBuiltinModule(name);
  if (!isObject(exports)) return;
  for (const [key, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(exports))) {
    if (descriptor.configurable !== true || keep.includes(key)) continue;
    const value: unknown = descriptor.value;
    if (typeof value === 'function') {
      lock(exports, key, refusing(value, sentence));
      // Under two names it is sealed twice.
      const prototype: unknown = Reflect.get(value, 'prototype');
      if (isObject(prototype)) sealMember(prototype, 'constructor', sentence);
    } else if ('get' in descriptor && /^[A-Z]/u.test(key)) {
      // A class that is loaded when it is first asked for.
      lock(exports, key, refusing(refusal.bind(undefined), sentence));
    }
  }
}

export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
