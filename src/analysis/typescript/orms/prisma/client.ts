import { Node } from 'ts-morph'
import { bare, isClass, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { mentionsInType } from '../reading/declared-type.ts'
import type { ValueReader } from '../reading/value-reader.ts'

/** The property of a client that a query is called on: `prisma.user`. */
export interface Delegate {
  /** The expression that is called: `prisma.user`, or the variable that holds it. */
  readonly receiver: Node
  /** The model's property, or null where it is chosen at run time. */
  readonly model: string | null
  readonly client: Node | null
  readonly inTransaction: boolean
}

/** The package, or code that Prisma generates into the project, which may not be there: the import names the class. */
const made = String.raw`new "[^"]+"(?:\.default|\.\w+)?\.(?:PrismaClient|getPrismaClient\(\)|getPrismaClientClass\(\))`
const declared = String.raw`<"[^"]+"(?:\.default)?\.(?:PrismaClient|Prisma\.TransactionClient|PrismaService)>|<"nestjs-prisma"\.CustomPrismaService>\.client`
const derived = String.raw`(?:\.\$(?:extends|replica|primary)\(\)|\.\$transaction\(@0\))*`
const clientOrigin = new RegExp(`^(?:${made}|${declared})${derived}$`)
const delegateOrigin = new RegExp(`^(?:${made}|${declared})${derived}\\.([a-z]\\w*)$`)

/** Types that stand for a client. */
const clientTypes = new Set(['PrismaClient', 'TransactionClient'])

/** What a query is called on, or null where that isn't a model of a Prisma client. */
export function delegateOf(receiver: Node, resolver: Resolver, reader: ValueReader): Delegate | null {
  const node = resolver.definition(receiver)
  for (const candidate of [bare(receiver), node]) {
    const found = memberOf(candidate, reader)
    if (!found || !isClient(found.client, resolver)) continue
    return { receiver, ...found, inTransaction: isTransaction(found.client, resolver) }
  }
  const origin = delegateOrigin.exec(resolver.origin(receiver) ?? '')
  const model = origin?.[1]
  if (!origin || model === undefined) return null
  return { receiver, model, client: null, inTransaction: /\$transaction\(@0\)/.test(origin[0]) }
}

/** Whether an expression is a client, a transaction of one, or an instance of a class that extends it. */
export function isClient(node: Node, resolver: Resolver): boolean {
  if (clientOrigin.test(resolver.origin(node) ?? '')) return true
  const definition = resolver.definition(node)
  const source = derivedFrom(definition)
  if (source) return isClient(source, resolver)
  if (isTypedClient(definition, resolver)) return true
  if (Node.isNewExpression(definition)) return isWrapped(definition, resolver)
  return Node.isCallExpression(definition) && isWrapped(definition, resolver)
}

/** Whether a client is the handle of a transaction. */
export function isTransaction(client: Node, resolver: Resolver): boolean {
  const origin = resolver.origin(client) ?? ''
  if (/\$transaction\(@0\)$|TransactionClient>$/.test(origin)) return true
  const definition = resolver.definition(client)
  if (Node.isParameterDeclaration(definition) && derivedFrom(definition)) return true
  return mentionsInType(
    resolver.definition(client),
    resolver,
    ({ name }) => name === 'TransactionClient' || name === '$transaction',
  )
}

/** Whether a query runs in a list that is handed to `$transaction`. */
export function isInTransactionList(call: Node, resolver: Resolver): boolean {
  for (let node: Node | undefined = call.getParent(); node; node = node.getParent()) {
    if (isFunction(node) && !Node.isCallExpression(node.getParent())) return false
    const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
    if (Node.isPropertyAccessExpression(callee) && callee.getName() === '$transaction')
      return !isFunction(callee) && !isInteractive(node) && isClient(callee.getExpression(), resolver)
  }
  return false
}

function isInteractive(transaction: Node): boolean {
  return Node.isCallExpression(transaction) && isFunction(transaction.getArguments()[0])
}

function memberOf(node: Node, reader: ValueReader): { client: Node; model: string | null } | null {
  if (Node.isPropertyAccessExpression(node)) return { client: node.getExpression(), model: node.getName() }
  const key = Node.isElementAccessExpression(node) ? node.getArgumentExpression() : undefined
  if (!Node.isElementAccessExpression(node) || !key) return null
  return { client: node.getExpression(), model: reader.text(reader.here(key)) }
}

/** The client in `client.$extends(…)` and in `client.$transaction(async (tx) => …)`, of whose `tx` this is the declaration. */
function derivedFrom(definition: Node): Node | null {
  const callback = Node.isParameterDeclaration(definition) ? definition.getParent() : undefined
  const call = callback ? callback.getParent() : definition
  const callee = Node.isCallExpression(call) ? call.getExpression() : undefined
  const names = callback ? ['$transaction'] : ['$extends', '$replica', '$primary']
  if (!Node.isPropertyAccessExpression(callee) || !names.includes(callee.getName())) return null
  return callback && !isFunction(callback) ? null : callee.getExpression()
}

/** `prisma: PrismaClient`, `tx: Omit<PrismaClient, …>`, `tx: Parameters<Parameters<typeof prisma.$transaction>[0]>[0]`. */
function isTypedClient(definition: Node, resolver: Resolver): boolean {
  return mentionsInType(definition, resolver, ({ name, module, value, declaration }) => {
    if (value) return isClient(value, resolver)
    if (isClass(declaration)) return (resolver.origin(declaration) ?? '').endsWith('.PrismaClient')
    return clientTypes.has(name) && module !== null
  })
}

/** A client that is made inside something else: `remember('prisma', () => new PrismaClient())`, `new Proxy(client, …)`. */
function isWrapped(node: Node, resolver: Resolver): boolean {
  if (!Node.isCallExpression(node) && !Node.isNewExpression(node)) return false
  if (resolver.origin(node.getExpression())?.startsWith('"@prisma/client"')) return false
  const isProxy = node.getExpression().getText() === 'Proxy'
  return node.getArguments().some((argument) => {
    if (isFunction(argument)) return returnedExpressions(argument).some((value) => isClient(value, resolver))
    return isProxy && isClient(argument, resolver)
  })
}
