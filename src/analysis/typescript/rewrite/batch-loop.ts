import { Node, type CallExpression, type Expression } from 'ts-morph'
import type { TracedCall } from '../call-graph.ts'
import { isWrite } from '../../facts.ts'
import { identifiersIn, isInside } from '../loops.ts'
import { bare, calleeName, isFunction, symbolOf } from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import { isArray, isPath } from './arrays.ts'
import type { Context } from './context.ts'
import { statementOf } from './placement.ts'
import { readingOf, type Reading } from './reading.ts'
import { changesOf } from './shared-changes.ts'

/** A loop whose look-up can be made before it: `Promise.all(items.map(async (item) => …))` or `for (const item of items)`. */
export interface LoopShape {
  readonly node: Node
  /** The look-up in the loop, and the index of its step in the trace. */
  readonly call: CallExpression
  readonly step: number
  readonly items: Expression
  /** The item as its declaration writes it, with its type where it has one: `activity`, `{ post_id }`. */
  readonly item: string
  /** The expression of one item that gives the key. */
  readonly key: Node
  /** Whether some items are left out, perhaps those without a key. */
  readonly isConditional: boolean
  /** Whether the loop sorts or fills the list that it is given. */
  readonly changesList: boolean
  /** The query as the loop makes it by itself; null where it calls a function that does. */
  readonly reading: Reading | null
  /** The statement before which all rows can be read. */
  readonly statement: Node
}

/** Proves that a look-up can be made before its loop, or gives null. */
export function readLoop(call: TracedCall, context: Context): LoopShape | null {
  const around = call.facts.loops.findLast((loop) => loop.source === 'items')
  const step = around && call.trace.steps[around.call]
  const loop = step?.loops.at(-1)
  if (!around || !step || loop?.facts.id !== around.id || !Node.isCallExpression(step.call)) return null
  const isSynchronous = call.trace.orm.isSynchronous === true
  const parts = Node.isForOfStatement(loop.node)
    ? forOfParts(loop.node, context.resolver)
    : mapParts(loop.node, isSynchronous)
  const statement = parts && statementOf(parts.root)
  const found = keyOf(step.call, around.call, call, loop.node, context.resolver)
  if (!parts || !statement || !found || !isPath(parts.items) || !isEffectFree(parts.item)) return null
  const { key, reading } = found
  const runs = runsIn(step.call, parts.body)
  const isConditional = runs === 'sometimes' || leavesBefore(step.call, parts.body)
  const changes = changesOf(step.call, parts.body)
  const isProven =
    (isSynchronous ? isDirectlyIn(step.call, loop.node) : isGivenToLoop(step.call, loop.node)) &&
    runsIn(parts.root, statement) === 'always' &&
    runs !== null &&
    (!isConditional || isPlainProperty(key)) &&
    (isSynchronous || canAwait(statement)) &&
    dependsOnItemAlone(key, parts.item, loop.node) &&
    readsOnly(around.id, parts.body, context) &&
    changes !== 'rows'
  if (!isProven || (reading && !isKnownOutside(step.call, key, loop.node))) return null
  return {
    node: loop.node,
    call: step.call,
    step: around.call,
    items: parts.items,
    item: parts.item.getText(),
    key,
    isConditional,
    changesList: changes === 'list',
    reading,
    statement,
  }
}

interface Parts {
  readonly items: Expression
  /** What declares the item: a parameter, or the name in `for (const name of …)`. */
  readonly item: Node
  readonly body: Node
  /** The whole loop with the `Promise.all` around it. */
  readonly root: Node
}

function forOfParts(loop: Node, resolver: Resolver): Parts | null {
  if (!Node.isForOfStatement(loop)) return null
  const list = loop.getInitializer()
  const item = Node.isVariableDeclarationList(list) ? list.getDeclarations()[0]?.getNameNode() : undefined
  const items = loop.getExpression()
  return item && isArray(items, resolver) ? { items, item, body: loop.getStatement(), root: loop } : null
}

/** `Promise.all(items.map(…))`, or `items.map(…)` where nothing is awaited. */
function mapParts(loop: Node, isSynchronous: boolean): Parts | null {
  if (!Node.isCallExpression(loop) || calleeName(loop) !== 'map') return null
  const callee = loop.getExpression()
  const [callback, ...others] = loop.getArguments()
  const root = loop.getParent()
  if (!Node.isPropertyAccessExpression(callee) || !isFunction(callback) || others.length > 0) return null
  const item = callback.getParameters()[0]
  const isAll =
    Node.isCallExpression(root) &&
    root.getExpression().getText() === 'Promise.all' &&
    root.getArguments().length === 1
  const fits = isSynchronous ? !isAll && !callback.isAsync() : isAll
  if (!item || item.isRestParameter() || !fits) return null
  return {
    items: callee.getExpression(),
    item,
    body: callback.getBody() ?? callback,
    root: isAll ? root : loop,
  }
}

/** The key that the look-up is given: the only argument of a call, or the value in the query itself. */
function keyOf(
  own: CallExpression,
  index: number,
  call: TracedCall,
  loop: Node,
  resolver: Resolver,
): { key: Node; reading: Reading | null } | null {
  if (index === call.trace.steps.length - 1) {
    const fromLoop = (value: Node): boolean =>
      namesIn(value).some((declaration) => isInside(declaration, loop))
    const reading = readingOf(call, own, fromLoop, resolver)
    return reading && { key: reading.key, reading }
  }
  const [key, ...others] = own.getArguments()
  return key && others.length === 0 ? { key, reading: null } : null
}

/** `item.property` or a name, which can be read of every item whatever a condition says about it. */
function isPlainProperty(key: Node): boolean {
  return (
    Node.isIdentifier(key) || (Node.isPropertyAccessExpression(key) && Node.isIdentifier(key.getExpression()))
  )
}

/** Whether everything but the key that a call reads exists before the loop. */
function isKnownOutside(call: Node, key: Node, loop: Node): boolean {
  return identifiersIn(call)
    .filter((name) => !isInside(name, key))
    .every((name) =>
      (symbolOf(name)?.getDeclarations() ?? []).every(
        (declaration) => !isInside(declaration, loop) || isInside(declaration, call),
      ),
    )
}

/** Whether `await` may stand before a statement. */
function canAwait(statement: Node): boolean {
  const fn = statement.getFirstAncestor(isFunction)
  return fn === undefined || fn.isAsync()
}

function isEffectFree(node: Node): boolean {
  return [node, ...node.forEachDescendantAsArray()].every(
    (part) =>
      !Node.isCallExpression(part) &&
      !Node.isNewExpression(part) &&
      !Node.isAwaitExpression(part) &&
      !Node.isPostfixUnaryExpression(part) &&
      !(Node.isBinaryExpression(part) && part.getOperatorToken().getText().endsWith('=')),
  )
}

/** The declarations of the names inside an expression. */
function namesIn(node: Node): Node[] {
  return identifiersIn(node).flatMap((name) => symbolOf(name)?.getDeclarations() ?? [])
}

function dependsOnItemAlone(key: Node, item: Node, loop: Node): boolean {
  const declarations = namesIn(key)
  const isOfItem = (declaration: Node): boolean => isInside(declaration, item) || isInside(item, declaration)
  return (
    isEffectFree(key) &&
    declarations.some(isOfItem) &&
    declarations.every((declaration) => isOfItem(declaration) || !isInside(declaration, loop))
  )
}

/** Whether a node runs whenever the node around it does, or in some branch; null across a `try`, loop or function. */
function runsIn(node: Node, outer: Node): 'always' | 'sometimes' | null {
  let child = node
  let runs: 'always' | 'sometimes' = 'always'
  for (
    let parent = node.getParent();
    parent && child !== outer;
    child = parent, parent = parent.getParent()
  ) {
    if (
      isFunction(parent) ||
      Node.isTryStatement(parent) ||
      Node.isIterationStatement(parent) ||
      Node.isCaseClause(parent)
    ) {
      return parent === outer ? runs : null
    }
    if (Node.isIfStatement(parent) && parent.getExpression() !== child) runs = 'sometimes'
    if (Node.isConditionalExpression(parent) && parent.getCondition() !== child) runs = 'sometimes'
    const operator = Node.isBinaryExpression(parent) ? parent.getOperatorToken().getText() : ''
    if (Node.isBinaryExpression(parent) && /^(?:&&|\|\||\?\?)/.test(operator) && parent.getRight() === child)
      runs = 'sometimes'
  }
  return runs
}

/** Whether the look-up's result is awaited in the loop, or handed to the `Promise.all` around it. */
function isGivenToLoop(call: Node, loop: Node): boolean {
  const parent = call.getParent()
  if (Node.isAwaitExpression(parent)) return true
  const fn = call.getFirstAncestor(isFunction)
  if (fn?.getParent() !== loop) return false
  return Node.isReturnStatement(parent) || fn.getBody() === call
}

/** Whether a call runs in the loop itself, and not in a function that is made there. */
function isDirectlyIn(call: Node, loop: Node): boolean {
  const fn = call.getFirstAncestor(isFunction)
  return Node.isForOfStatement(loop) ? fn === loop.getFirstAncestor(isFunction) : fn?.getParent() === loop
}

/** Whether an item may be given up before its look-up. */
function leavesBefore(call: Node, body: Node): boolean {
  return body
    .forEachDescendantAsArray()
    .filter(
      (node) =>
        Node.isReturnStatement(node) ||
        Node.isContinueStatement(node) ||
        Node.isBreakStatement(node) ||
        Node.isThrowStatement(node),
    )
    .some((exit) => exit.getStart() < call.getStart() && !isInside(call, exit))
}

/** Whether the loop reads only: every query in it is a read, and nothing else is awaited. */
function readsOnly(loopId: string, body: Node, context: Context): boolean {
  const inLoop = [...context.calls.values()].flatMap(({ trace, facts }) => {
    const loop = facts.loops.find(({ id }) => id === loopId)
    const call = loop && trace.steps[loop.call]?.call
    return call ? [{ call, writes: isWrite(facts.operation) }] : []
  })
  const reads = new Set<Node>(inLoop.map(({ call }) => call))
  const awaits = [body, ...body.forEachDescendantAsArray()].filter(Node.isAwaitExpression)
  return !inLoop.some(({ writes }) => writes) && awaits.every((node) => reads.has(bare(node)))
}
