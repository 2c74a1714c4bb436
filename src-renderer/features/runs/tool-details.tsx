// What a person should know of a tool's call before it is allowed, or said to have happened.
import type { JSX } from 'react';
import { z } from 'zod';
import { jsonSchema, type Json } from '#contract/turn';
import { JsonValue } from '../../ui/transcript/parts.tsx';
import { shownText } from '../../ui/transcript/shown-text.tsx';
import css from './interrupt-card.module.css';

/** As the studio puts it together where it asks about a tool. */
const aboutSchema = z.object({
  tool: z.string(),
  description: z.string(),
  effect: z.enum(['read', 'write']),
  input: jsonSchema,
  reason: z.string().optional(),
});

/** `details` as they are where they are of another form. */
export function ToolDetails({ details }: { readonly details: Json }): JSX.Element {
  const about = aboutSchema.safeParse(details);
  if (!about.success) {
    return (
      <div className={css.details} data-details="">
        <JsonValue value={details} label="Details" />
      </div>
    );
  }
  const { tool, description, effect, input, reason } = about.data;
  return (
    <>
      <p className={css.about}>
        {shownText(description)}{' '}
        <span className={css.effect}>
          {effect === 'write' ? 'It changes something outside the run.' : 'It only reads.'}
        </span>
      </p>
      <div className={css.details} data-details="">
        <JsonValue value={input} label={`Input of ${tool}`} />
      </div>
      {reason === undefined ? undefined : (
        <p className={css.about}>
          <span className={css.effect}>The policy says:</span> {shownText(reason)}
        </p>
      )}
    </>
  );
}
