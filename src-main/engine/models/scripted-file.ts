// The file of a scripted model, models/NAME.model.json: its shape.
import { z } from 'zod';
import { jsonSchema, type Json } from '#contract/turn';
import { nearest } from '../nearest.ts';
import { parsePath } from './json-path.ts';
import { checkPattern } from './scripted-pattern.ts';
import { checkTemplate, TemplateError, textsIn } from './scripted-template.ts';

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const countTest = z.union([
  z.int().nonnegative(),
  z.strictObject({ atLeast: z.int().nonnegative().optional(), atMost: z.int().nonnegative().optional() }),
]);
export type CountTest = z.infer<typeof countTest>;

const valueTest = z.union([
  scalar,
  z.strictObject({
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
    exists: z.boolean().optional(),
    oneOf: z.array(scalar).min(1).optional(),
  }),
]);
export type ValueTest = z.infer<typeof valueTest>;

const pattern = z
  .string()
  .min(1)
  .max(2000)
  .superRefine((source, context) => {
    try {
      checkPattern(source);
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error));
    }
  });
const contains = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
export const textTestSchema = z.strictObject({ contains: contains.optional(), matches: pattern.optional() });
export type TextTest = z.infer<typeof textTestSchema>;

const path = z.string().superRefine((text, context) => {
  try {
    parsePath(text);
  } catch (error) {
    context.addIssue(error instanceof Error ? error.message : String(error));
  }
});

export const whenSchema = z.strictObject({
  // Of the last message
  role: z.enum(['user', 'tool', 'assistant', 'system', 'context']).optional(),
  contains: contains.optional(),
  matches: pattern.optional(),
  json: z.record(path, valueTest).optional(),
  /** It is a result of this tool, or of one of these. */
  tool: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  error: z.boolean().optional(),
  // Of the conversation
  user: textTestSchema.optional(),
  system: textTestSchema.optional(),
  messages: countTest.optional(),
  answers: countTest.optional(),
  // Of the request
  tools: z.union([z.boolean(), z.array(z.string().min(1)).min(1)]).optional(),
  schema: z.boolean().optional(),
  parameters: z.record(z.string(), valueTest).optional(),
  try: countTest.optional(),
  chance: z.number().min(0).max(1).optional(),
});
export type When = z.infer<typeof whenSchema>;

const milliseconds = z.number().nonnegative().max(3_600_000);
export const streamSchema = z.strictObject({
  /** Drawn between the two where there are two. */
  firstTokenMs: z.union([milliseconds, z.tuple([milliseconds, milliseconds])]).optional(),
  tokensPerSecond: z.number().positive().max(1_000_000).optional(),
});
export type Stream = z.infer<typeof streamSchema>;

export const replySchema = z.strictObject({
  reasoning: z.string().optional(),
  text: z.string().optional(),
  json: jsonSchema.optional(),
  calls: z
    .array(z.strictObject({ name: z.string().min(1), arguments: jsonSchema.default({}) }))
    .min(1)
    .optional(),
  stop: z.string().min(1).optional(),
});
export type Reply = z.infer<typeof replySchema>;

export const failSchema = z.strictObject({
  status: z.int().min(400).max(599).optional(),
  message: z.string().min(1).optional(),
  hint: z.string().min(1).optional(),
  /** Characters of the reply that are still said. */
  after: z.int().positive().optional(),
});

export const ruleSchema = z
  .strictObject({
    name: z.string().min(1).optional(),
    when: whenSchema.default({}),
    reply: replySchema.optional(),
    fail: failSchema.optional(),
    stream: streamSchema.optional(),
    usage: z
      .strictObject({
        inputTokens: z.int().nonnegative().optional(),
        outputTokens: z.int().nonnegative().optional(),
        costUsd: z.number().nonnegative().optional(),
      })
      .optional(),
  })
  .superRefine((one, context) => {
    if (one.reply === undefined && one.fail === undefined) context.addIssue('has neither a reply nor a fail');
    if (one.reply?.text !== undefined && one.reply.json !== undefined)
      context.addIssue({ code: 'custom', path: ['reply'], message: 'has both a text and a json' });
    if (one.reply !== undefined && one.fail !== undefined && one.fail.after === undefined)
      context.addIssue({
        code: 'custom',
        path: ['fail'],
        message: 'stands beside a reply, but does not say after how many characters',
      });
    if (one.fail?.after !== undefined && one.reply === undefined)
      context.addIssue({ code: 'custom', path: ['fail', 'after'], message: 'has no reply to break off' });
  });
export type Rule = z.infer<typeof ruleSchema>;

export const fileSchema = z
  .strictObject({
    $schema: z.string().optional(),
    description: z.string().optional(),
    /** What it says it is; `scripted/NAME` where absent. */
    model: z.string().min(1).optional(),
    stream: streamSchema.optional(),
    /** US dollars for a million tokens. */
    price: z.strictObject({ input: z.number().nonnegative(), output: z.number().nonnegative() }).optional(),
    lists: z.record(z.string().regex(/^[\w-]+$/u), z.array(z.string()).min(1)).optional(),
    rules: z.array(ruleSchema).min(1),
  })
  .superRefine((file, context) => {
    file.rules.forEach(({ reply: given }, index) => {
      for (const name of ['reasoning', 'text', 'json', 'calls'] as const) checkTexts(name, given?.[name] ?? '', index);
    });
    function checkTexts(name: string, value: Json, index: number): void {
      for (const text of textsIn(value)) {
        try {
          checkTemplate(text, checkList);
        } catch (error) {
          if (!(error instanceof TemplateError)) throw error;
          context.addIssue({ code: 'custom', path: ['rules', index, 'reply', name], message: error.message });
        }
      }
    }
    function checkList(name: string): void {
      const lists = Object.keys(file.lists ?? {});
      if (lists.includes(name)) return;
      const near = nearest(name, lists);
      throw new TemplateError(
        `there is no list "${name}" under "lists"${near === undefined ? '' : `; did you mean "${near}"?`}`,
      );
    }
  });
export type ScriptFile = z.infer<typeof fileSchema>;
