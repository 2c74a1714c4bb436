// The runner program: its first thread keeps watch, a second one, with fewer rights, runs the user's code.
import { isMainThread } from 'node:worker_threads';

if (isMainThread) {
  const { supervise } = await import('./supervise.ts');
  supervise(new URL(import.meta.url));
} else {
  const { serve } = await import('./serve.ts');
  serve();
}
