import { Node } from 'ts-morph'
import { calleeOf, isFunction, symbolOf } from '../functions.ts'
import { identifiersIn, isInside, shorten } from '../loops.ts'
import { heldRead, mayRefuse, type HeldRead } from './reads.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Reads in a row that don't need each other's rows, and wait for each other all the same. */
export const sequentialReads: Observer = {
  id: 'sequential-reads',
  observe: (scope) =>
    blocksIn(scope).flatMap((block) =>
      groupsIn(block, scope).flatMap(([first, second, ...others]): Observation[] => {
        if (!first || !second) return []
        const previous = shorten(calleeOf(first.call).getText())
        return [
          { node: second.call, detail: { kind: 'sequential-reads', reads: others.length + 2, previous } },
        ]
      }),
    ),
}

/** The lists of statements in a function that make queries. */
function blocksIn({ invocations, queriesBehind }: Scope): Node[] {
  const blocks = invocations
    .filter((call) => queriesBehind(call).length > 0)
    .map((call) => call.getFirstAncestor((node) => Node.isStatement(node))?.getParent())
  return [...new Set(blocks)].filter((block) => block !== undefined)
}

/** Runs of reads of which none depends on an earlier one; the calls of their first elements start each run. */
export function groupsIn(block: Node, scope: Scope): HeldRead[][] {
  if (!Node.isBlock(block) && !Node.isCaseClause(block) && !Node.isSourceFile(block)) return []
  const groups: HeldRead[][] = [[]]
  let made = new Set<Node>()
  const startAnew = (read?: HeldRead): void => {
    groups.push(read ? [read] : [])
    made = new Set(read ? declaredBy(read.declaration.getNameNode()) : [])
  }
  for (const statement of block.getStatements()) {
    const read = heldRead(statement, scope)
    if (read && mayRefuse(read.call, scope)) startAnew()
    else if (read && dependsOn(read.call, made)) startAnew(read)
    else if (read) {
      groups.at(-1)?.push(read)
      for (const name of declaredBy(read.declaration.getNameNode())) made.add(name)
    } else if (isHarmless(statement)) {
      if (dependsOn(statement, made)) for (const name of namedIn(statement)) made.add(name)
    } else startAnew()
  }
  return groups.filter((group) => group.length > 1)
}

/** Whether something names what the reads before it gave. */
function dependsOn(node: Node, made: ReadonlySet<Node>): boolean {
  return identifiersIn(node).some((identifier) =>
    (symbolOf(identifier)?.getDeclarations() ?? []).some((declaration) => made.has(declaration)),
  )
}

/** Everything that a statement declares, and whatever else it names, since it may change that. */
function namedIn(statement: Node): Node[] {
  if (Node.isVariableStatement(statement))
    return statement.getDeclarations().flatMap((declaration) => declaredBy(declaration.getNameNode()))
  return identifiersIn(statement).flatMap((identifier) => symbolOf(identifier)?.getDeclarations() ?? [])
}

function declaredBy(name: Node): Node[] {
  if (!Node.isObjectBindingPattern(name) && !Node.isArrayBindingPattern(name)) {
    const declaration = name.getParent()
    return declaration ? [declaration] : []
  }
  return name
    .getElements()
    .flatMap((element) => (Node.isBindingElement(element) ? declaredBy(element.getNameNode()) : []))
}

/** A statement that computes something: nothing in it waits, or decides whether the next statement runs. */
function isHarmless(statement: Node): boolean {
  if (
    !Node.isVariableStatement(statement) &&
    !Node.isIfStatement(statement) &&
    !Node.isExpressionStatement(statement)
  )
    return false
  return !statement.getDescendants().some((node) => isDecisive(node, statement))
}

function isDecisive(node: Node, statement: Node): boolean {
  if (Node.isReturnStatement(node)) {
    const fn = node.getFirstAncestor(isFunction)
    return fn === undefined || !isInside(fn, statement)
  }
  return Node.isAwaitExpression(node) || Node.isYieldExpression(node) || Node.isThrowStatement(node)
}
