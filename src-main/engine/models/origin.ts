// Whose server it is: addresses of this machine.

/** A server on this machine itself: its calls cost nothing. */
export function isLoopback(url: string): boolean {
  const { hostname } = new URL(url);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/u.test(hostname);
}

/** "host:port", the same for every name of this machine. */
export function placeOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${isLoopback(url) ? 'loopback' : hostname}:${port === '' ? (protocol === 'https:' ? '443' : '80') : port}`;
}
