// Names to addresses: `localhost` is this machine, whatever a name server says; it is not asked.
import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void;

const loopback: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

/** As `dns.lookup`. */
export function lookUp(hostname: string, options: LookupOptions, found: Found): void {
  if (!/^(?:.+\.)?localhost\.?$/iu.test(hostname)) {
    lookup(hostname, options, found);
    return;
  }
  const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : (options.family ?? 0);
  const fitting = loopback.filter((one) => family === 0 || one.family === family);
  const [first] = fitting;
  process.nextTick(() => {
    if (options.all === true || first === undefined) found(null, fitting);
    else found(null, first.address, first.family);
  });
}
