// The API as OpenAPI 3.1, made from the contract, and the routes that it has.
import { OpenAPIGenerator, type OpenAPI } from '@orpc/openapi';
import { traverseContractProcedures } from '@orpc/server';
import { ZodToJsonSchemaConverter } from '@orpc/zod/zod4';
import { router } from '#handlers/router';
import manifest from '../../../package.json' with { type: 'json' };
import { offered } from './api-procedures.ts';

export type OpenApiDocument = OpenAPI.Document;

export const apiPrefix = '/api';

export interface ApiOperation {
  /** "traces.list". */
  readonly name: string;
  readonly method: string;
  /** Below the prefix: "/traces/{id}". */
  readonly path: string;
  readonly summary: string;
  readonly scope: 'read' | 'write';
}

/** For oRPC's `filter` options. */
export function isOffered({ path }: { readonly path: readonly string[] }): boolean {
  return Object.hasOwn(offered, path.join('.'));
}

export function apiOperations(): readonly ApiOperation[] {
  const operations: ApiOperation[] = [];
  traverseContractProcedures({ router, path: [] }, ({ contract, path }) => {
    const name = path.join('.');
    const scope = offered[name];
    const { method = 'POST', path: at = '', summary = '' } = contract['~orpc'].route;
    if (scope !== undefined) operations.push({ name, method, path: at, summary, scope });
  });
  return operations;
}

const problemSchema: OpenAPI.SchemaObject = {
  type: 'object',
  properties: {
    code: { type: 'string', description: 'For programs.' },
    message: { type: 'string', description: 'What is wrong, in a sentence.' },
    hint: { type: 'string', description: 'What to do about it.' },
  },
  required: ['code', 'message'],
};

const problemRef = { $ref: '#/components/schemas/Problem' } as const;

const problemDescriptions: Readonly<Record<string, string>> = {
  400: 'What was sent does not fit.',
  403: 'The key, or Atelier, does not allow it.',
  404: 'It is not there.',
  409: 'It does not go with what is there.',
  499: 'It was cancelled.',
};

/** What the contract describes by TypeScript alone is any JSON here: the generator would say that it may also be nothing. */
function isOfAnyForm(media: OpenAPI.MediaTypeObject | undefined): boolean {
  return media?.schema !== undefined && 'anyOf' in media.schema;
}

export async function openApiDocument(): Promise<OpenApiDocument> {
  const converter = new ZodToJsonSchemaConverter({ unsupportedJsonSchema: {} });
  const document = await new OpenAPIGenerator({ schemaConverters: [converter] }).generate(router, {
    filter: isOffered,
    info: {
      title: 'Atelier',
      version: manifest.version,
      description:
        'The open workspace over HTTP, on this machine alone. A key of the gateway with the scope "read" or "write" goes into the authorization header.',
    },
    servers: [{ url: apiPrefix }],
    security: [{ key: [] }],
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A key made on the Gateway screen.' } },
      schemas: { Problem: problemSchema },
    },
    customErrorResponseBodySchema: () => problemRef,
  });
  const scopes = new Map(apiOperations().map(({ name, scope }) => [name, scope]));
  for (const item of Object.values(document.paths ?? {})) {
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const operation = item?.[method];
      const name = operation?.operationId;
      if (operation === undefined || name === undefined) continue;
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        if (!('content' in response)) continue;
        if (status !== '200') response.description = problemDescriptions[status] ?? 'It failed.';
        else if (isOfAnyForm(response.content?.['application/json']))
          response.content = { 'application/json': { schema: {} } };
      }
      operation.tags = [name.split('.')[0] ?? ''];
      operation.description = `Needs a key with the scope "${scopes.get(name) ?? ''}".`;
    }
  }
  return document;
}
