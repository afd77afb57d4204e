import { Node, type CallExpression } from 'ts-morph'
import { calleeName, isClass, symbolOf } from '../../functions.ts'
import { queryDefault } from '../../query-defaults.ts'
import type { Resolver } from '../../resolver.ts'
import { isNothing, propertyName, type Entry, type Place, type ValueReader } from './value-reader.ts'

/** What a value given as a limit does: it always limits, only if the client asks for it, or never. */
export type LimitKind = 'limit' | 'optional-limit' | null

/** How limits are judged. `nanIsNone`: whether the library takes what isn't a number as no limit. */
export interface LimitContext {
  readonly reader: ValueReader
  readonly resolver: Resolver
  readonly nanIsNone: boolean
}

const conversions = new Set(['Number', 'parseInt', 'parseFloat', 'String'])
const parsers = new Set(['parse', 'parseAsync', 'validate', 'validateSync', 'cast'])

/** What the last of the properties that may set a limit does; `entries` are all of one name. */
export function limitOfEntries(entries: readonly Entry[], context: LimitContext): LimitKind {
  let kind: LimitKind = null
  for (const entry of entries) {
    const own = limitOf(entry, { ...context, nanIsNone: context.nanIsNone || !entry.sure })
    if (entry.sure || own === 'limit') kind = own
    else if (own === 'optional-limit' && kind === null) kind = own
  }
  return kind
}

/** What an expression given as a limit does. What can't be read is taken to limit. */
export function limitOf(place: Place, context: LimitContext): LimitKind {
  if (hasDefault(place.node)) return 'limit'
  const found = context.reader.value(place)
  if (!found) return null
  const { node, callers } = found
  if (isNothing(node)) return isFallback(place.node) ? 'optional-limit' : null
  if (Node.isConditionalExpression(node)) {
    const kinds = [node.getWhenTrue(), node.getWhenFalse()].map((branch) =>
      limitOf({ node: branch, callers }, context),
    )
    if (kinds.every((kind) => kind === 'limit')) return 'limit'
    return kinds.every((kind) => kind === null) ? null : 'optional-limit'
  }
  if (Node.isBinaryExpression(node))
    return node.getOperatorToken().getText() === '&&' ? 'optional-limit' : 'limit'
  if (Node.isPrefixUnaryExpression(node))
    return context.nanIsNone ? limitOf({ node: node.getOperand(), callers }, context) : 'limit'
  if (Node.isCallExpression(node)) return limitOfCall(node, callers, context)
  return mayBeMissing(node, context.resolver) ? 'optional-limit' : 'limit'
}

/** A parameter that has a default for what callers leave out: `(userId, limit = 30) => …`. */
function hasDefault(node: Node): boolean {
  const declaration = Node.isIdentifier(node) ? symbolOf(node)?.getValueDeclaration() : undefined
  const initializer = Node.isParameterDeclaration(declaration) ? declaration.getInitializer() : undefined
  return initializer !== undefined && !isNothing(initializer)
}

/** `limit || undefined`, of which the value that is followed is only the fallback. */
function isFallback(node: Node): boolean {
  return node.getText() !== 'undefined' && node.getText() !== 'null'
}

function limitOfCall(
  call: CallExpression,
  callers: readonly CallExpression[],
  context: LimitContext,
): LimitKind {
  const name = calleeName(call) ?? ''
  const callee = call.getExpression()
  if (name === 'get' && Node.isPropertyAccessExpression(callee))
    return /searchParams/i.test(callee.getExpression().getText()) ? 'optional-limit' : 'limit'
  const [argument] = call.getArguments()
  if (!conversions.has(name) || !context.nanIsNone || !argument) return 'limit'
  return limitOf({ node: argument, callers }, context) ?? 'optional-limit'
}

/** Whether a value that comes from outside may be left out: by its type, its schema, or because a request gives it. */
export function mayBeMissing(node: Node, resolver: Resolver): boolean {
  if (Node.isParameterDeclaration(node)) {
    if (node.getInitializer()) return false
    return node.isOptional() || /\bundefined\b/.test(node.getTypeNode()?.getText() ?? '')
  }
  if (Node.isPropertySignature(node) || Node.isPropertyDeclaration(node))
    return node.hasQuestionToken() && !(Node.isPropertyDeclaration(node) && node.getInitializer())
  const part = partOf(node)
  if (!part || part.hasDefault) return false
  const owner = resolver.definition(part.object)
  if (isRequestQuery(owner)) return queryDefault(part.name, resolver) === null
  if (Node.isCallExpression(owner)) return missingInSchema(owner, part.name, resolver)
  return Node.isParameterDeclaration(owner) && missingInType(owner, part.name, resolver)
}

function partOf(node: Node): { object: Node; name: string; hasDefault: boolean } | null {
  if (Node.isPropertyAccessExpression(node))
    return { object: node.getExpression(), name: node.getName(), hasDefault: false }
  if (!Node.isBindingElement(node)) return null
  const source = node.getParent().getParent()
  const object = Node.isVariableDeclaration(source) ? source.getInitializer() : source
  const name = (node.getPropertyNameNode() ?? node.getNameNode()).getText()
  return object ? { object, name, hasDefault: node.getInitializer() !== undefined } : null
}

/** `req.query`, `ctx.query`, `request.nextUrl.searchParams`. */
function isRequestQuery(node: Node): boolean {
  if (Node.isCallExpression(node)) return calleeName(node) === 'query' && node.getArguments().length === 0
  return Node.isPropertyAccessExpression(node) && ['query', 'searchParams', 'body'].includes(node.getName())
}

/** `limit` of `schema.parse(req.query)`, where the schema neither requires it nor has a default. */
function missingInSchema(call: CallExpression, name: string, resolver: Resolver): boolean {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || !parsers.has(callee.getName())) return false
  const schema = resolver.definition(callee.getExpression())
  const shape = Node.isCallExpression(schema) ? schema.getArguments()[0] : undefined
  if (!Node.isObjectLiteralExpression(shape)) return false
  const property = shape.getProperties().find((candidate) => propertyName(candidate) === name)
  const text = property?.getText() ?? ''
  return /\.(?:optional|nullish)\(/.test(text) && !/\.(?:default|catch)\(/.test(text)
}

/** `limit` of a parameter whose type declares it as `limit?: number`. */
function missingInType(parameter: Node, name: string, resolver: Resolver): boolean {
  const type = Node.isParameterDeclaration(parameter) ? parameter.getTypeNode() : undefined
  const declared = Node.isTypeReference(type) ? resolver.definition(type.getTypeName()) : type
  const members = Node.isTypeAliasDeclaration(declared) ? declared.getTypeNode() : declared
  if (isClass(members)) {
    const property = members.getInstanceProperty(name)
    return Node.isPropertyDeclaration(property) && property.hasQuestionToken() && !property.getInitializer()
  }
  if (!Node.isInterfaceDeclaration(members) && !Node.isTypeLiteral(members)) return false
  return members.getProperty(name)?.hasQuestionToken() === true
}
