import { Node, type CallExpression } from 'ts-morph'
import { calleeName, type ClassNode, type FunctionNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { decoratedClasses, lineage } from './decorators.ts'
import type { Entity } from './repository-receivers.ts'

const names = new Topic<ReadonlySet<string>>(new Set())

/** The methods of an entity's class that a call on one of its rows runs; `entityOfRow` tells whose row an expression is. */
export function entityMethods(
  call: CallExpression,
  packages: RegExp,
  mention: string,
  entityOfRow: (node: Node, resolver: Resolver) => Entity | null,
  resolver: Resolver,
): readonly FunctionNode[] {
  const callee = call.getExpression()
  const name = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || name === null) return []
  if (!methodNames(packages, mention, resolver).has(name)) return []
  const entity = entityOfRow(callee.getExpression(), resolver)
  return entity?.node ? resolver.methodsOf(entity.node, name) : []
}

/** The names of all methods that rows of some library's entities have. */
function methodNames(packages: RegExp, mention: string, resolver: Resolver): ReadonlySet<string> {
  return resolver.remember(names, mention, () => {
    const classes: ClassNode[] = decoratedClasses(resolver.program, packages, mention, resolver).map(
      ({ node }) => node,
    )
    const methods = classes
      .flatMap((owner) => lineage(owner, resolver))
      .flatMap((owner) => owner.getInstanceMethods())
    return new Set(methods.map((method) => method.getName()))
  })
}
