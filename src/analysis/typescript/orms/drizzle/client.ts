import { Node } from 'ts-morph'
import { isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { mentionsInType } from '../reading/declared-type.ts'

/** What `drizzle(…)` of any driver gives, a value of its types, or a transaction of either. */
const made = String.raw`"drizzle-orm/[\w./-]+"(?:\.default)?\.(?:drizzle|withReplicas)\(\)`
const declared = String.raw`<"drizzle-orm[\w./-]*"\.\w*(?:Database|Transaction)>`
const database = new RegExp(
  `^(?:${made}|${declared})(?:\\.transaction\\(@0\\)|\\.\\$(?:primary|with\\w*\\(\\)))*$`,
)
const maker = /^"drizzle-orm\/[\w./-]+"(?:\.default)?\.drizzle$/

/** Whether an expression is a Drizzle database or a transaction of one. */
export function isDatabase(node: Node, resolver: Resolver): boolean {
  const origin = resolver.origin(node)
  if (origin !== null && database.test(origin)) return true
  const definition = resolver.definition(node)
  const transaction = transactedBy(definition)
  if (transaction) return isDatabase(transaction, resolver)
  if (isTyped(definition, resolver)) return true
  return isWrapped(definition, resolver)
}

/** Whether an expression is the handle of a transaction. */
export function isTransaction(node: Node, resolver: Resolver): boolean {
  if (/\.transaction\(@0\)$|Transaction>$/.test(resolver.origin(node) ?? '')) return true
  if (transactedBy(resolver.definition(node))) return true
  return mentionsInType(resolver.definition(node), resolver, ({ name }) => /transaction$/i.test(name))
}

/** The database in `db.transaction(async (tx) => …)`, of whose `tx` this is the declaration. */
function transactedBy(definition: Node): Node | null {
  const callback = Node.isParameterDeclaration(definition) ? definition.getParent() : undefined
  const call = isFunction(callback) ? callback.getParent() : undefined
  const callee = Node.isCallExpression(call) ? call.getExpression() : undefined
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() !== 'transaction') return null
  return callee.getExpression()
}

/** `tx: Parameters<Parameters<typeof db.transaction>[0]>[0]`, `db: ReturnType<typeof drizzle>`, `db: Database | Tx`. */
function isTyped(definition: Node, resolver: Resolver): boolean {
  return mentionsInType(definition, resolver, ({ name, module, value }) => {
    if (!value) return module?.startsWith('drizzle-orm') === true && /(?:Database|Transaction)$/.test(name)
    if (maker.test(resolver.origin(value) ?? '') || isDatabase(value, resolver)) return true
    return resolver
      .functions(value)
      .some((fn) => returnedExpressions(fn).some((given) => isDatabase(given, resolver)))
  })
}

/** A database that is made inside something else: `singleton('db', () => drizzle(pool))`, `new Proxy(drizzle(pool), …)`. */
function isWrapped(node: Node, resolver: Resolver): boolean {
  if (!Node.isCallExpression(node) && !Node.isNewExpression(node)) return false
  const isPassing = ['Proxy', 'Object.assign'].includes(node.getExpression().getText())
  return node.getArguments().some((argument) => {
    if (isFunction(argument))
      return returnedExpressions(argument).some((value) => isDatabase(value, resolver))
    return isPassing && isDatabase(argument, resolver)
  })
}
