import { Node, type PropertyAssignment, type Symbol } from 'ts-morph'
import { areAlternatives, transactionAround } from '../control-flow.ts'
import { calleeName, isTransparent, symbolOf, type Invocation } from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import { heldRead } from './reads.ts'
import type { Observation, Observer, Scope } from './observer.ts'

const maximumDepth = 4

/** Values that are read, changed in memory and written back, so that a change made in between is lost. */
export const lostUpdates: Observer = {
  id: 'lost-updates',
  observe: (scope) => {
    const rows = rowsIn(scope)
    if (rows.size === 0) return []
    const writes = scope.invocations.filter((call) => isUpdate(call, scope))
    if (writes.length === 0) return []
    const found = [...changedRows(scope, rows, writes), ...changedValues(rows, writes)]
    return [...new Map(found.map((each) => [each.node, each])).values()]
  },
}

/** The variables that hold what reads gave, with the table they come from. */
function rowsIn(scope: Scope): ReadonlyMap<Symbol, string | null> {
  const rows = new Map<Symbol, string | null>()
  for (const call of scope.invocations) {
    const statement = call.getFirstAncestor(Node.isVariableStatement)
    const read = statement && heldRead(statement, scope)
    if (read?.call !== call) continue
    const table = scope.queriesBehind(call)[0]?.query.table ?? null
    const name = read.declaration.getNameNode()
    const names = Node.isArrayBindingPattern(name)
      ? name
          .getElements()
          .map((element) => (Node.isBindingElement(element) ? element.getNameNode() : undefined))
      : [name]
    for (const each of names) {
      const symbol = each?.getSymbol()
      if (symbol) rows.set(symbol, table)
    }
  }
  return rows
}

function isUpdate(call: Invocation, scope: Scope): boolean {
  const updates = scope
    .queriesBehind(call)
    .filter(({ query, depth }) => depth <= 1 && ['update', 'save', 'upsert'].includes(query.operation))
  return (
    updates.length > 0 &&
    updates.every(({ query }) => !query.inTransaction) &&
    transactionAround(call) === null
  )
}

/** `product.stock -= 1` or `article.likes++`, and the row saved afterwards. */
function changedRows(
  scope: Scope,
  rows: ReadonlyMap<Symbol, string | null>,
  writes: readonly Invocation[],
): Observation[] {
  return scope.fn.forEachDescendantAsArray().flatMap((node): Observation[] => {
    const target = changedInPlace(node)
    if (!target || !Node.isPropertyAccessExpression(target)) return []
    const symbol = rowOf(target, rows)
    if (!symbol) return []
    const isSaved = writes.some(
      (write) => write.getPos() > node.getPos() && mentions(write, symbol) && !areAlternatives(node, write),
    )
    return isSaved ? [{ node, detail: detailOf(target.getName(), rows.get(symbol) ?? null) }] : []
  })
}

/** What `x.f++`, `x.f += n` and `x.f = x.f + n` change. */
function changedInPlace(node: Node): Node | null {
  if (Node.isPostfixUnaryExpression(node)) return node.getOperand()
  if (Node.isPrefixUnaryExpression(node))
    return /^(?:\+\+|--)/.test(node.getText()) ? node.getOperand() : null
  if (!Node.isBinaryExpression(node)) return null
  const operator = node.getOperatorToken().getText()
  const target = node.getLeft()
  if (operator === '+=' || operator === '-=') return isText(node.getRight()) ? null : target
  if (operator !== '=' || !Node.isPropertyAccessExpression(target)) return null
  const value = unwrapped(node.getRight())
  return isArithmetic(value) && value.getText().includes(target.getText()) ? target : null
}

/** `update({ stock: product.stock - 1 })`, also by way of variables. */
function changedValues(
  rows: ReadonlyMap<Symbol, string | null>,
  writes: readonly Invocation[],
): Observation[] {
  return writes.flatMap((write) =>
    propertiesIn(write).flatMap((property): Observation[] => {
      const value = property.getInitializer()
      const source = value && changedFrom(value, rows, 0)
      if (!value || !source || !isSameColumn(source.column, property.getName())) return []
      return [{ node: placeOf(value) ?? property, detail: detailOf(property.getName(), source.table) }]
    }),
  )
}

function propertiesIn(write: Invocation): PropertyAssignment[] {
  return write.forEachDescendantAsArray().filter(Node.isPropertyAssignment)
}

function plainName(name: string): string {
  return name.replace(/[_'"]/g, '').toLowerCase()
}

interface Source {
  /** The column that was read, or null for a sum of rows. */
  readonly column: string | null
  readonly table: string | null
}

function isSameColumn(read: string | null, written: string): boolean {
  return read === null || plainName(read) === plainName(written)
}

/** The row that a value is computed from by adding or subtracting, or null. */
function changedFrom(value: Node, rows: ReadonlyMap<Symbol, string | null>, depth: number): Source | null {
  if (depth > maximumDepth) return null
  const node = unwrapped(value)
  const inner = initialOf(node)
  if (inner) return changedFrom(inner, rows, depth + 1)
  if (isArithmetic(node)) {
    const sides = [node.getLeft(), node.getRight()]
    return (
      firstOf(sides, (side) => readFrom(side, rows, 0)) ??
      firstOf(sides, (side) => changedFrom(side, rows, depth + 1))
    )
  }
  if (Node.isConditionalExpression(node))
    return firstOf([node.getWhenTrue(), node.getWhenFalse()], (each) => changedFrom(each, rows, depth + 1))
  if (Node.isCallExpression(node)) {
    const callee = node.getExpression()
    const isConversion = /^(?:Math\.\w+|Number|parseFloat|parseInt|String)$/.test(callee.getText())
    if (isConversion) return firstOf(node.getArguments(), (each) => changedFrom(each, rows, depth + 1))
    if (Node.isPropertyAccessExpression(callee) && /^to(?:Fixed|String)$/.test(callee.getName()))
      return changedFrom(callee.getExpression(), rows, depth + 1)
  }
  return null
}

/** An operand that is a column of a row, or a sum over rows. */
function readFrom(operand: Node, rows: ReadonlyMap<Symbol, string | null>, depth: number): Source | null {
  if (depth > maximumDepth) return null
  const node = unwrapped(operand)
  const inner = initialOf(node)
  if (inner) return readFrom(inner, rows, depth + 1)
  if (Node.isBinaryExpression(node) && ['||', '??'].includes(node.getOperatorToken().getText()))
    return readFrom(node.getLeft(), rows, depth + 1)
  if (Node.isCallExpression(node)) {
    if (calleeName(node) === 'reduce') {
      const symbol = rowOf(node.getExpression(), rows)
      return symbol ? { column: null, table: rows.get(symbol) ?? null } : null
    }
    const [argument] = node.getArguments()
    return argument && /^(?:Number|parseFloat|parseInt)$/.test(node.getExpression().getText())
      ? readFrom(argument, rows, depth + 1)
      : null
  }
  const symbol = Node.isPropertyAccessExpression(node) ? rowOf(node, rows) : null
  return symbol && Node.isPropertyAccessExpression(node)
    ? { column: node.getName(), table: rows.get(symbol) ?? null }
    : null
}

/** The value of a constant that an identifier names, where it is computed in the same function. */
function initialOf(node: Node): Node | null {
  if (!Node.isIdentifier(node)) return null
  const declaration = symbolOf(node)?.getValueDeclaration()
  return Node.isVariableDeclaration(declaration) ? (declaration.getInitializer() ?? null) : null
}

/** Where a written value is computed: the declaration of the variable that holds it. */
function placeOf(value: Node): Node | null {
  const node = unwrapped(value)
  const declaration = Node.isIdentifier(node) ? symbolOf(node)?.getValueDeclaration() : undefined
  return declaration ?? null
}

function rowOf(access: Node, rows: ReadonlyMap<Symbol, string | null>): Symbol | null {
  let node = access
  while (Node.isPropertyAccessExpression(node) || isTransparent(node) || Node.isElementAccessExpression(node))
    node = node.getExpression()
  const symbol = Node.isIdentifier(node) ? symbolOf(node) : undefined
  return symbol && rows.has(symbol) ? symbol : null
}

function mentions(write: Node, symbol: Symbol): boolean {
  return identifiersIn(write).some((identifier) => symbolOf(identifier) === symbol)
}

function isArithmetic(node: Node): node is Node & { getLeft(): Node; getRight(): Node } {
  return (
    Node.isBinaryExpression(node) &&
    ['+', '-'].includes(node.getOperatorToken().getText()) &&
    !isText(node.getLeft()) &&
    !isText(node.getRight())
  )
}

function isText(node: Node): boolean {
  return (
    Node.isStringLiteral(node) ||
    Node.isTemplateExpression(node) ||
    Node.isNoSubstitutionTemplateLiteral(node)
  )
}

function unwrapped(node: Node): Node {
  return isTransparent(node) ? unwrapped(node.getExpression()) : node
}

function firstOf<T>(nodes: readonly Node[], find: (node: Node) => T | null): T | null {
  for (const node of nodes) {
    const found = find(node)
    if (found) return found
  }
  return null
}

function detailOf(column: string, table: string | null): Observation['detail'] {
  return { kind: 'read-modify-write', column, table }
}
