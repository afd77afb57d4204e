import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { Table } from '../../../facts.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { KeyedCount, Lookup } from '../orm.ts'
import { argumentOf, receiverOf } from '../reading/written-options.ts'
import { propertyName } from '../reading/value-reader.ts'

/** What a query for one row, or for all rows with one value, may be given besides its conditions. */
const shaping = ['where', 'select', 'include', 'omit', 'orderBy']

/** A condition `column: key`. */
interface KeyCondition {
  readonly property: Node
  readonly column: string
  readonly key: Node
}

/** `findUnique` or `findFirst` by a unique key as a `findMany` by a list of keys. */
export function lookup(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  table: Table | undefined,
): Lookup | null {
  const callee = call.getExpression()
  const method = Node.isPropertyAccessExpression(callee) ? callee.getName() : ''
  const found = ['findUnique', 'findFirst'].includes(method) ? keyCondition(call, isKey) : null
  if (!found || !isUnique(found.column, table)) return null
  return { ...keyed(call, method, found), missing: 'null' }
}

/** `findMany` by one value of a column as a `findMany` by a list of values. */
export function children(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  table: Table | undefined,
): Lookup | null {
  const found = receiverOf(call, 'findMany') === null ? null : keyCondition(call, isKey)
  if (!found || !table || isUnique(found.column, table)) return null
  return keyed(call, 'findMany', found)
}

/** `count` of the rows with one value as a `groupBy` of that column. */
export function countsByKey(call: CallExpression, isKey: (value: Node) => boolean): KeyedCount | null {
  const receiver = receiverOf(call, 'count')
  const given = argumentOf(call)
  const found = keyCondition(call, isKey)
  const where = given?.getProperties().length === 1 ? given.getProperty('where') : undefined
  if (receiver === null || !found || !where) return null
  const { quote } = styleOf(call.getSourceFile())
  const { column, key, property } = found
  return {
    column,
    key,
    forKeys: (keys) => {
      const conditions = replaced(where, property, `${column}: { in: ${keys} }`)
      return `${receiver}.groupBy({ by: [${quote(column)}], ${conditions}, _count: { _all: true } })`
    },
    keyOf: (row) => `${row}.${column}`,
    countOf: (row) => `${row}._count._all`,
  }
}

function keyed(call: CallExpression, method: string, { column, key, property }: KeyCondition): Lookup {
  const receiver = receiverOf(call, method) ?? ''
  const argument = call.getArguments()[0] ?? call
  return {
    column,
    key,
    forKeys: (keys) => `${receiver}.findMany(${replaced(argument, property, `${column}: { in: ${keys} }`)})`,
  }
}

/** The one condition of a query's `where` whose value is the key; null where the rows don't bring that column along. */
function keyCondition(call: CallExpression, isKey: (value: Node) => boolean): KeyCondition | null {
  const given = argumentOf(call)
  if (!given || given.getProperties().some((property) => !shaping.includes(propertyName(property) ?? '')))
    return null
  const where = literalNamed(given, 'where')
  const conditions = (where?.getProperties() ?? []).flatMap((property): KeyCondition[] => {
    const column = propertyName(property)
    const key = Node.isShorthandPropertyAssignment(property)
      ? property.getNameNode()
      : Node.isPropertyAssignment(property)
        ? property.getInitializer()
        : undefined
    return column !== null && key && isKey(key) ? [{ property, column, key }] : []
  })
  const [condition, ...others] = conditions
  if (!condition || others.length > 0 || !brings(given, condition.column)) return null
  return condition
}

function brings(given: ObjectLiteralExpression, column: string): boolean {
  if (given.getProperty('omit')) return false
  if (!given.getProperty('select')) return true
  const selected = literalNamed(given, 'select')?.getProperty(column)
  return Node.isPropertyAssignment(selected) && selected.getInitializer()?.getText() === 'true'
}

function literalNamed(object: ObjectLiteralExpression, name: string): ObjectLiteralExpression | null {
  const property = object.getProperty(name)
  const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
  return Node.isObjectLiteralExpression(value) ? value : null
}

function isUnique(column: string, table: Table | undefined): boolean {
  if (!table) return column === 'id'
  return table.unique.some((columns) => columns.length === 1 && columns[0] === column)
}

/** Source text of a node with a part of it replaced. */
function replaced(node: Node, part: Node, text: string): string {
  const start = part.getStart() - node.getStart()
  return node.getText().slice(0, start) + text + node.getText().slice(start + part.getText().length)
}
