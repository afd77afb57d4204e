import { Node, type CallExpression, type IfStatement } from 'ts-morph'
import { isWrite, type Filter } from '../../facts.ts'
import { areAlternatives, leaves, transactionAround } from '../control-flow.ts'
import { isFunction, symbolOf } from '../functions.ts'
import { identifiersIn, isInside } from '../loops.ts'
import type { Query } from '../orms/orm.ts'
import { heldRead, type HeldRead } from './reads.ts'
import type { Observation, Observer, Scope } from './observer.ts'

/** Rows that are looked for, and written where there are none: two requests at once both find none. */
export const races: Observer = {
  id: 'races',
  observe: (scope) => {
    const reads = scope.calls.flatMap((call) => {
      const statement = call.getFirstAncestor(Node.isVariableStatement)
      const read = statement && heldRead(statement, scope)
      return read?.call === call ? [read] : []
    })
    const found = reads.flatMap((read) => checkedWrites(read, scope))
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
    const write = scope.calls.find((call) => isInsertInto(call, table, scope) && isGuardedBy(call, check))
    if (!write || transactionAround(write) !== null) return []
    const columns = comparedColumns(lookup.query)
    return [
      {
        node: write,
        detail: { kind: 'check-then-write', orm: lookup.orm.id, table, columns, embedded: false },
      },
    ]
  })
}

function comparedColumns({ filters }: Query): string[] {
  return filters.filter(({ match }: Filter) => match !== 'in').map(({ column }) => column)
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
      return ['length', 'count', 'rowCount'].includes(parent.getName())
    if (Node.isElementAccessExpression(parent)) return true
    if (!Node.isBinaryExpression(parent)) return true
    const operator = parent.getOperatorToken().getText()
    return ['&&', '||'].includes(operator) || /^(?:0|1|null|undefined)$/.test(parent.getRight().getText())
  })
}

/** Whether a write runs only where a check found nothing. */
function isGuardedBy(write: CallExpression, check: IfStatement): boolean {
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

function isInsertInto(call: CallExpression, table: string, scope: Scope): boolean {
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
