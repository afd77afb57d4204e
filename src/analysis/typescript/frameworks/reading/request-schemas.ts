import { Node, ts, type CallExpression } from 'ts-morph'
import { calleeName, isTransparent, type FunctionNode } from '../../functions.ts'
import { isSame } from '../../memo-values.ts'
import type { Resolver } from '../../resolver.ts'
import type { RequestPart, RouteDefinition } from '../framework.ts'
import { isParameter, rootOf } from './responses.ts'

type Schemas = Partial<Record<RequestPart, Node>>

/** The names that parts of a request have in frameworks and in schemas for them. */
export const partNames: Readonly<Record<string, RequestPart>> = {
  query: 'query',
  querystring: 'query',
  body: 'body',
  params: 'parameters',
  headers: 'headers',
  QUERY: 'query',
  BODY: 'body',
  PARAMS: 'parameters',
  HEADERS: 'headers',
}
const checkMethods = new Set([
  'parse',
  'safeParse',
  'parseAsync',
  'safeParseAsync',
  'validate',
  'validateAsync',
  'validateSync',
  'cast',
])
/** Functions that take the schema first and the value second. */
const schemaFirst = new Set(['plainToInstance', 'plainToClass', 'validate', 'parse', 'Check', 'Decode'])
const takesParts = /^"(?:celebrate"\.celebrate|zod-express-middleware"\.\w+Request|express-zod-safe")$/

/** What the validating middleware among a route's arguments checks the request against, or null. */
export function schemasOf(handlers: readonly Node[], resolver: Resolver): RouteDefinition['schemas'] | null {
  const schemas: Schemas = {}
  for (const handler of handlers.flatMap(elementsOf)) {
    const call = resolver.definition(handler)
    if (Node.isCallExpression(call)) Object.assign(schemas, checkedBy(call, resolver))
  }
  return Object.keys(schemas).length > 0 ? schemas : null
}

/** The schemas of the parts that an object names: `{ query: …, body: … }`, also inside `z.object(…)`. */
export function schemasByPart(expression: Node, resolver: Resolver): Schemas {
  const object = objectBehind(expression, resolver)
  const schemas: Schemas = {}
  if (!Node.isObjectLiteralExpression(object)) return schemas
  for (const property of object.getProperties()) {
    if (!Node.isPropertyAssignment(property) && !Node.isShorthandPropertyAssignment(property)) continue
    const key = property
      .getNameNode()
      .getText()
      .replace(/^.*\.|[[\]'"]/g, '')
    const part = partNames[key]
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : property.getNameNode()
    if (part && value) schemas[part] = value
  }
  return schemas
}

function checkedBy(call: CallExpression, resolver: Resolver): Schemas {
  const [given] = call.getArguments()
  if (!given) return {}
  const origin = resolver.origin(call.getExpression()) ?? ''
  if (takesParts.test(origin)) return schemasByPart(given, resolver)
  const single = /^"zod-express-middleware"\.\w+Request(Body|Query|Params)$/.exec(origin)?.[1]
  const part = partNames[single?.toLowerCase() ?? '']
  if (part) return { [part]: given }
  const own = resolver.callees(call).flatMap((fn) => Object.entries(checkedInside(fn, call, resolver)))
  if (own.length > 0) return Object.fromEntries(own)
  const isOwn = resolver.callees(call).length > 0
  return isOwn && Node.isObjectLiteralExpression(resolver.definition(given))
    ? schemasByPart(given, resolver)
    : {}
}

/** What `validate(schema)` of this project checks: its body tells which part of the request the schema is for. */
function checkedInside(fn: FunctionNode, call: CallExpression, resolver: Resolver): Schemas {
  const schemas: Schemas = {}
  for (const check of checksIn(fn)) {
    const callee = check.getExpression()
    const name = calleeName(check) ?? ''
    const receiver = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : null
    const [first, second] = check.getArguments()
    if (receiver && first && checkMethods.has(name))
      Object.assign(schemas, matched(check, receiver, first, { fn, call, resolver }))
    if (first && second && schemaFirst.has(name))
      Object.assign(schemas, matched(check, first, second, { fn, call, resolver }))
  }
  return schemas
}

const checks = new WeakMap<ts.Node, readonly CallExpression[]>()

/** The calls in a function that may check something. */
function checksIn(fn: FunctionNode): readonly CallExpression[] {
  const known = checks.get(fn.compilerNode)
  if (known) return known
  const found = fn
    .getDescendantsOfKind(ts.SyntaxKind.CallExpression)
    .filter((call) => checkMethods.has(calleeName(call) ?? '') || schemaFirst.has(calleeName(call) ?? ''))
  checks.set(fn.compilerNode, found)
  return found
}

interface Checking {
  readonly fn: FunctionNode
  readonly call: CallExpression
  readonly resolver: Resolver
}

/** Where middleware keeps the parts that it checked, by their path from the request. */
export type CheckedCopies = ReadonlyMap<string, RequestPart | 'all'>

const copies = new WeakMap<Resolver, CheckedCopies>()
/** Those that the present search for routes came across. */
const found = new WeakMap<Resolver, NewCopies>()
type NewCopies = Map<string, RequestPart | 'all'>
const copiesInput = 'checked copies'

/** Runs what finds routes, and gives the copies that it came across beside its result. */
export function withCopies<Result>(
  resolver: Resolver,
  find: () => Result,
): { readonly result: Result; readonly copies: CheckedCopies } {
  const own: NewCopies = new Map()
  found.set(resolver, own)
  return { result: find(), copies: own }
}

/** Takes note of all copies. */
export function rememberCopies(resolver: Resolver, all: CheckedCopies): void {
  const isKnown = isSame(copies.get(resolver), all)
  copies.set(resolver, all)
  if (!isKnown) resolver.program.memo.change(copiesInput)
}

/** Where middleware keeps what it checked, by the path from the request: `input` holds `all` parts after `ctx.input = schema.parse(ctx.request)`. */
export function checkedCopies(resolver: Resolver): CheckedCopies {
  resolver.program.memo.look(copiesInput)
  return copies.get(resolver) ?? new Map()
}

/** Takes note of the property of the request that the result of a check is assigned to. */
function rememberCopy(check: Node, part: RequestPart | 'all', resolver: Resolver): void {
  let value = check
  while (isCarrier(value.getParent())) value = value.getParentOrThrow()
  const assignment = value.getParent()
  if (!Node.isBinaryExpression(assignment) || assignment.getRight() !== value) return
  const target = assignment.getLeft().getText()
  const names = target.split('.').slice(1)
  if (names.length === 0 || !isParameter(rootOf(assignment.getLeft()))) return
  found.get(resolver)?.set(names.join('.'), part)
}

/** What an object literal, `...` and `await` are to what they hold. */
function isCarrier(node: Node | undefined): boolean {
  return Node.isSpreadAssignment(node) || Node.isObjectLiteralExpression(node) || isTransparent(node)
}

function matched(check: CallExpression, schema: Node, value: Node, checking: Checking): Schemas {
  const given = givenFor(schema, checking)
  if (!given) return {}
  const part = partRead(value, checking)
  rememberCopy(check, part ?? 'all', checking.resolver)
  if (part) return { [part]: given }
  const isWhole =
    Node.isObjectLiteralExpression(value) || Node.isIdentifier(value) || isRequestOfContext(value)
  return isWhole ? schemasByPart(given, checking.resolver) : {}
}

/** What the call gives for the parameter that an expression is, or is a property of. */
function givenFor(schema: Node, checking: Checking): Node | null {
  if (Node.isPropertyAccessExpression(schema)) {
    const owner = givenFor(schema.getExpression(), checking)
    const part = partNames[schema.getName()]
    return (owner && part && schemasByPart(owner, checking.resolver)[part]) ?? null
  }
  const parameter = checking.resolver.definition(schema)
  const index = checking.fn.getParameters().findIndex((candidate) => candidate === parameter)
  return index < 0 ? null : (checking.call.getArguments()[index] ?? null)
}

/** `req.query`, `ctx.request.body`, or `req[source]` where the call says which. */
function partRead(value: Node, { fn, call, resolver }: Checking): RequestPart | null {
  if (Node.isPropertyAccessExpression(value)) return partNames[value.getName()] ?? null
  if (!Node.isElementAccessExpression(value)) return null
  const key = value.getArgumentExpression()
  if (!key) return null
  const parameter = resolver.definition(key)
  const index = fn.getParameters().findIndex((candidate) => candidate === parameter)
  const given = index < 0 ? key : (call.getArguments()[index] ?? fn.getParameters()[index]?.getInitializer())
  const text = given && resolver.definition(given)
  return Node.isStringLiteral(text) ? (partNames[text.getLiteralValue()] ?? null) : null
}

function isRequestOfContext(value: Node): boolean {
  return Node.isPropertyAccessExpression(value) && value.getName() === 'request'
}

/** The object literal that a schema is made from: its own, that of `z.object({…})` or of `Base.extend({…})`. */
function objectBehind(expression: Node, resolver: Resolver): Node {
  const node = resolver.definition(expression)
  if (!Node.isCallExpression(node)) return node
  const [argument] = node.getArguments()
  if (Node.isObjectLiteralExpression(argument)) return argument
  const callee = node.getExpression()
  return Node.isPropertyAccessExpression(callee) ? objectBehind(callee.getExpression(), resolver) : node
}

function elementsOf(expression: Node): Node[] {
  return Node.isArrayLiteralExpression(expression) ? expression.getElements() : [expression]
}
