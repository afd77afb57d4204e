import { Node, SyntaxKind, VariableDeclarationKind, type CallExpression, type Expression } from 'ts-morph'
import type { TracedCall } from '../call-graph.ts'
import { bare, calleeName, isFunction, returnedExpressions, type FunctionNode } from '../functions.ts'
import { isInside } from '../loops.ts'
import type { Context } from './context.ts'
import { outermost } from './rows.ts'

/** A loop that does nothing but compute one row an item and write it. */
export interface WriteLoop {
  readonly node: Node
  /** The statement that is the loop, with the `Promise.all` around it. */
  readonly statement: Node
  readonly items: Expression
  /** What declares the item. */
  readonly item: Node
  /** The callback that is run once an item, or null for `for (const item of items)`. */
  readonly callback: FunctionNode | null
  readonly body: Node
  /** The write, and the statement of the body that it is; the write itself where the body is an expression. */
  readonly call: CallExpression
  readonly write: Node
  /** Whether every item comes to the write, as the last thing that is done with it. */
  readonly endsInWrite: boolean
  /** The variable that holds what the writes give, or null where nothing does. */
  readonly results: Node | null
}

/** Proves that a loop only computes rows and writes each, or gives null. */
export function writeLoop(traced: TracedCall, context: Context): WriteLoop | null {
  const { steps } = traced.trace
  const around = traced.facts.loops.at(-1)
  const step = steps.at(-1)
  const loop = step?.loops.at(-1)
  if (!around || !step || around.source !== 'items' || loop?.facts.id !== around.id) return null
  if (!Node.isCallExpression(step.call)) return null
  const shape = Node.isForOfStatement(loop.node) ? forOf(loop.node) : iteration(loop.node)
  const last = shape && writeIn(shape.body, step.call)
  const write = last ?? (shape && !shape.callback ? writeAmong(shape.body, step.call) : null)
  if (!shape || !write || isWrittenElsewhere(traced, around.id, context)) return null
  const fn = shape.statement.getFirstAncestor(isFunction)
  const awaits = shape.body.getDescendantsOfKind(SyntaxKind.AwaitExpression)
  const isPlain = awaits.every((node) => bare(node) === step.call) && !isAwaited(shape.body, step.call)
  const canWait = fn === undefined || fn.isAsync() || traced.trace.orm.isSynchronous === true
  return isPlain && canWait
    ? { ...shape, node: loop.node, call: step.call, write, endsInWrite: last !== null }
    : null
}

type Shape = Omit<WriteLoop, 'node' | 'call' | 'write' | 'endsInWrite'>

function forOf(loop: Node): Shape | null {
  if (!Node.isForOfStatement(loop) || loop.isAwaited()) return null
  const list = loop.getInitializer()
  const item = Node.isVariableDeclarationList(list) ? list.getDeclarations()[0]?.getNameNode() : undefined
  const items = loop.getExpression()
  return item
    ? { statement: loop, items, item, callback: null, body: loop.getStatement(), results: null }
    : null
}

/** `await Promise.all(items.map(callback))`, its results unused or held by a variable, or `items.forEach(callback)`. */
function iteration(loop: Node): Shape | null {
  const callee = Node.isCallExpression(loop) ? loop.getExpression() : undefined
  if (!Node.isCallExpression(loop) || !Node.isPropertyAccessExpression(callee)) return null
  const [callback, ...others] = loop.getArguments()
  const item = isFunction(callback) ? callback.getParameters()[0] : undefined
  const body = isFunction(callback) ? callback.getBody() : undefined
  if (!isFunction(callback) || !item || !body || others.length > 0) return null
  const common = { items: callee.getExpression(), item, callback, body }
  const parent = loop.getParent()
  if (calleeName(loop) === 'forEach')
    return Node.isExpressionStatement(parent) ? { ...common, statement: parent, results: null } : null
  const isAll =
    Node.isCallExpression(parent) &&
    parent.getExpression().getText() === 'Promise.all' &&
    parent.getArguments().length === 1
  if (calleeName(loop) !== 'map' || !isAll || !Node.isAwaitExpression(parent.getParent())) return null
  const owner = outermost(parent).getParent()
  if (Node.isExpressionStatement(owner)) return { ...common, statement: owner, results: null }
  const statement = Node.isVariableDeclaration(owner) ? owner.getVariableStatement() : undefined
  return statement?.getDeclarations().length === 1 &&
    Node.isVariableDeclaration(owner) &&
    !owner.getTypeNode()
    ? { ...common, statement, results: owner.getNameNode() }
    : null
}

/** The write where it is the last thing a body does, after constants that it may be made of. */
function writeIn(body: Node, call: CallExpression): Node | null {
  if (bare(body) === call) return body
  if (Node.isExpressionStatement(body)) return bare(body.getExpression()) === call ? body : null
  if (!Node.isBlock(body)) return null
  const statements = body.getStatements()
  const last = statements.at(-1)
  const isWrite =
    (Node.isExpressionStatement(last) && bare(last.getExpression()) === call) ||
    (Node.isReturnStatement(last) && bare(last.getExpression() ?? last) === call)
  const areConstants = statements
    .slice(0, -1)
    .every(
      (statement) =>
        Node.isVariableStatement(statement) &&
        statement.getDeclarationKind() === VariableDeclarationKind.Const,
    )
  return last && isWrite && areConstants ? last : null
}

/** The write in a body that does nothing else but compute constants and leave items out. */
function writeAmong(body: Node, call: CallExpression): Node | null {
  const write = outermost(call).getParent()
  return Node.isExpressionStatement(write) && doesNothingElse(body, write) ? write : null
}

function doesNothingElse(statement: Node, write: Node): boolean {
  if (statement === write || Node.isContinueStatement(statement)) return true
  if (Node.isVariableStatement(statement))
    return statement.getDeclarationKind() === VariableDeclarationKind.Const
  if (Node.isBlock(statement))
    return statement.getStatements().every((inner) => doesNothingElse(inner, write))
  if (!Node.isIfStatement(statement)) return false
  const otherwise = statement.getElseStatement()
  return (
    doesNothingElse(statement.getThenStatement(), write) &&
    (otherwise === undefined || doesNothingElse(otherwise, write))
  )
}

/** Whether the loop leads to other queries than the one write. */
function isWrittenElsewhere({ facts }: TracedCall, loopId: string, { calls }: Context): boolean {
  return [...calls.values()].some(
    (other) => other.facts.site !== facts.site && other.facts.loops.some(({ id }) => id === loopId),
  )
}

/** Whether the row itself waits for something, or changes what is outside the loop. */
function isAwaited(body: Node, call: CallExpression): boolean {
  return body
    .forEachDescendantAsArray()
    .some(
      (node) =>
        (Node.isAwaitExpression(node) && bare(node) !== call && isInside(node, call)) ||
        Node.isYieldExpression(node) ||
        (isFunction(node) && returnedExpressions(node).some((value) => isInside(call, value))),
    )
}
