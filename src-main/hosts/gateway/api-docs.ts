// The API to read: every operation with what it takes, rendered here, without a script and without anything from elsewhere.
import { escaped, type PlainPage } from './plain-page.ts';
import { apiPrefix, type ApiOperation, type OpenApiDocument } from './openapi.ts';

const style = `
main { max-width: 920px; margin: 0 auto; padding: 32px 24px 64px; }
h2 { font-size: 15px; margin: 32px 0 8px; text-transform: capitalize; }
nav a { margin-right: 12px; text-transform: capitalize; }
pre { background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 12px; overflow: auto; font: 13px/20px ui-monospace, monospace; max-height: 480px; }
details { border-top: 1px solid var(--line); }
details:last-of-type { border-bottom: 1px solid var(--line); }
summary { display: grid; grid-template-columns: 72px minmax(0, 360px) 56px 1fr; gap: 8px; padding: 6px 4px; cursor: pointer; }
summary:hover { background: var(--card); }
.method { font: 600 12px/24px ui-monospace, monospace; }
.inside { padding: 4px 4px 16px 84px; }
table { border-collapse: collapse; margin: 0 0 12px; }
td, th { text-align: left; vertical-align: top; padding: 2px 16px 2px 0; }
th { font-weight: 600; color: var(--quiet); }
@media (max-width: 720px) { summary { grid-template-columns: 72px 1fr; } .inside { padding-left: 4px; } }
`;

export function apiDocsPage(document: OpenApiDocument, operations: readonly ApiOperation[]): PlainPage {
  const domains = [...new Set(operations.map(domainOf))];
  const sections = domains.map((domain) => {
    const own = operations.filter((operation) => domainOf(operation) === domain);
    return `<h2 id="${escaped(domain)}">${escaped(domain)}</h2>${own.map((operation) => shown(document, operation)).join('')}`;
  });
  return {
    title: 'Atelier API',
    style,
    body: `<main><h1>Atelier API</h1>
<p>The open workspace over HTTP, on this machine alone. Make a key with the scope <code>read</code> or <code>write</code> on the Gateway screen and send it along:</p>
<pre>curl -H "Authorization: Bearer $ATELIER_KEY" $ATELIER_URL${apiPrefix}/workspace</pre>
<p class="quiet">Bodies are JSON. Errors are <code>{"code", "message", "hint"}</code> with the status that fits. Streams are server-sent events, one JSON value each.
For programs: <a href="${apiPrefix}/openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
<nav aria-label="Domains">${domains.map((domain) => `<a href="#${escaped(domain)}">${escaped(domain)}</a>`).join('')}</nav>
${sections.join('\n')}</main>`,
  };
}

const domainOf = ({ name }: ApiOperation): string => name.split('.')[0] ?? '';

function shown(document: OpenApiDocument, { name, method, path, summary, scope }: ApiOperation): string {
  return `<details id="${escaped(name)}"><summary><span class="method">${method}</span><code>${escaped(apiPrefix + path)}</code><span class="quiet">${scope}</span><span>${escaped(summary)}</span></summary>
<div class="inside">${inputOf(document, method, path)}</div></details>`;
}

function inputOf(document: OpenApiDocument, method: string, path: string): string {
  const operation = document.paths?.[path]?.[method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'];
  const rows = (operation?.parameters ?? []).flatMap((parameter) => {
    if (!('name' in parameter)) return [];
    const type = JSON.stringify(parameter.schema ?? {});
    const need = parameter.required === true ? 'required' : 'optional';
    return [
      `<tr><td><code>${escaped(parameter.name)}</code></td><td>${parameter.in}</td><td class="quiet">${need}</td><td><code>${escaped(type)}</code></td></tr>`,
    ];
  });
  const body =
    operation?.requestBody !== undefined && 'content' in operation.requestBody
      ? operation.requestBody.content['application/json']?.schema
      : undefined;
  const table =
    rows.length === 0
      ? ''
      : `<table><thead><tr><th>Parameter</th><th>In</th><th></th><th>Form</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
  const json =
    body === undefined
      ? ''
      : `<p class="quiet">Body, as JSON Schema:</p><pre tabindex="0">${escaped(JSON.stringify(body, undefined, 2))}</pre>`;
  return table === '' && json === '' ? '<p class="quiet">It takes nothing.</p>' : table + json;
}
