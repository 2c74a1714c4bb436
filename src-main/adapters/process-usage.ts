// What a process uses, as Linux tells it in /proc.
import { readFileSync } from 'node:fs';

const pageBytes = 4096;
const ticksMs = 10;

/** Resident bytes and CPU time in ms; undefined on other systems and for a process that is gone. */
export function processUsage(pid: number): { readonly rss: number; readonly cpuMs: number } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the name in brackets, which may hold spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [user = 0, system = 0, pages = 0] = [fields[11], fields[12], fields[21]].map(Number);
    return { rss: pages * pageBytes, cpuMs: (user + system) * ticksMs };
  } catch {
    return undefined;
  }
}
