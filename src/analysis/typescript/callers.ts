import type { CallExpression } from 'ts-morph'
import type { FunctionNode } from './functions.ts'
import type { Resolver } from './resolver.ts'

/** The calls of all functions that are called by one name. A class, so that who looks one function up depends on no other. */
export class Callers {
  readonly #byFunction = new Map<FunctionNode, CallExpression[]>()

  constructor(calls: readonly CallExpression[], resolver: Resolver) {
    for (const call of calls)
      for (const fn of new Set(resolver.callees(call))) {
        const known = this.#byFunction.get(fn)
        if (known) known.push(call)
        else this.#byFunction.set(fn, [call])
      }
  }

  /** The calls of one function. */
  of(fn: FunctionNode): readonly CallExpression[] {
    return this.#byFunction.get(fn) ?? []
  }
}
