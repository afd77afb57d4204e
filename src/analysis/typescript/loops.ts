import { Node, type Expression, type Identifier } from 'ts-morph'
import type { Loop, LoopSource } from '../facts.ts'
import { idOf } from './program.ts'
import { calleeName, isFunction, symbolOf, isTransparent, type FunctionNode } from './functions.ts'
import { endsLoopAfter } from './loop-ends.ts'
import type { Resolver } from './resolver.ts'

/** A loop around a call, inside one function; `call` is added where the path is known. */
export interface LoopAround {
  readonly node: Node
  readonly facts: Omit<Loop, 'call'>
}

/** Methods that call their callback once an item. */
const iterators = new Set([
  'map',
  'forEach',
  'flatMap',
  'filter',
  'some',
  'every',
  'find',
  'findIndex',
  'reduce',
  'mapSeries',
])

/** The loops around a node up to the function it belongs to, outermost first. */
export function loopsAround(node: Node, fn: FunctionNode, resolver: Resolver): LoopAround[] {
  const loops: LoopAround[] = []
  let child = node
  for (let parent = node.getParent(); parent && child !== fn; child = parent, parent = parent.getParent()) {
    const shape = shapeOf(parent, child, resolver)
    if (!shape) {
      if (isFunction(child)) loops.unshift(...loopsOfCallback(parent, child, resolver))
      continue
    }
    loops.unshift({
      node: parent,
      facts: {
        id: idOf(parent),
        source: shape.source,
        item: shape.item?.getText() ?? null,
        items: shape.items ? shorten(shape.items.getText()) : null,
        keyed: shape.reference || dependsOn(node, parent),
        stopsWhenFound: stopsWhenFound(node, parent) || endsLoopAfter(node, parent),
        cached: isCached(node, parent),
        ...(Node.isCallExpression(parent) && { concurrent: true as const }),
      },
    })
  }
  return loops
}

/** The call that a callback is handed to, when that call runs it once an item: `items.map(callback)`. */
function isIteration(node: Node | undefined): boolean {
  return (
    Node.isCallExpression(node) &&
    Node.isPropertyAccessExpression(node.getExpression()) &&
    iterators.has(calleeName(node) ?? '')
  )
}

interface Shape {
  readonly source: LoopSource
  readonly item: Node | null
  readonly items: Expression | null
  /** Whether the repeated function is named rather than written in place, so that it takes the item itself. */
  readonly reference: boolean
}

function shapeOf(parent: Node, child: Node, resolver: Resolver): Shape | null {
  if (Node.isForOfStatement(parent)) {
    if (child === parent.getExpression()) return null
    const items = parent.getExpression()
    const item = parent.getInitializer()
    const name = Node.isVariableDeclarationList(item) ? item.getDeclarations()[0]?.getNameNode() : item
    const source = parent.isAwaited() ? 'until' : sourceOf(items, resolver)
    return { source, item: name ?? null, items, reference: false }
  }
  if (Node.isForInStatement(parent)) {
    if (child === parent.getExpression()) return null
    return {
      source: sourceOf(parent.getExpression(), resolver),
      item: null,
      items: parent.getExpression(),
      reference: false,
    }
  }
  if (Node.isForStatement(parent))
    return child === parent.getInitializer() ? null : countedShape(parent, resolver)
  if (Node.isWhileStatement(parent) || Node.isDoStatement(parent)) {
    return { source: 'until', item: null, items: null, reference: false }
  }
  if (!Node.isCallExpression(parent) || !isIteration(parent) || child === parent.getExpression()) return null
  const callee = parent.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return null
  const callback = parent.getArguments()[0]
  const parameter = isFunction(callback)
    ? callback.getParameters()[calleeName(parent) === 'reduce' ? 1 : 0]
    : undefined
  return {
    source: sourceOf(callee.getExpression(), resolver),
    item: parameter?.getNameNode() ?? null,
    items: callee.getExpression(),
    reference: false,
  }
}

/** The loop that a named function handed to an iteration runs in: `items.map(enrich)`. */
export function loopOfReference(call: Node, resolver: Resolver): LoopAround[] {
  if (!Node.isCallExpression(call) || !isIteration(call)) return []
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return []
  const items = callee.getExpression()
  const facts = {
    id: idOf(call),
    source: sourceOf(items, resolver),
    item: null,
    items: shorten(items.getText()),
  }
  return [{ node: call, facts: { ...facts, keyed: true, stopsWhenFound: false, cached: false } }]
}

/**
 * The loops in which a function of this project runs a callback that a call hands to it: those of
 * `mapAsync` for `enrich` in `mapAsync(items, enrich)`. Null where it doesn't run it.
 */
export function loopsInHelper(
  call: Node,
  callback: Node,
  resolver: Resolver,
  depth = 0,
): LoopAround[] | null {
  if (!Node.isCallExpression(call) || depth > 2) return null
  const index = call.getArguments().findIndex((argument) => argument === callback)
  for (const helper of resolver.callees(call)) {
    const name = helper.getParameters()[index]?.getNameNode()
    if (!Node.isIdentifier(name)) continue
    const uses = identifiersIn(helper.getBody() ?? helper).filter(
      (use) => use.getText() === name.getText() && symbolOf(use) === name.getSymbol(),
    )
    for (const use of uses) {
      const run = use.getParent()
      if (!Node.isCallExpression(run)) continue
      const around = loopsAround(run, helper, resolver)
      if (run.getExpression() === use) return around
      if (isIteration(run)) return [...around, ...loopOfReference(run, resolver)]
      const further = loopsInHelper(run, use, resolver, depth + 1)
      if (further) return [...around, ...further]
    }
  }
  return null
}

/** The loops of a helper around a callback that is written where it is handed over. */
function loopsOfCallback(call: Node, callback: FunctionNode, resolver: Resolver): LoopAround[] {
  const item = callback.getParameters()[0]?.getName() ?? null
  return (loopsInHelper(call, callback, resolver) ?? []).map(({ facts }) => ({
    node: call,
    facts: { ...facts, item, keyed: facts.keyed && item !== null },
  }))
}

/** `for (let i = 0; i < items.length; i++)` walks over items, `i < 3` over a constant, `i += 100` over chunks. */
function countedShape(loop: Node, resolver: Resolver): Shape {
  const until: Shape = { source: 'until', item: null, items: null, reference: false }
  if (!Node.isForStatement(loop)) return until
  const step = loop.getIncrementor()
  const limit = loop.getCondition()
  if (!step || !Node.isBinaryExpression(limit)) return until
  if (Node.isBinaryExpression(step) && step.getRight().getText() !== '1')
    return { ...until, source: 'chunks' }
  const end = limit.getRight()
  if (Node.isPropertyAccessExpression(end) && end.getName() === 'length') {
    const items = end.getExpression()
    return { source: sourceOf(items, resolver), item: null, items, reference: false }
  }
  if (Node.isNumericLiteral(resolver.definition(end))) return { ...until, source: 'constant' }
  return Node.isIdentifier(end) && !/retr|attempt|tries|max/i.test(end.getText())
    ? { ...until, source: 'items' }
    : until
}

function sourceOf(items: Expression, resolver: Resolver): LoopSource {
  const node = resolver.definition(items)
  if (isConstantList(node, items) || /^(?:\w+\.)?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$/.test(items.getText()))
    return 'constant'
  if (Node.isCallExpression(node)) {
    const name = calleeName(node) ?? ''
    if (/chunk|batch|split|partition/i.test(name) && name !== 'split') return 'chunks'
    const callee = node.getExpression()
    if (Node.isPropertyAccessExpression(callee)) {
      const receiver = callee.getExpression()
      if (receiver.getText() === 'Object') {
        const argument = node.getArguments()[0]
        const value = argument ? resolver.definition(argument) : undefined
        return Node.isEnumDeclaration(value) || Node.isObjectLiteralExpression(value) ? 'constant' : 'items'
      }
      if (name === 'from' && receiver.getText() === 'Array')
        return sourceOfCopy(node.getArguments()[0], resolver)
      if (['map', 'filter', 'slice', 'sort', 'reverse', 'entries', 'keys', 'values'].includes(name))
        return sourceOf(receiver, resolver)
    }
  }
  return /chunk|batch/i.test(items.getText()) ? 'chunks' : 'items'
}

/** `Array.from({ length: 3 })` is constant, `Array.from(new Set(ids))` as long as what it copies. */
function sourceOfCopy(copied: Node | undefined, resolver: Resolver): LoopSource {
  if (!Node.isExpression(copied) || Node.isObjectLiteralExpression(copied)) return 'constant'
  const inner = Node.isNewExpression(copied) ? copied.getArguments()[0] : copied
  return Node.isExpression(inner) ? sourceOf(inner, resolver) : 'items'
}

/** An array literal with its values written out, and not one that is filled afterwards. */
function isConstantList(node: Node, items: Node): boolean {
  if (!Node.isArrayLiteralExpression(node) || node.getElements().length === 0) return false
  if (node.getElements().some((element) => Node.isSpreadElement(element))) return false
  const name = items.getText()
  return !node.getSourceFile().getFullText().includes(`${name}.push(`)
}

/** Whether something inside a node is made by the loop: its item, or a variable declared in its body. */
function dependsOn(node: Node, loop: Node): boolean {
  return identifiersIn(node).some((identifier) => {
    const declarations = symbolOf(identifier)?.getDeclarations() ?? []
    return declarations.some((declaration) => isInside(declaration, loop) && !isInside(declaration, node))
  })
}

/** `if (found) break`: an exit that depends on the call having given something. */
function stopsWhenFound(call: Node, loop: Node): boolean {
  const result = resultName(call)
  return loop
    .forEachDescendantAsArray()
    .filter(
      (node) =>
        Node.isBreakStatement(node) || (Node.isReturnStatement(node) && !isCallbackReturn(node, loop)),
    )
    .some((exit) => {
      const condition = exit.getFirstAncestor(Node.isIfStatement)?.getExpression()
      if (!condition || !isInside(condition, loop)) return false
      if (isInside(call, condition)) return !Node.isPrefixUnaryExpression(condition)
      return result !== null && isPositive(condition, result)
    })
}

function isCallbackReturn(node: Node, loop: Node): boolean {
  const fn = node.getFirstAncestor(isFunction)
  return fn !== undefined && isInside(fn, loop)
}

function isPositive(condition: Node, name: string): boolean {
  const text = condition.getText()
  return (
    (text === name || text.startsWith(`${name} `) || text.startsWith(`${name}.`)) &&
    !/[!=]==?\s*(?:null|undefined)/.test(text.replace('!=', ''))
  )
}

/** `if (!cache.has(id)) cache.set(id, await load(id))`, or the same with what `cache.get` gave. */
function isCached(call: Node, loop: Node): boolean {
  for (let node = call.getParent(); node && node !== loop; node = node.getParent()) {
    const condition = Node.isIfStatement(node)
      ? node.getExpression()
      : Node.isBinaryExpression(node) && node.getRight() !== undefined && isInside(call, node.getRight())
        ? node.getLeft()
        : undefined
    if (!condition || isInside(call, condition)) continue
    if (/\.(?:has|get)\(/.test(condition.getText())) return true
    const operand = Node.isPrefixUnaryExpression(condition) ? condition.getOperand() : condition
    const declaration = operand.getSymbol()?.getValueDeclaration()
    if (
      Node.isVariableDeclaration(declaration) &&
      /\.get\(/.test(declaration.getInitializer()?.getText() ?? '')
    )
      return true
  }
  return false
}

/** The variable that holds the awaited result of a call. */
function resultName(call: Node): string | null {
  let node = call.getParent()
  while (isTransparent(node)) node = node.getParent()
  return Node.isVariableDeclaration(node) ? node.getName() : null
}

/** The identifiers inside a node that name values: neither property names nor keys. */
export function identifiersIn(node: Node): Identifier[] {
  const found = Node.isIdentifier(node) ? [node] : node.forEachDescendantAsArray().filter(Node.isIdentifier)
  return found.filter((identifier) => {
    const parent = identifier.getParent()
    if (Node.isPropertyAccessExpression(parent)) return parent.getNameNode() !== identifier
    return !(Node.isPropertyAssignment(parent) && parent.getNameNode() === identifier)
  })
}

/** Whether a node is another one or stands in it. */
export function isInside(node: Node, outer: Node): boolean {
  return (
    node.getSourceFile() === outer.getSourceFile() &&
    node.getPos() >= outer.getPos() &&
    node.getEnd() <= outer.getEnd()
  )
}

/** Code on one line of at most 60 characters. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').replace(/ ?\. ?/g, '.')
  return line.length > 60 ? `${line.slice(0, 59)}…` : line
}
