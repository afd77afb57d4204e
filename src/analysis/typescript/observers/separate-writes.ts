import { Node, type CatchClause, type IfStatement } from 'ts-morph'
import { isByProduct } from '../../by-products.ts'
import { isWrite } from '../../facts.ts'
import type { QueryBehind } from '../call-graph.ts'
import { areAlternatives, leaves, transactionAround } from '../control-flow.ts'
import { calleeName, calleeOf, symbolOf, type Invocation } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import { runsInTransaction } from '../transactions.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** How many calls may lie between a function and a write that belongs to its work. */
const maximumDepth = 2

/** Functions that see to something before the work starts, or read; what they write is no part of the work. */
const preparing =
  /^#?(?:get|find|fetch|load|read|ensure|enforce|check|verify|validate|require|assert|is|has|can|ping|init)(?![a-z])/

/** Several writes of one function that no transaction joins. Seen at the first of them. */
export const separateWrites: Observer = {
  id: 'separate-writes',
  observe: (scope) => {
    const writes = scope.invocations.flatMap((call) => writeOf(call, scope) ?? [])
    if (writes.length < 2 || runsInTransaction(scope.fn, scope.resolver)) return []
    const outermost = writes.filter(
      ({ call }) => !writes.some((other) => other.call !== call && isInside(call, other.call)),
    )
    const first = outermost.find((write) => outermost.some((other) => followsOn(write, other)))
    if (!first) return []
    const following = outermost.filter((other) => followsOn(first, other))
    const tables = [first, ...following].map(({ table }) => table)
    return [
      { node: first.call, detail: { kind: 'separate-writes', tables, writes: tables.length } },
    ] satisfies Observation[]
  },
}

interface Write {
  readonly call: Invocation
  readonly table: string | null
}

/** A call as a write outside of transactions, or null. */
function writeOf(call: Invocation, scope: Scope): Write | null {
  const found = scope
    .queriesBehind(call)
    .find(({ query, depth }) => isWrite(query.operation) && depth <= maximumDepth)
  if (!found || isProtected(call, found, scope)) return null
  const { table } = found.query
  if (found.depth > 0 && preparing.test(calleeName(call) ?? '')) return null
  return table !== null && isByProduct(table) ? null : { call, table }
}

function isProtected(call: Invocation, { query, call: own }: QueryBehind, scope: Scope): boolean {
  if (query.inTransaction || transactionAround(call) !== null || transactionAround(own) !== null) return true
  return scope.queriesBehind(call).some(({ query: other }) => other.inTransaction)
}

function followsOn(first: Write, second: Write): boolean {
  return (
    second.call.getPos() > first.call.getPos() &&
    !areAlternatives(first.call, second.call) &&
    !isCleanUp(second.call) &&
    !mayFailAlone(second.call, first.call) &&
    !isInsteadOf(second.call, first.call) &&
    !isSavedAgain(second.call, first.call)
  )
}

/** A write with a `try` of its own, whose `catch` lets the work go on without it. */
function mayFailAlone(call: Invocation, first: Invocation): boolean {
  return call.getAncestors().some((each) => {
    const clause = Node.isTryStatement(each) ? each.getCatchClause() : undefined
    return clause !== undefined && !isInside(first, each) && !refuses(clause)
  })
}

function refuses(clause: CatchClause): boolean {
  return clause
    .getBlock()
    .forEachDescendantAsArray()
    .some((node) => Node.isThrowStatement(node) || Node.isReturnStatement(node))
}

/** `const row = await Model.create(…); await row.save()`: the same row. */
function isSavedAgain(second: Invocation, first: Invocation): boolean {
  const callee = calleeOf(second)
  const name = first.getFirstAncestor(Node.isVariableDeclaration)?.getNameNode()
  return (
    Node.isPropertyAccessExpression(callee) &&
    callee.getName() === 'save' &&
    Node.isIdentifier(name) &&
    callee.getExpression().getSymbol() === name.getSymbol()
  )
}

/** `const updated = await update(…); if (updated) return updated; await insert(…)`: the second runs where the first changed nothing. */
function isInsteadOf(second: Invocation, first: Invocation): boolean {
  const declaration = first.getFirstAncestor(Node.isVariableDeclaration)
  const statement = declaration?.getFirstAncestor((each) => Node.isStatement(each))
  const block = statement?.getParent()
  if (!declaration || !Node.isBlock(block) || !isInside(second, block)) return false
  const names = identifiersIn(declaration.getNameNode()).map((name) => symbolOf(name))
  return block
    .getStatements()
    .some(
      (each) =>
        Node.isIfStatement(each) &&
        each.getPos() > first.getPos() &&
        runsWhereNothingWasFound(second, each) &&
        identifiersIn(each.getExpression()).some((name) => names.includes(symbolOf(name))),
    )
}

/** After `if (updated) return`, in the `else` of `if (updated)`, or in `if (!updated) { … }`. */
function runsWhereNothingWasFound(write: Invocation, check: IfStatement): boolean {
  const condition = check.getExpression()
  if (isMissing(condition)) return isInside(write, check.getThenStatement())
  if (!isFound(condition)) return false
  const otherwise = check.getElseStatement()
  if (otherwise && isInside(write, otherwise)) return true
  return check.getEnd() < write.getPos() && leaves(check.getThenStatement())
}

/** `updated`, `updated.rows.length > 0`, `result.rows[0]`: not `!updated`, `result.status !== 200` or `error`. */
function isFound(condition: Node): boolean {
  return (
    /^[\w.?[\]]+(?:\s*>\s*0|\s*!==?\s*(?:0|null|undefined))?$/.test(condition.getText()) &&
    !isAboutFailure(condition)
  )
}

/** `!updated`, `result.count === 0`, `rows.length === 0`, `result === null`. */
function isMissing(condition: Node): boolean {
  return (
    /^(?:![\w.?[\]]+|[\w.?[\]]+\s*===?\s*(?:0|null|undefined))$/.test(condition.getText()) &&
    !isAboutFailure(condition)
  )
}

function isAboutFailure(condition: Node): boolean {
  return /err|fail|status|success|ok\b|message|denied/i.test(condition.getText())
}

/** What runs when the work before it failed, or afterwards in any case. */
function isCleanUp(call: Invocation): boolean {
  return call.getFirstAncestor(Node.isCatchClause) !== undefined
}
