import { Node } from 'ts-morph'
import { bare, isFunction, type FunctionNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import { isSame } from '../../memo-values.ts'
import type { Resolver } from '../../resolver.ts'
import type { RequestInput, RequestPart, RouteDefinition } from '../framework.ts'
import { checkedCopies, partNames } from './request-schemas.ts'

/** How handlers of a framework see a request. */
export interface RequestShape {
  /** The index of the parameter that holds the request, or the context that it is a part of. */
  readonly position: (fn: FunctionNode) => number
  /** The origins of parameters that are declared to be one. */
  readonly typed: RegExp
  /** What properties of it hold, by their path: `request.body`. */
  readonly parts: Readonly<Record<string, RequestPart>>
  /** What its methods read, by their path; their first argument names one value. */
  readonly readers: Readonly<Record<string, RequestPart>>
  /** A method whose first argument names the part, and what its arguments stand for. */
  readonly validated?: {
    readonly method: string
    readonly parts: Readonly<Record<string, RequestPart>>
  }
}

type Schemas = NonNullable<RouteDefinition['schemas']>

/** The handlers of a program's routes, each with what the schemas of its routes are. */
type Handlers = ReadonlyMap<FunctionNode, readonly Schemas[]>
const handlers = new WeakMap<Resolver, Handlers>()
const handlersInput = 'handlers'
const schemasOfHandler = new Topic<readonly Schemas[] | null>(null)
/** Requests are handed on through so many functions. */
const maximumDepth = 4

/** Takes note of the functions that all routes run, so that their parameters are known to be requests. */
export function rememberHandlers(resolver: Resolver, routes: readonly RouteDefinition[]): void {
  const found = new Map<FunctionNode, Schemas[]>()
  for (const { functions, schemas } of routes)
    for (const fn of functions) found.set(fn, [...(found.get(fn) ?? []), schemas ?? {}])
  const isKnown = isSame(handlers.get(resolver), found)
  handlers.set(resolver, found)
  if (!isKnown) resolver.program.memo.change(handlersInput)
}

function schemasGiven(fn: FunctionNode, resolver: Resolver): readonly Schemas[] | null {
  return resolver.remember(schemasOfHandler, fn, () => {
    resolver.program.memo.look(handlersInput)
    return handlers.get(resolver)?.get(fn) ?? null
  })
}

/** What part of a request a node reads, or null. */
export function readsOf(node: Node, shape: RequestShape, resolver: Resolver): RequestInput | null {
  const expression = bare(node)
  const chain = chainOf(expression)
  if (chain && chain.names.length > 0) {
    const found = partOf(chain, shape, resolver)
    if (found) return found
  }
  if (Node.isCallExpression(expression)) return readByCall(expression, shape, resolver)
  const property = propertyOf(expression)
  if (property) {
    const whole = readsOf(property.owner, shape, resolver)
    return whole && whole.name === null ? { ...whole, name: property.name } : null
  }
  if (Node.isIdentifier(expression)) {
    const declaration = resolver.definition(expression)
    return Node.isBindingElement(declaration) ? readByPattern(declaration, shape, resolver) : null
  }
  return Node.isBindingElement(expression) ? readByPattern(expression, shape, resolver) : null
}

interface Chain {
  readonly root: Node
  readonly names: readonly string[]
}

/** `req` and `['query', 'limit']` of `req.query.limit`. */
function chainOf(expression: Node): Chain | null {
  const node = bare(expression)
  const property = propertyOf(node)
  if (!property) return Node.isIdentifier(node) ? { root: node, names: [] } : null
  const inner = chainOf(property.owner)
  return inner && { root: inner.root, names: [...inner.names, property.name] }
}

function propertyOf(node: Node): { readonly owner: Node; readonly name: string } | null {
  if (Node.isPropertyAccessExpression(node)) return { owner: node.getExpression(), name: node.getName() }
  if (!Node.isElementAccessExpression(node)) return null
  const key = node.getArgumentExpression()
  return Node.isStringLiteral(key) ? { owner: node.getExpression(), name: key.getLiteralValue() } : null
}

function partOf({ root, names }: Chain, shape: RequestShape, resolver: Resolver): RequestInput | null {
  for (const length of [2, 1]) {
    if (names.length < length) continue
    const path = names.slice(0, length).join('.')
    const copied = shape.parts[path] ? undefined : checkedCopies(resolver).get(path)
    const part = copied === 'all' ? partNames[names[length] ?? ''] : (copied ?? shape.parts[path])
    const rest = names.slice(copied === 'all' ? length + 1 : length)
    if (!part || rest.length > 1) continue
    const source = requestBehind(root, shape, resolver, 0)
    return source && inputOf(part, rest[0] ?? null, source)
  }
  return null
}

function readByCall(call: Node, shape: RequestShape, resolver: Resolver): RequestInput | null {
  if (!Node.isCallExpression(call)) return null
  const chain = chainOf(call.getExpression())
  if (!chain) return null
  const path = chain.names.join('.')
  const [argument] = call.getArguments()
  const literal = Node.isStringLiteral(argument) ? argument.getLiteralValue() : null
  const isValidated = path === shape.validated?.method
  const part = isValidated ? shape.validated?.parts[literal ?? ''] : shape.readers[path]
  if (!part) return null
  const source = requestBehind(chain.root, shape, resolver, 0)
  return source && inputOf(part, isValidated ? null : literal, source)
}

/** `({ query: { limit } }, res) => …` and `const { limit } = req.query`. */
function readByPattern(element: Node, shape: RequestShape, resolver: Resolver): RequestInput | null {
  const names: string[] = []
  let node: Node | undefined = element
  while (Node.isBindingElement(node)) {
    names.unshift((node.getPropertyNameNode() ?? node.getNameNode()).getText())
    node = node.getParent().getParent()
  }
  if (Node.isVariableDeclaration(node)) {
    const initializer = node.getInitializer()
    const [name, ...others] = names
    if (!initializer || name === undefined) return null
    const chain = chainOf(initializer)
    if (chain) return partOf({ root: chain.root, names: [...chain.names, ...names] }, shape, resolver)
    const whole = others.length === 0 ? readsOf(initializer, shape, resolver) : null
    return whole && whole.name === null ? { ...whole, name } : null
  }
  return Node.isParameterDeclaration(node) ? partOf({ root: node, names }, shape, resolver) : null
}

/** Where a request comes from: its handler, or null for a function that is only declared to take one. */
interface Source {
  readonly schemas: readonly Schemas[]
}

function requestBehind(root: Node, shape: RequestShape, resolver: Resolver, depth: number): Source | null {
  const parameter = Node.isParameterDeclaration(root) ? root : resolver.definition(root)
  const fn = parameter.getParent()
  if (!Node.isParameterDeclaration(parameter) || depth > maximumDepth) return null
  if (isFunction(fn)) {
    const index = fn.getParameters().indexOf(parameter)
    const schemas = schemasGiven(fn, resolver)
    if (schemas && shape.position(fn) === index) return { schemas }
    for (const caller of resolver.callersOf(fn)) {
      const argument = caller.getArguments()[index]
      const source = Node.isIdentifier(argument) ? requestBehind(argument, shape, resolver, depth + 1) : null
      if (source) return source
    }
  }
  return shape.typed.test(resolver.origin(parameter) ?? '') ? { schemas: [] } : null
}

/** A schema holds for a handler only where all of its routes check against one. */
function inputOf(part: RequestPart, name: string | null, { schemas }: Source): RequestInput {
  const isChecked = schemas.every((checked) => checked[part] !== undefined)
  return { part, name, schema: (isChecked ? schemas[0]?.[part] : null) ?? null }
}
