import { Node, type CallExpression } from 'ts-morph'
import { isFunction, isTransparent, returnedExpressions } from '../../functions.ts'
import { linksAfter, linksInHelper, usesOf, type Link } from './builder-chain.ts'
import { argumentFor, declarationOf, isConditional, type OptionContext } from './option-object.ts'

/** A call in a builder; `certain` is false where a condition decides whether it is made. */
export interface BuilderStep extends Link {
  readonly certain: boolean
}

/** All that is known of a builder when its last call runs it. */
export interface BuilderSteps {
  /** What the first step is called on. */
  readonly start: Node
  readonly steps: readonly BuilderStep[]
}

const maximumDepth = 8

/**
 * Collects what a builder went through before `call`, its last step: back through the chain, the variable that holds
 * it, other calls on that variable, helpers that it was given to, functions that made it, and the caller's argument.
 */
export function stepsBefore(
  call: CallExpression,
  isStart: (node: Node) => boolean,
  context: OptionContext,
): BuilderSteps | null {
  const links: Link[] = []
  let node: Node = call
  while (Node.isCallExpression(node) && !isStart(node)) {
    const callee: Node = node.getExpression()
    if (!Node.isPropertyAccessExpression(callee)) break
    links.unshift({ name: callee.getName(), args: node.getArguments(), call: node })
    node = inner(callee.getExpression())
  }
  const before = stepsTo(node, call, isStart, context, 0)
  return before && { start: before.start, steps: [...before.steps, ...links.map(certainly)] }
}

/** What made the builder that a node stands for, and what was added to it before `use`. */
function stepsTo(
  expression: Node,
  use: Node,
  isStart: (node: Node) => boolean,
  context: OptionContext,
  depth: number,
): BuilderSteps | null {
  const node = inner(expression)
  if (depth > maximumDepth) return null
  if (isStart(node)) return { start: node, steps: [] }
  if (Node.isCallExpression(node)) return stepsOfCall(node, isStart, context, depth)
  const declaration = declarationOf(node)
  if (Node.isVariableDeclaration(declaration)) {
    const initializer = declaration.getInitializer() ?? firstAssigned(declaration)
    const made = initializer ? stepsTo(initializer, use, isStart, context, depth + 1) : null
    return made && { start: made.start, steps: [...made.steps, ...addedTo(declaration, use, context)] }
  }
  if (!Node.isParameterDeclaration(declaration)) return null
  const given = argumentFor(declaration, context)
  const own = addedTo(declaration, use, context)
  if (given?.argument) {
    const made = stepsTo(
      given.argument,
      given.argument,
      isStart,
      { ...context, callers: given.callers },
      depth + 1,
    )
    if (made) return { start: made.start, steps: [...made.steps, ...own] }
  }
  return isStart(declaration) ? { start: declaration, steps: own } : null
}

function stepsOfCall(
  call: CallExpression,
  isStart: (node: Node) => boolean,
  context: OptionContext,
  depth: number,
): BuilderSteps | null {
  const [fn] = context.resolver.callees(call)
  if (fn) {
    const returned = returnedExpressions(fn).at(-1)
    return returned
      ? stepsTo(returned, returned, isStart, { ...context, callers: [...context.callers, call] }, depth + 1)
      : null
  }
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return null
  const made = stepsTo(callee.getExpression(), call, isStart, context, depth + 1)
  const link = { name: callee.getName(), args: call.getArguments(), call }
  return made && { start: made.start, steps: [...made.steps, certainly(link)] }
}

/** The calls on a variable that stand before its use, and those of helpers that it is handed to there. */
function addedTo(declaration: Node, use: Node, { resolver }: OptionContext): BuilderStep[] {
  const own = Node.isVariableDeclaration(declaration) ? usesOf(declaration) : usesOfParameter(declaration)
  return own
    .filter((place) => place.getStart() < use.getStart() && !isInsideOf(place, use))
    .flatMap((place) =>
      [...linksAfter(place), ...linksInHelper(place, resolver)].map((link) => ({
        ...link,
        certain: !isConditional(place, use) && !isConditional(link.call, use),
      })),
    )
}

function usesOfParameter(declaration: Node): Node[] {
  if (!Node.isParameterDeclaration(declaration)) return []
  const name = declaration.getName()
  const fn = declaration.getParent()
  return isFunction(fn)
    ? fn
        .forEachDescendantAsArray()
        .filter(
          (node) =>
            Node.isIdentifier(node) &&
            node.getText() === name &&
            declarationOf(node) === declaration &&
            node.getParent() !== declaration,
        )
    : []
}

/** The value that a variable without an initializer is given first. */
function firstAssigned(declaration: Node): Node | undefined {
  const [first] = usesOf(declaration).flatMap((use) => {
    const assignment = use.getParent()
    return Node.isBinaryExpression(assignment) && assignment.getLeft() === use ? [assignment.getRight()] : []
  })
  return first
}

function inner(node: Node): Node {
  return isTransparent(node) ? inner(node.getExpression()) : node
}

function isInsideOf(node: Node, outer: Node): boolean {
  return node.getStart() >= outer.getStart() && node.getEnd() <= outer.getEnd()
}

function certainly(link: Link): BuilderStep {
  return { ...link, certain: true }
}
