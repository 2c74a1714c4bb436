// What a provider refused, in its own words, with what can be done about it.
import type { ProviderSettings } from '#contract/model';
import { jsonSchema, type Json } from '#contract/turn';
import { nearest } from '../nearest.ts';
import type { HttpResponse } from '../network-ports.ts';
import type { Redactor } from '../redactor.ts';
import { ModelError } from './model.ts';
import { askedDelay, headerOf } from './retry.ts';

const longestSentence = 1000;
/** Bytes of an error's body that are read. */
const longestBody = 256 * 1024;

export interface Refused {
  readonly name: string;
  readonly settings: ProviderSettings;
  readonly model: string;
  readonly redactor: Redactor;
  readonly now: number;
  /** The dialect's own. */
  readonly readError: (body: Json) => string | undefined;
}

/** Of an answer that is none; reads its body. */
export async function refusalOf(response: HttpResponse, refused: Refused): Promise<ModelError> {
  const { name, redactor, now, readError } = refused;
  const { status, headers } = response;
  const text = await bodyText(response);
  const json = jsonIn(text);
  const said = (json === undefined ? undefined : readError(json)) ?? text.trim();
  const location = headerOf(headers, 'location');
  const what =
    status >= 300 && status < 400
      ? `a redirect to ${location ?? 'elsewhere'}, which is not followed`
      : said === ''
        ? response.statusText || 'nothing more'
        : said;
  const retryAfterMs = askedDelay(headers, now);
  const sentence = redactor.text(`${name} answered ${status}: ${what}`).slice(0, longestSentence);
  return new ModelError(
    /[.!?…]$/u.test(sentence) ? sentence : `${sentence}.`,
    status,
    hintFor(status, refused, retryAfterMs),
    retryAfterMs,
  );
}

function hintFor(status: number, refused: Refused, retryAfterMs: number | undefined): string | undefined {
  const { name, settings, model } = refused;
  const at = `models.providers.${name}`;
  switch (status) {
    case 401:
    case 403:
      return settings.secret === undefined
        ? `No secret is sent to it. Put its key into the vault, and the secret's name into atelier.json at ${at}.secret.`
        : `It was sent the secret ${settings.secret}. Is that still valid, and for this model?`;
    case 404: {
      const near = nearest(model, settings.models ?? []);
      if (near !== undefined && near !== model) return `Did you mean ${name}/${near}?`;
      return `Is there a model ${JSON.stringify(model)} there, and is the address right (${at}.url)?`;
    }
    case 429:
      return retryAfterMs === undefined
        ? `How much it is asked at once can be limited in atelier.json at ${at}.limits.`
        : `It may be asked again in ${Math.ceil(retryAfterMs / 1000)} s.`;
    default:
      return status >= 300 && status < 400 ? `Is the address right (${at}.url)?` : undefined;
  }
}

/** What can be had of it; '' where that is nothing. */
async function bodyText({ body }: HttpResponse): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body) {
      pieces.push(piece);
      size += piece.length;
      if (size >= longestBody) break;
    }
  } catch (error) {
    // What it said before it broke off is worth more than that it did.
    if (!(error instanceof ModelError)) throw error;
  }
  return Buffer.concat(pieces).toString('utf8');
}

function jsonIn(text: string): Json | undefined {
  try {
    return jsonSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
