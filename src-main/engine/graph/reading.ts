// What the readers of an agent's parts share: the text, the names at its top level, and where findings go.
import type { CallExpression, Expression, ObjectExpression } from 'oxc-parser';
import type { AgentGraph, Finding, GraphEdge, GraphKey, GraphNode, SourceRange } from '#contract/agent';
import { membersOf, type Member } from './literals.ts';
import type { ModuleScope } from './module-scope.ts';
import type { Rule } from './rules.ts';
import type { SourceText, Span } from './source-text.ts';

/** Keys that a node's patches have, as far as they can be read. */
export interface Writes {
  /** `always`: every patch of it has the key. */
  readonly keys: ReadonlyMap<string, 'always' | 'sometimes'>;
}

export interface ReadNode {
  readonly node: GraphNode;
  readonly writes: Writes;
}

/** An edge between two names, with where each is written. */
export interface ReadEdge {
  readonly edge: GraphEdge;
  readonly fromSpan: Span;
  readonly toSpan: Span;
}

/** Gives the graph of an agent that is written in this file; undefined where it is inside itself, or too large to be shown there. */
export type LocalAgents = (call: CallExpression) => AgentGraph | undefined;

export class Reading {
  readonly source: SourceText;
  readonly scope: ModuleScope;
  readonly findings: Finding[] = [];
  /** Of the state; undefined where not all of them can be read. */
  keys: ReadonlyMap<string, GraphKey> | undefined;
  /** Names of tools; undefined where not all of them can be read. */
  tools: ReadonlySet<string> | undefined;
  /** The agents of this file that stand as nodes in others of it. */
  readonly locals: LocalAgents;

  constructor(source: SourceText, scope: ModuleScope, locals: LocalAgents) {
    this.source = source;
    this.scope = scope;
    this.locals = locals;
  }

  report(rule: Rule, span: Span, message: string, suggestion?: string): void {
    this.findings.push(this.source.finding(rule, span, message, suggestion));
  }

  range(span: Span): SourceRange {
    return this.source.range(span);
  }

  /**
   * The members of what should be an object literal; undefined, with a finding, where it is something else. `what`: "the nodes"; spreads and
   * computed names that cannot be read are findings, and make `whole` false.
   */
  object(
    expression: Expression,
    what: string,
    written: string,
  ): { readonly literal: ObjectExpression; readonly list: readonly Member[]; readonly whole: boolean } | undefined {
    const literal = this.scope.resolve(expression);
    if (literal.type !== 'ObjectExpression') {
      this.report('unreadable', expression, `${capital(what)} can only be known by running the file.`, written);
      return undefined;
    }
    const { list, twice, unread } = membersOf(literal, this.scope);
    for (const { name, nameSpan } of twice)
      this.report('duplicate-name', nameSpan, `There are two "${name}" in ${what}.`, 'Give one of them another name.');
    for (const span of unread) {
      const cause = `This part of ${what} can only be known by running the file.`;
      this.report('unreadable', span, cause, 'Write its members out, each with its name.');
    }
    return { literal, list, whole: unread.length === 0 };
  }
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
