import { Node } from 'ts-morph'
import type { Operation } from '../../../facts.ts'
import { bare, calleeName, isFunction, returnedExpressions } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import type { Link } from '../reading/builder-chain.ts'
import { columnReference, tableName } from './names.ts'
import { takesFirstRow } from '../reading/first-row.ts'
import type { Entry } from '../reading/value-reader.ts'

const counting = new Set(['count', 'countDistinct'])
const aggregating = new Set([...counting, 'sum', 'sumDistinct', 'avg', 'avgDistinct', 'min', 'max'])

/** What a select reads: rows, their number, or values computed of them. */
export function readOperation(links: readonly Link[], resolver: Resolver): Operation {
  const [selection] = links.find(({ name }) => name === 'select')?.args ?? []
  const groups = links.find(({ name }) => name === 'groupBy')
  if (groups) return isByRow(groups, links, resolver) ? 'many' : 'aggregate'
  const object = selection && resolver.definition(selection)
  if (!Node.isObjectLiteralExpression(object)) return 'many'
  const kinds = object.getProperties().map((property) => {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    return value ? aggregateKind(value, resolver) : null
  })
  if (kinds.length === 0 || kinds.includes(null)) return 'many'
  return kinds.length === 1 && kinds[0] === 'count' ? 'count' : 'aggregate'
}

/** `.from(posts).groupBy(posts.id)`: one group for each row of the table. */
function isByRow(groups: Link, links: readonly Link[], resolver: Resolver): boolean {
  const table = links.find(({ name }) => name === 'from')?.args[0]
  const read = table && tableName(table, resolver)
  return groups.args.some((group) => {
    if (!read || !Node.isPropertyAccessExpression(group) || group.getName() !== 'id') return false
    return tableName(group.getExpression(), resolver) === read
  })
}

/** `count()`, `sum(t.amount).mapWith(Number)`, `` sql<number>`count(*)`.as('n') ``. */
function aggregateKind(node: Node, resolver: Resolver): 'count' | 'aggregate' | null {
  const value = bare(node)
  if (Node.isTaggedTemplateExpression(value)) {
    const text = value.getTemplate().getText().slice(1, -1)
    if (/\bover\s*\(/i.test(text)) return null
    const [, name] =
      /^\s*(?:(?:cast|coalesce|round|coalesce\s*\(\s*cast)\s*\(\s*)?(count|sum|avg|min|max)\s*\(/i.exec(
        text,
      ) ?? []
    return name === undefined ? null : name.toLowerCase() === 'count' ? 'count' : 'aggregate'
  }
  if (!Node.isCallExpression(value)) {
    const definition = resolver.definition(value)
    return definition === value ? null : aggregateKind(definition, resolver)
  }
  const callee = value.getExpression()
  const name = calleeName(value) ?? ''
  if (Node.isPropertyAccessExpression(callee) && ['as', 'mapWith'].includes(name))
    return aggregateKind(callee.getExpression(), resolver)
  if (!aggregating.has(name)) return null
  return counting.has(name) ? 'count' : 'aggregate'
}

/** Whether a chain ends by asking for one row. */
export function hasGet(links: readonly Link[]): boolean {
  return links.some(({ name }) => name === 'get')
}

/** `.get()`, `.limit(1)`. */
export function isSingle(links: readonly Link[], limits: readonly Entry[], resolver: Resolver): boolean {
  const last = limits.at(-1)
  return hasGet(links) || (last?.sure === true && resolver.definition(last.node).getText() === '1')
}

/** Whether of the rows only the first is used, also by `.then((rows) => rows[0])`. */
export function takesOne(value: Node, resolver: Resolver): boolean {
  const call = value.getParent()?.getParent()
  const isThen =
    Node.isCallExpression(call) && value.getParent() === call.getExpression() && calleeName(call) === 'then'
  if (!isThen || !Node.isCallExpression(call)) return takesFirstRow(value, 'value')
  const [callback] = call.getArguments()
  return callback !== undefined && resolver.functions(callback).some(givesFirst)
}

/** `(rows) => rows[0] ?? null`, `([row]) => row`. */
function givesFirst(fn: Node): boolean {
  const name = isFunction(fn) ? fn.getParameters()[0]?.getNameNode() : undefined
  if (!isFunction(fn) || !name) return false
  if (Node.isArrayBindingPattern(name)) return name.getElements().length === 1
  return returnedExpressions(fn).length > 0 && takesFirstRow(name, 'value')
}

/** The columns of a selection that is written out, or null for all. */
export function selectedColumns(link: Link | undefined, resolver: Resolver): readonly string[] | null {
  const selection = link?.args[0] && resolver.definition(link.args[0])
  if (!Node.isObjectLiteralExpression(selection)) return null
  const columns = selection.getProperties().map((property) => {
    const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
    const column = value && tableName(value, resolver) === null ? columnReference(value)?.column : undefined
    return column ?? (value && aggregateKind(value, resolver) !== null ? '' : null)
  })
  return columns.includes(null) ? null : columns.flatMap((column) => (column ? [column] : []))
}
