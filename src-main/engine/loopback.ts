// Addresses of this machine.

/** A host as URLs have it: "localhost", "127.0.0.1", "[::1]". */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}
