import { Node, SyntaxKind, type CallExpression } from 'ts-morph'
import { bare, isFunction, type FunctionNode } from '../../functions.ts'
import { Topic } from '../../memo.ts'
import type { Resolver } from '../../resolver.ts'
import { sqlSourceOf } from './source.ts'

/** What a call of a driver runs: the expression of the statement, and of the list of values bound to it. */
export interface SqlArguments {
  readonly text: Node
  readonly values: Node | readonly Node[] | null
  /** The index of the argument that gives that list, or would give it; null where none can be given. */
  readonly valuesIndex: number | null
}

/** Reads a call as one of a driver, or gives null. */
export type SqlDriver = (call: CallExpression, resolver: Resolver) => SqlArguments | null

/** Which of a function's parameters it hands on to a driver. */
interface Forwarding {
  readonly text: number
  readonly values: number | null
}

const maximumDepth = 2
const forwardings = new WeakMap<SqlDriver, Topic<Forwarding | null>>()

/**
 * The statement that a call has run by a function of this project which hands it on to a driver:
 * `db.query('SELECT …', [id])`, where `query` is `(text, values) => pool.query(text, values)`.
 */
export function forwardedSql(
  call: CallExpression,
  driver: SqlDriver,
  resolver: Resolver,
): SqlArguments | null {
  if (resolver.callees(call).length === 0 || !isGivenSql(call, resolver)) return null
  return forwarded(call, driver, resolver, 0)
}

const givenSql = new Topic<boolean>(false)

/** Whether one of a call's first arguments is a statement; asked for every driver. */
function isGivenSql(call: CallExpression, resolver: Resolver): boolean {
  const args = call.getArguments().slice(0, 2)
  return resolver.remember(givenSql, call, () => args.some((argument) => holdsSql(argument, resolver)))
}

function holdsSql(argument: Node, resolver: Resolver): boolean {
  if (
    isFunction(argument) ||
    Node.isObjectLiteralExpression(argument) ||
    Node.isArrayLiteralExpression(argument)
  )
    return false
  const text = sqlSourceOf(argument, resolver)?.text ?? ''
  return /^[\s(]*(?:select|insert|update|delete|replace|with|merge|truncate)\b/i.test(text)
}

function forwarded(
  call: CallExpression,
  driver: SqlDriver,
  resolver: Resolver,
  depth: number,
): SqlArguments | null {
  const [fn] = resolver.callees(call)
  const forwarding = fn ? forwardingOf(fn, driver, resolver, depth) : null
  const text = forwarding && call.getArguments()[forwarding.text]
  if (!forwarding || !text) return null
  const values = forwarding.values === null ? undefined : call.getArguments()[forwarding.values]
  return { text, values: values ?? null, valuesIndex: forwarding.values }
}

function forwardingOf(
  fn: FunctionNode,
  driver: SqlDriver,
  resolver: Resolver,
  depth: number,
): Forwarding | null {
  const ofDriver = forwardings.get(driver) ?? new Topic<Forwarding | null>(null)
  forwardings.set(driver, ofDriver)
  return resolver.remember(ofDriver, fn, () => readForwarding(fn, driver, resolver, depth))
}

function readForwarding(
  fn: FunctionNode,
  driver: SqlDriver,
  resolver: Resolver,
  depth: number,
): Forwarding | null {
  const parameters = fn.getParameters().map((parameter) => parameter.getNameNode())
  if (parameters.length === 0) return null
  const indexOf = (node: SqlArguments['values']): number => {
    const value = node instanceof Node ? bare(node) : null
    return value && Node.isIdentifier(value)
      ? parameters.findIndex((name) => name.getText() === value.getText())
      : -1
  }
  const body = fn.getBody()
  const calls = body?.getDescendantsOfKind(SyntaxKind.CallExpression) ?? []
  for (const inner of Node.isCallExpression(body) ? [body, ...calls] : calls) {
    const run =
      driver(inner, resolver) ?? (depth < maximumDepth ? forwarded(inner, driver, resolver, depth + 1) : null)
    const text = run ? indexOf(run.text) : -1
    if (!run || text === -1) continue
    const values = indexOf(spreadOf(run.values))
    return { text, values: values === -1 ? null : values }
  }
  return null
}

/** `values` of `statement.all(...values)`. */
function spreadOf(values: SqlArguments['values']): SqlArguments['values'] {
  if (values === null || values instanceof Node) return values
  const [only, ...others] = values
  return Node.isSpreadElement(only) && others.length === 0 ? only.getExpression() : null
}
