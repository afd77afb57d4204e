import { Node, type CallExpression, type Identifier } from 'ts-morph'
import type { TracedCall } from '../call-graph.ts'
import { argumentsOf, bare, calleeName, isFunction, symbolOf } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import type { Resolver } from '../resolver.ts'
import { isUsed } from './names.ts'

/** What tells the loads of one query apart. */
export interface Key {
  /** What no other query of the file is named. */
  readonly name: string
  /** Source texts of the values that the query depends on. */
  readonly inputs: readonly string[]
}

/** Calls whose result is a plain value. */
const plainCalls =
  /^(?:Number|String|Boolean|(?:Number\.)?parse(?:Int|Float)|Math\.\w+)$|\.(?:trim|toLowerCase|toUpperCase|toString|toISOString|split|join|replace|replaceAll|padStart)$/
const plainType =
  /^(?:(?:readonly )?(?:string|number|boolean|Date|null|undefined|'[^']*'|"[^"]*")(?:\[\])?(?: \| )?)+$/

/** The key of a query; null where it depends on something that doesn't make one: a handle, an instance, a request. */
export function keyOf(query: Node, call: TracedCall, resolver: Resolver): Key | null {
  const fn = query.getFirstAncestor(isFunction)
  const name = nameFor(call.facts.table, query)
  if (!fn || name === null) return null
  if (usesInstance(query)) return null
  const reader = { call, resolver, step: call.trace.steps.length - 1 }
  const receiver = receiverOf(query)
  const inputs = new Set<string>()
  for (const identifier of identifiersIn(query)) {
    const declaration = localDeclaration(identifier, query)
    if (!declaration) continue
    const path = pathFrom(identifier)
    if (identifier === receiver || !isPlain(path, reader, 0)) return null
    inputs.add(path.getText())
  }
  return { name, inputs: [...inputs] }
}

/** `posts`, or `posts-2` where other queries of that table are cached in the file. */
function nameFor(table: string | null, query: Node): string | null {
  const plain = (table ?? '').replaceAll(/[^\w.-]/g, '')
  const text = query.getSourceFile().getFullText()
  const names = [plain, ...[2, 3, 4, 5, 6, 7, 8, 9].map((count) => `${plain}-${count}`)]
  return plain === '' ? null : (names.find((name) => !/[`'"]/.test(name) && !isKey(name, text)) ?? null)
}

function isKey(name: string, text: string): boolean {
  return ['`', "'", '"'].some((quote) => text.includes(`cached(${quote}${name}:`))
}

/** Whether something other than the start of the call chain belongs to the instance: `this.tenant` among the arguments. */
function usesInstance(query: Node): boolean {
  const receiver = receiverOf(query)
  return query
    .forEachDescendantAsArray()
    .some((node) => node !== receiver && (Node.isThisExpression(node) || Node.isSuperExpression(node)))
}

/** What a chain of calls and properties starts with: `db` of `db('posts').where(…)`, `this` of `this.prisma.post.findMany()`. */
function receiverOf(node: Node): Node {
  if (Node.isTaggedTemplateExpression(node)) return receiverOf(node.getTag())
  const isChain = Node.isCallExpression(node) || Node.isPropertyAccessExpression(node)
  return isChain ? receiverOf(node.getExpression()) : node
}

/** Where a variable of the functions around a query is declared; null for names of the module and of the query's own callbacks. */
function localDeclaration(identifier: Identifier, query: Node): Node | null {
  const declaration = symbolOf(identifier)?.getDeclarations()[0]
  if (!declaration || isInside(declaration, query)) return null
  const fn = declaration.getFirstAncestor(isFunction)
  return fn && isInside(query, fn) ? declaration : null
}

/** The longest path of properties that starts with a name: `req.params.id`. */
function pathFrom(identifier: Identifier): Node {
  let path: Node = identifier
  for (let parent = path.getParent(); parent; parent = path.getParent()) {
    const isRead = Node.isPropertyAccessExpression(parent) && parent.getExpression() === path
    if (!isRead && !Node.isNonNullExpression(parent)) break
    const outer = parent.getParent()
    if (Node.isCallExpression(outer) && outer.getExpression() === parent) break
    path = parent
  }
  return path
}

interface Reader {
  readonly call: TracedCall
  readonly resolver: Resolver
  /** The function of the trace in which the value stands. */
  readonly step: number
}

/** Whether a value is text, a number, a date, or a list or object of such. */
function isPlain(value: Node, reader: Reader, depth: number): boolean {
  const { resolver, call } = reader
  if (depth > 8) return false
  const node = bare(value)
  if (call.framework.requestInput(node, resolver) !== null) return true
  if (Node.isPropertyAccessExpression(node)) return isField(node)
  if (Node.isIdentifier(node)) {
    if (node.getText() === 'undefined') return true
    const declaration = symbolOf(node)?.getDeclarations()[0]
    return declaration !== undefined && isPlainDeclaration(declaration, reader, depth + 1)
  }
  if (Node.isBinaryExpression(node))
    return [node.getLeft(), node.getRight()].every((each) => isPlain(each, reader, depth + 1))
  if (Node.isConditionalExpression(node))
    return [node.getWhenTrue(), node.getWhenFalse()].every((each) => isPlain(each, reader, depth + 1))
  if (Node.isArrayLiteralExpression(node))
    return node.getElements().every((each) => isPlain(each, reader, depth + 1))
  if (Node.isObjectLiteralExpression(node)) return isPlainObject(node, reader, depth)
  if (Node.isNewExpression(node)) return node.getExpression().getText() === 'Date'
  if (Node.isCallExpression(node)) return isPlainCall(node)
  return Node.isLiteralExpression(node) || Node.isTemplateExpression(node) || isKeyword(node)
}

function isPlainDeclaration(declaration: Node, reader: Reader, depth: number): boolean {
  if (reader.call.framework.requestInput(declaration, reader.resolver) !== null) return true
  if (Node.isParameterDeclaration(declaration)) {
    const type = declaration.getTypeNode()?.getText()
    return type === undefined ? isPlainArgument(declaration, reader, depth) : plainType.test(type)
  }
  if (Node.isBindingElement(declaration)) {
    const source = declaration.getParent().getParent()
    const value = Node.isVariableDeclaration(source) ? source.getInitializer() : undefined
    return value !== undefined && (isPlain(value, reader, depth) || isParsed(value))
  }
  if (!Node.isVariableDeclaration(declaration)) return false
  const value = declaration.getInitializer()
  return value !== undefined && (isPlain(value, reader, depth) || isParsed(value))
}

/** What the function before in the trace gives a parameter without a type. */
function isPlainArgument(parameter: Node, reader: Reader, depth: number): boolean {
  const { trace } = reader.call
  const index = trace.steps[reader.step]?.fn.getParameters().findIndex((each) => each === parameter) ?? -1
  const from = trace.steps[reader.step - 1]
  const argument = index < 0 || !from ? undefined : argumentsOf(from.call)[index]
  return argument !== undefined && isPlain(argument, { ...reader, step: reader.step - 1 }, depth)
}

function isPlainObject(node: Node, reader: Reader, depth: number): boolean {
  if (!Node.isObjectLiteralExpression(node)) return false
  return node.getProperties().every((property) => {
    if (Node.isShorthandPropertyAssignment(property))
      return isPlain(property.getNameNode(), reader, depth + 1)
    const isNamed =
      Node.isPropertyAssignment(property) && !Node.isComputedPropertyName(property.getNameNode())
    const value = isNamed ? property.getInitializer() : undefined
    return value !== undefined && isPlain(value, reader, depth + 1)
  })
}

function isPlainCall(call: CallExpression): boolean {
  const callee = call.getExpression().getText()
  return plainCalls.test(callee) && !isUsed('BigInt', call)
}

/** What a schema gives for parts of a request. */
function isParsed(value: Node): boolean {
  const call = bare(value)
  return (
    Node.isCallExpression(call) && /^(?:parse|parseAsync|validateSync|valid)$/.test(calleeName(call) ?? '')
  )
}

/** `req.user.id` and `post.authorId`: a field whose name says that it holds a key. */
function isField(access: Node): boolean {
  return (
    Node.isPropertyAccessExpression(access) && /(?:^id|Id|_id|ID|slug|email|name|key)$/.test(access.getName())
  )
}

function isKeyword(node: Node): boolean {
  return Node.isNullLiteral(node) || Node.isTrueLiteral(node) || Node.isFalseLiteral(node)
}
