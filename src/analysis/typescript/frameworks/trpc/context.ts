import { Node, type CallExpression, type TypeNode } from 'ts-morph'
import { calleeName, isFunction } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'

const resolvers = new Set(['query', 'mutation', 'subscription', 'use', 'middleware'])
const fromTrpc = /^"@trpc\/server"\.initTRPC\b/

/** Whether a node is the `ctx` that tRPC hands to a procedure or middleware. */
export function isProcedureContext(node: Node, resolver: Resolver): boolean {
  if (Node.isBindingElement(node)) {
    const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
    return name === 'ctx' && isProcedureArgument(node.getParent().getParent(), resolver)
  }
  if (!Node.isPropertyAccessExpression(node) || node.getName() !== 'ctx') return false
  return isProcedureArgument(resolver.definition(node.getExpression()), resolver)
}

/** Whether a node is the one parameter of a procedure's function: `async ({ ctx, input }) => …`. */
export function isProcedureArgument(node: Node, resolver: Resolver): boolean {
  return procedureCallOf(node, resolver) !== null
}

/** The `.query(…)`, `.mutation(…)` or `.use(…)` that a procedure's function, whose parameter this is, is handed to. */
export function procedureCallOf(parameter: Node, resolver: Resolver): CallExpression | null {
  if (!Node.isParameterDeclaration(parameter)) return null
  const fn = parameter.getParent()
  const call = fn.getParent()
  if (!isFunction(fn) || fn.getParameters()[0] !== parameter || !Node.isCallExpression(call)) return null
  return resolvers.has(calleeName(call) ?? '') && isProcedure(call.getExpression(), resolver) ? call : null
}

/** Whether an expression is built from tRPC's own, `t.procedure.use(…).input(…).query`. */
export function isProcedure(expression: Node, resolver: Resolver): boolean {
  return fromTrpc.test(resolver.origin(expression) ?? '')
}

const contexts = new Topic<readonly Node[]>([])

/** What makes up the context: what `createContext` returns (or its type), and what middleware adds with `next({ ctx })`. */
export function procedureContexts(program: Program, resolver: Resolver): readonly Node[] {
  return resolver.remember(contexts, 'all', () => readContexts(program, resolver))
}

function readContexts(program: Program, resolver: Resolver): readonly Node[] {
  const declared = program.applicationCallsNamed('context').flatMap((call): TypeNode[] => {
    const [type] = call.getTypeArguments()
    return type && fromTrpc.test(resolver.origin(call) ?? '') ? [type] : []
  })
  const added = program.applicationCallsNamed('next').flatMap((call): Node[] => {
    const [options] = call.getArguments()
    const property = Node.isObjectLiteralExpression(options) ? options.getProperty('ctx') : undefined
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return value ? [value] : []
  })
  return [...declared, ...added]
}
