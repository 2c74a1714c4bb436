// The top level of an agent file: what is imported, which constants there are, what the default export is.
import type { Expression, Function as FunctionNode, Program, Statement } from 'oxc-parser';

export interface Imported {
  /** As written: 'atelier', '../tools/search.ts'. */
  readonly module: string;
  /** Name in that module; 'default' or '*'. */
  readonly name: string;
}

/** Steps from name to name that are followed before they are taken for a circle. */
const mostSteps = 64;

export class ModuleScope {
  readonly imports = new Map<string, Imported>();
  readonly consts = new Map<string, Expression>();
  readonly functions = new Map<string, FunctionNode>();
  /** Undefined where there is none. */
  readonly exported: Expression | undefined;

  constructor(program: Program) {
    let exported: Expression | undefined;
    for (const statement of program.body) {
      this.#declare(statement);
      if (statement.type === 'ExportDefaultDeclaration') {
        const { declaration } = statement;
        if (declaration.type !== 'TSInterfaceDeclaration') exported = declaration;
      }
      if (statement.type !== 'ExportNamedDeclaration') continue;
      if (statement.declaration !== null) this.#declare(statement.declaration);
      const named = statement.specifiers.find(
        ({ exported: name }) => (name.type === 'Literal' ? name.value : name.name) === 'default',
      );
      // `export { triage as default }`
      if (statement.source === null && named?.local.type === 'Identifier') exported = named.local;
    }
    this.exported = exported;
  }

  /** Through `as`, `satisfies`, `!` and names of constants of this file, to what is written there. */
  resolve(expression: Expression): Expression {
    let at = expression;
    for (let step = 0; step < mostSteps; step++) {
      if (
        at.type === 'TSAsExpression' ||
        at.type === 'TSSatisfiesExpression' ||
        at.type === 'TSNonNullExpression' ||
        at.type === 'TSTypeAssertion' ||
        at.type === 'ParenthesizedExpression'
      ) {
        at = at.expression;
        continue;
      }
      const next = at.type === 'Identifier' ? this.consts.get(at.name) : undefined;
      if (next === undefined) return at;
      at = next;
    }
    return at;
  }

  /** The name that `expression` has in `module`, whatever it was renamed to here; undefined where it is not from there. */
  nameIn(module: string, expression: Expression): string | undefined {
    const named = this.resolve(expression);
    if (named.type === 'Identifier') {
      const from = this.imports.get(named.name);
      return from?.module === module && from.name !== '*' ? from.name : undefined;
    }
    if (named.type !== 'MemberExpression' || named.computed || named.object.type !== 'Identifier') return undefined;
    const from = this.imports.get(named.object.name);
    return from?.module === module && from.name === '*' && named.property.type === 'Identifier'
      ? named.property.name
      : undefined;
  }

  #declare(statement: Statement): void {
    if (statement.type === 'VariableDeclaration' && statement.kind === 'const') {
      for (const { id, init } of statement.declarations)
        if (id.type === 'Identifier' && init !== null) this.consts.set(id.name, init);
    } else if (statement.type === 'FunctionDeclaration' && statement.id !== null) {
      this.functions.set(statement.id.name, statement);
    } else if (statement.type === 'ImportDeclaration') {
      for (const one of statement.specifiers) {
        if (one.type === 'ImportDefaultSpecifier') this.#import(one.local.name, statement.source.value, 'default');
        else if (one.type === 'ImportNamespaceSpecifier') this.#import(one.local.name, statement.source.value, '*');
        else {
          const name = one.imported.type === 'Literal' ? one.imported.value : one.imported.name;
          this.#import(one.local.name, statement.source.value, name);
        }
      }
    }
  }

  #import(local: string, module: string, name: string): void {
    this.imports.set(local, { module, name });
  }
}
