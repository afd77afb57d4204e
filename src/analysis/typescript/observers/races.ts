import { Node, type CallExpression, type IfStatement } from 'ts-morph'
import { isWrite, type Filter } from '../../facts.ts'
import { areAlternatives, leaves, transactionAround } from '../control-flow.ts'
import {
  argumentsOf,
  calleeName,
  calleeOf,
  isFunction,
  isInvocation,
  symbolOf,
  type Invocation,
} from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import type { Query } from '../orms/orm.ts'
import { runsInTransaction } from '../transactions.ts'
import { heldRead, type HeldRead } from './reads.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Rows that are looked for, and written where there are none: two requests at once both find none. */
export const races: Observer = {
  id: 'races',
  observe: (scope) => {
    const reads = scope.invocations.flatMap((call) => {
      const statement = call.getFirstAncestor(Node.isVariableStatement)
      const read = statement && heldRead(statement, scope)
      return read?.call === call ? [read] : []
    })
    const found = reads.flatMap((read) => [...checkedWrites(read, scope), ...checkedAdditions(read, scope)])
    return [...new Map(found.map((each) => [each.node, each])).values()]
  },
}

function checkedWrites(read: HeldRead, scope: Scope): Observation[] {
  const lookups = scope.queriesBehind(read.call).filter(({ depth }) => depth <= 1)
  const lookup = lookups[0]
  if (!lookup || lookups.length > 1 || lookup.query.bound === 'key-list') return []
  const { table } = lookup.query
  if (table === null) return []
  return checksOf(read, scope).flatMap((check): Observation[] => {
    const write = scope.invocations.find(
      (call) =>
        isInsertInto(call, table, scope) &&
        isGuardedBy(call, check) &&
        !isOtherRow(call, read, lookup.query, scope),
    )
    if (!write || runsInTransaction(write, scope.resolver)) return []
    const columns = comparedColumns(lookup.query)
    if (!columns.some((column) => !isState(column))) return []
    return [
      {
        node: write,
        detail: { kind: 'check-then-write', orm: lookup.orm.id, table, columns, embedded: false },
      },
    ]
  })
}

/** Columns that many rows share: what has only these is no key. */
function isState(column: string): boolean {
  return /^(?:is|has)[A-Z_]|active|deleted|status|enabled|state$|type$/.test(column)
}

function comparedColumns({ filters }: Query): string[] {
  return filters
    .filter((filter) => filter.match !== 'in' && filter.pattern === undefined && !isAnother(filter))
    .map(({ column }) => column)
}

/** `{ email, id: Not(id) }`: any row but the one that is changed. */
function isAnother({ column, match }: Filter): boolean {
  return match === 'other' && /^_?id$/.test(column)
}

/** `if (existing) return …` or `if (!existing) { … }` after a read. */
function checksOf({ declaration, call }: HeldRead, scope: Scope): IfStatement[] {
  const names = namesIn(declaration.getNameNode())
  return scope.fn
    .forEachDescendantAsArray()
    .filter(Node.isIfStatement)
    .filter((statement) => statement.getPos() > call.getPos())
    .filter((statement) => isAboutPresence(statement.getExpression(), names))
}

function namesIn(name: Node): Node[] {
  if (Node.isIdentifier(name)) return [name]
  if (!Node.isArrayBindingPattern(name) && !Node.isObjectBindingPattern(name)) return []
  return name
    .getElements()
    .flatMap((element) => (Node.isBindingElement(element) ? namesIn(element.getNameNode()) : []))
}

/** `existing`, `!existing`, `existing.length > 0`, `existing !== null`, `count > 0`, also joined with others. */
function isAboutPresence(condition: Node, names: readonly Node[]): boolean {
  const symbols = names.map((name) => name.getSymbol())
  return identifiersIn(condition).some((identifier) => {
    if (!symbols.includes(symbolOf(identifier))) return false
    const parent = identifier.getParent()
    if (Node.isPropertyAccessExpression(parent))
      return ['length', 'count', 'rowCount'].includes(parent.getName()) && comparesWithNone(parent)
    if (Node.isElementAccessExpression(parent)) return true
    if (!Node.isBinaryExpression(parent)) return true
    const operator = parent.getOperatorToken().getText()
    return ['&&', '||'].includes(operator) || /^(?:0|1|null|undefined)$/.test(parent.getRight().getText())
  })
}

/** `rows.length`, `rows.length > 0`, `count === 0`: not `count >= 3`. */
function comparesWithNone(number: Node): boolean {
  const comparison = number.getParent()
  if (!Node.isBinaryExpression(comparison)) return true
  return (
    ['&&', '||'].includes(comparison.getOperatorToken().getText()) ||
    /^[01]$/.test(comparison.getRight().getText())
  )
}

/** Whether a write runs only where a check found nothing. */
function isGuardedBy(write: Invocation, check: IfStatement): boolean {
  const isNegative =
    Node.isPrefixUnaryExpression(check.getExpression()) ||
    /(?:===?\s*(?:0|null|undefined)|<\s*1)\s*$/.test(check.getExpression().getText())
  const branch = isNegative ? check.getThenStatement() : check.getElseStatement()
  if (branch && isInside(write, branch)) return true
  if (isNegative || !leaves(check.getThenStatement())) return false
  return (
    write.getPos() > check.getEnd() &&
    sharesFunction(write, check) &&
    !areAlternatives(check.getExpression(), write)
  )
}

function sharesFunction(write: Node, check: Node): boolean {
  const block = check.getParent()
  return block !== undefined && isInside(write, block) && (Node.isBlock(block) || isFunction(block))
}

function isInsertInto(call: Invocation, table: string, scope: Scope): boolean {
  return scope
    .queriesBehind(call)
    .some(
      ({ query, depth }) =>
        depth <= 1 &&
        query.table === table &&
        isWrite(query.operation) &&
        (query.operation === 'insert' || query.operation === 'save') &&
        !query.inTransaction,
    )
}

/**
 * `parent.save()` or `repository.save(parent)`, where `parent` was read: no row is added. A rename looks for another row
 * with the new name before.
 */
function isOtherRow(write: Invocation, read: HeldRead, { filters }: Query, scope: Scope): boolean {
  const callee = calleeOf(write)
  if (!Node.isPropertyAccessExpression(callee) || filters.some(isAnother)) return false
  const [argument] = argumentsOf(write)
  const saved = argument ?? (callee.getName() === 'save' ? callee.getExpression() : undefined)
  const row = Node.isIdentifier(saved) ? scope.resolver.definition(saved) : undefined
  if (!isInvocation(row) || row === read.call) return false
  return scope.queriesBehind(row).some(({ query }) => !isWrite(query.operation))
}

/** A list inside a row: looked through, and added to before the row is saved. */
function checkedAdditions({ declaration, call }: HeldRead, scope: Scope): Observation[] {
  const name = declaration.getNameNode()
  const [lookup] = scope.queriesBehind(call)
  if (!Node.isIdentifier(name) || lookup?.orm.id !== 'mongoose') return []
  return scope.calls.flatMap((push): Observation[] => {
    const callee = push.getExpression()
    if (calleeName(push) !== 'push' || !Node.isPropertyAccessExpression(callee)) return []
    const list = callee.getExpression()
    if (!Node.isPropertyAccessExpression(list) || list.getExpression().getText() !== name.getText()) return []
    if (!isLookedThrough(list, push, scope) || !isSavedAfter(name, push, scope)) return []
    const columns: string[] = []
    return [
      {
        node: push,
        detail: {
          kind: 'check-then-write',
          orm: lookup.orm.id,
          table: list.getText(),
          columns,
          embedded: true,
        },
      },
    ]
  })
}

/** `const found = post.likes.find(…)` or `.some(…)`, and an `if` that asks for what it gave. */
function isLookedThrough(list: Node, push: CallExpression, scope: Scope): boolean {
  const looks = scope.calls.filter((call) => {
    const callee = call.getExpression()
    return (
      /^(?:find|some|findIndex|includes|filter|indexOf)$/.test(calleeName(call) ?? '') &&
      Node.isPropertyAccessExpression(callee) &&
      callee.getExpression().getText() === list.getText() &&
      call.getPos() < push.getPos()
    )
  })
  const conditions = scope.fn.forEachDescendantAsArray().filter(Node.isIfStatement)
  return looks.some((look) => {
    const held = look.getFirstAncestor(Node.isVariableDeclaration)?.getNameNode().getText()
    return conditions.some((check) => {
      const condition = check.getExpression()
      const asks =
        isInside(look, condition) ||
        (held !== undefined && new RegExp(`\\b${held}\\b`).test(condition.getText()))
      return (
        asks &&
        (isInside(push, check) || (leaves(check.getThenStatement()) && push.getPos() > check.getEnd()))
      )
    })
  })
}

function isSavedAfter(name: Node, push: CallExpression, scope: Scope): boolean {
  return scope.calls.some(
    (call) =>
      call.getPos() > push.getPos() &&
      scope.queriesBehind(call).some(({ query }) => query.operation === 'save' && !query.inTransaction) &&
      new RegExp(`\\b${name.getText()}\\b`).test(call.getText()) &&
      transactionAround(call) === null,
  )
}
