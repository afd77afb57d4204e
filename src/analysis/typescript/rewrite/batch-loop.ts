import { Node, type CallExpression, type Expression } from 'ts-morph'
import type { Step, TracedCall } from '../call-graph.ts'
import { identifiersIn, isInside } from '../loops.ts'
import { orms } from '../orms/index.ts'
import {
  bare,
  calleeName,
  isFunction,
  isTransparent,
  returnedExpressions,
  symbolOf,
  type FunctionNode,
} from '../functions.ts'
import type { Resolver } from '../resolver.ts'
import type { Context } from './context.ts'
import { statementOf } from './placement.ts'

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
  /** The statement before which all rows can be read. */
  readonly statement: Node
}

/** Proves that a look-up can be made before its loop, or gives null. */
export function readLoop(call: TracedCall, context: Context): LoopShape | null {
  const around = call.facts.loops.findLast((loop) => loop.source === 'items')
  const step = around && call.trace.steps[around.call]
  const loop = step?.loops.at(-1)
  if (!around || !step || loop?.facts.id !== around.id) return null
  const parts = Node.isForOfStatement(loop.node)
    ? forOfParts(loop.node, context.resolver)
    : mapParts(loop.node)
  const statement = parts && statementOf(parts.root)
  const key = keyOf(step, around.call, call, loop.node, context.resolver)
  if (!parts || !statement || !key || !isPath(parts.items) || !isEffectFree(parts.item)) return null
  const isProven =
    isGivenToLoop(step.call, loop.node) &&
    isUnconditional(parts.root, statement) &&
    isUnconditional(step.call, parts.body) &&
    !leavesBefore(step.call, parts.body) &&
    dependsOnItemAlone(key, parts.item, loop.node) &&
    readsOnly(around.id, parts.body, context) &&
    !changesRow(step.call, parts.body)
  return isProven
    ? {
        node: loop.node,
        call: step.call,
        step: around.call,
        items: parts.items,
        item: parts.item.getText(),
        key,
        statement,
      }
    : null
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

function mapParts(loop: Node): Parts | null {
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
  if (!isAll || !item || item.isRestParameter()) return null
  return { items: callee.getExpression(), item, body: callback.getBody() ?? callback, root }
}

/** The key that the look-up is given: the only argument of a call, or the value in the query itself. */
function keyOf(
  step: Step,
  index: number,
  { trace }: TracedCall,
  loop: Node,
  resolver: Resolver,
): Node | null {
  if (index === trace.steps.length - 1) {
    const fromLoop = (value: Node): boolean =>
      namesIn(value).some((declaration) => isInside(declaration, loop))
    return trace.orm.lookup(step.call, fromLoop, resolver)?.key ?? null
  }
  const [key, ...others] = step.call.getArguments()
  return key && others.length === 0 ? key : null
}

/** Whether an expression can be read twice with the same result: names and properties only. */
function isPath(expression: Node): boolean {
  if (Node.isPropertyAccessExpression(expression)) return isPath(expression.getExpression())
  return Node.isIdentifier(expression) || Node.isThisExpression(expression)
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

/** Whether a node runs whenever the node around it does: no branch, `try`, loop or function lies between. */
function isUnconditional(node: Node, outer: Node): boolean {
  let child = node
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
      return parent === outer
    }
    if (Node.isIfStatement(parent) && parent.getExpression() !== child) return false
    if (Node.isConditionalExpression(parent) && parent.getCondition() !== child) return false
    const operator = Node.isBinaryExpression(parent) ? parent.getOperatorToken().getText() : ''
    if (Node.isBinaryExpression(parent) && /^(?:&&|\|\||\?\?)/.test(operator) && parent.getRight() === child)
      return false
  }
  return true
}

/** Whether the look-up's result is awaited in the loop, or handed to the `Promise.all` around it. */
function isGivenToLoop(call: Node, loop: Node): boolean {
  const parent = call.getParent()
  if (Node.isAwaitExpression(parent)) return true
  const fn = call.getFirstAncestor(isFunction)
  if (fn?.getParent() !== loop) return false
  return Node.isReturnStatement(parent) || fn.getBody() === call
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
    return call ? [{ call, writes: facts.operation === 'write' }] : []
  })
  const reads = new Set<Node>(inLoop.map(({ call }) => call))
  const awaits = [body, ...body.forEachDescendantAsArray()].filter(Node.isAwaitExpression)
  return !inLoop.some(({ writes }) => writes) && awaits.every((node) => reads.has(bare(node)))
}

/** Whether the loop changes the row it looked up, which all items with that key would then share. */
function changesRow(call: Node, body: Node): boolean {
  let holder = call.getParent()
  while (isTransparent(holder)) holder = holder.getParent()
  const name = Node.isVariableDeclaration(holder)
    ? holder.getName()
    : Node.isBinaryExpression(holder)
      ? holder.getLeft().getText()
      : null
  if (name === null) return false
  return body.forEachDescendantAsArray().some((node) => {
    if (Node.isDeleteExpression(node)) return isPartOf(node.getExpression(), name)
    if (Node.isBinaryExpression(node) && /^(?:[^=!<>]*=)$/.test(node.getOperatorToken().getText()))
      return isPartOf(node.getLeft(), name)
    return (
      Node.isCallExpression(node) &&
      node.getExpression().getText() === 'Object.assign' &&
      node.getArguments()[0]?.getText() === name
    )
  })
}

function isPartOf(node: Node, name: string): boolean {
  if (!Node.isPropertyAccessExpression(node) && !Node.isElementAccessExpression(node)) return false
  const owner = node.getExpression()
  return owner.getText() === name || isPartOf(owner, name)
}

/** Whether a value is an array, as far as the code shows: declared so, made by an array's method, or rows of a query. */
function isArray(items: Expression, resolver: Resolver): boolean {
  const declaration = items.getSymbol()?.getValueDeclaration()
  const type =
    Node.isVariableDeclaration(declaration) || Node.isParameterDeclaration(declaration)
      ? declaration.getTypeNode()
      : undefined
  if (type) return isArrayType(type)
  const value = resolver.definition(items)
  if (Node.isArrayLiteralExpression(value)) return true
  if (!Node.isCallExpression(value)) return false
  if (arrayMethods.has(calleeName(value) ?? '') || isRows(value, resolver)) return true
  const fns = resolver.callees(value)
  return fns.length > 0 && fns.every((fn) => returnsArray(fn, resolver))
}

const arrayMethods = new Set(['map', 'filter', 'slice', 'sort', 'toSorted', 'flatMap', 'concat'])

function returnsArray(fn: FunctionNode, resolver: Resolver): boolean {
  const type = fn.getReturnTypeNode()
  const awaited =
    Node.isTypeReference(type) && type.getTypeName().getText() === 'Promise'
      ? type.getTypeArguments()[0]
      : type
  if (awaited) return isArrayType(awaited)
  return returnedExpressions(fn).every((expression) => {
    const value = resolver.definition(expression)
    return Node.isCallExpression(value) && isRows(value, resolver)
  })
}

function isArrayType(type: Node): boolean {
  if (Node.isArrayTypeNode(type) || Node.isTypeOperatorTypeNode(type)) return true
  return Node.isTypeReference(type) && /^(?:Readonly)?Array$/.test(type.getTypeName().getText())
}

function isRows(call: CallExpression, resolver: Resolver): boolean {
  return orms.some((orm) => orm.recognise(call, resolver, [])?.operation === 'many')
}
