// Pages without a script: the ones around the login, and what documents the API. Made here, so that nothing is fetched for them.
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

export interface PlainPage {
  readonly title: string;
  /** HTML; text in it must have been through `escaped`. */
  readonly body: string;
  /** Besides what all such pages have. */
  readonly style?: string;
}

const commonStyle = `
:root { color-scheme: light dark; --bg: #f8f9fb; --card: #fff; --text: #1c2029; --quiet: #5a6272; --line: #d9dde5; --accent: #2f5bd0; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #121419; --card: #1a1d24; --text: #e6e9ef; --quiet: #a0a8b8; --line: #2e333e; --accent: #86a8ff; --on: #10131a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/24px system-ui, sans-serif; }
h1 { font-size: 20px; line-height: 28px; margin: 0 0 8px; }
p { margin: 0 0 12px; }
code { font: 13px/20px ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
.quiet { color: var(--quiet); }
button { font: inherit; padding: 6px 16px; border-radius: 6px; border: 1px solid var(--line); background: var(--card); color: var(--text); cursor: pointer; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;

/** For a page of one short text in the middle. */
export const cardStyle = `
main { max-width: 480px; margin: 15vh auto 0; padding: 24px; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
form { display: inline-block; margin: 4px 8px 0 0; }
`;

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** `withBody`: false for HEAD. */
export function sendPage(
  response: ServerResponse,
  status: number,
  { title, body, style = '' }: PlainPage,
  withBody = true,
): void {
  const css = `${commonStyle}${style}`;
  const html = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title><style>${css}</style></head>
<body>${body}</body></html>
`;
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'`,
    "img-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ];
  response.writeHead(status, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(html),
    'Content-Security-Policy': policy.join('; '),
    'X-Content-Type-Options': 'nosniff',
    // Under 'no-referrer' a form would come with "Origin: null", and could not be told from another site's.
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cache-Control': 'no-store',
  });
  response.end(withBody ? html : undefined);
}
