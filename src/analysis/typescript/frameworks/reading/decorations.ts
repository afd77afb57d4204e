import { Node, type CallExpression } from 'ts-morph'
import { calleeName } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { isInstance } from '../fastify/instances.ts'

/** Where values are put under a name, and where they are taken from again. */
interface Decorations {
  readonly fastify: ReadonlyMap<string, Node>
  readonly hono: ReadonlyMap<string, Node>
}

const decorations = new Topic<Decorations>({ fastify: new Map(), hono: new Map() })
const honoContext = /"(?:hono(?:\/[\w-]+)?|@hono\/[\w-]+)"/

/**
 * The value that an application was given under a name at start-up: `fastify.users` after
 * `fastify.decorate('users', …)`, `c.get('db')` and `c.var.db` after `c.set('db', …)`. Null for anything else.
 */
export function decoratedValue(node: Node, program: Program, resolver: Resolver): Node | null {
  const read = readOf(node)
  if (!read) return null
  const { fastify, hono } = decorationsIn(program, resolver)
  const value = fastify.get(read.name)
  if (value && read.way !== 'get' && isInstance(read.owner, resolver)) return gotten(value)
  const variable = hono.get(read.name)
  if (!variable || read.way === 'decorator') return null
  const context = read.way === 'get' ? read.owner : variablesOwner(read.owner)
  return context && honoContext.test(resolver.origin(context) ?? '') ? variable : null
}

interface Read {
  readonly owner: Node
  readonly name: string
  readonly way: 'property' | 'get' | 'decorator'
}

/** `owner.name`, `const { name } = owner`, `owner.get('name')`, `owner.getDecorator('name')`. */
function readOf(node: Node): Read | null {
  if (Node.isPropertyAccessExpression(node))
    return { owner: node.getExpression(), name: node.getName(), way: 'property' }
  if (Node.isCallExpression(node)) {
    const callee = node.getExpression()
    const way = calleeName(node) === 'get' ? 'get' : 'decorator'
    if (!Node.isPropertyAccessExpression(callee) || !/^get(?:Decorator)?$/.test(callee.getName())) return null
    const name = nameGiven(node)
    return name === null ? null : { owner: callee.getExpression(), name, way }
  }
  if (!Node.isBindingElement(node)) return null
  const declaration = node.getParent().getParent()
  const owner = Node.isVariableDeclaration(declaration) ? declaration.getInitializer() : undefined
  const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
  return owner ? { owner, name, way: 'property' } : null
}

/** The context in `c.var`. */
function variablesOwner(owner: Node): Node | null {
  return Node.isPropertyAccessExpression(owner) && owner.getName() === 'var' ? owner.getExpression() : null
}

function decorationsIn(program: Program, resolver: Resolver): Decorations {
  return resolver.remember(decorations, 'all', () => ({
    fastify: valuesByName(program.applicationCallsNamed('decorate')),
    hono: valuesByName(program.applicationCallsNamed('set').filter(isSetOnParameter)),
  }))
}

function isSetOnParameter(call: CallExpression): boolean {
  const callee = call.getExpression()
  const owner = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
  return Node.isParameterDeclaration(owner?.getSymbol()?.getValueDeclaration())
}

/** The values by the names they are given under; a name that is given twice keeps its first. */
function valuesByName(calls: readonly CallExpression[]): ReadonlyMap<string, Node> {
  const values = new Map<string, Node>()
  for (const call of calls) {
    const name = nameGiven(call)
    const value = call.getArguments()[1]
    if (name !== null && value && !values.has(name)) values.set(name, value)
  }
  return values
}

function nameGiven(call: CallExpression): string | null {
  const [name] = call.getArguments()
  return Node.isStringLiteral(name) ? name.getLiteralValue() : null
}

/** `decorate('name', { getter: () => value })` */
function gotten(value: Node): Node {
  if (!Node.isObjectLiteralExpression(value)) return value
  const getter = value.getProperty('getter')
  const fn = Node.isPropertyAssignment(getter) ? getter.getInitializer() : undefined
  return Node.isArrowFunction(fn) && !Node.isBlock(fn.getBody()) ? fn.getBody() : value
}
