import { Node, type CallExpression } from 'ts-morph'
import type { Resolver } from '../../resolver.ts'
import { indentOf, lineLength, styleOf } from '../../rewrite/style.ts'
import { separatorBefore, type Link } from '../reading/builder-chain.ts'
import { countReads } from '../reading/count-reads.ts'
import { propertyOf, textOf } from '../reading/decorators.ts'
import type { KeyedCount } from '../orm.ts'
import { ValueReader } from '../reading/value-reader.ts'
import {
  editedText,
  firstEdit,
  keyCondition,
  keyEdit,
  rangeOf,
  type ChainEdit,
  type ChainKey,
} from './lookup.ts'

/** What a count by key may hold besides its key and the count. */
export const filtering: ReadonlySet<string> = new Set([
  'where',
  'andWhere',
  'whereNull',
  'whereNotNull',
  'whereNot',
  'from',
  'table',
])
const counting = new Set(['count', 'countDistinct'])

/** What is known of the rows that a grouped count gives. */
export interface CountedRows {
  /** Whether the driver gives counts as numbers. */
  readonly isNumber: boolean
  /** Whether the rows of the table have a type. */
  readonly isTyped: boolean
  /** Writes a step that tells their type. */
  readonly typing?: (column: string, property: string) => string
}

/** `.where('post_id', id).count('* as count')` as counts by `post_id`. */
export function countsIn(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
  rows: CountedRows,
): KeyedCount | null {
  const key = keyCondition(links, isKey)
  const [count, ...counts] = links.filter(({ name }) => counting.has(name))
  const first = links.filter(({ name }) => name === 'first')
  const isPlain = links.every((link) => link === count || first.includes(link) || filtering.has(link.name))
  if (!key || !count || counts.length > 0 || !isPlain || first.some(({ args }) => args.length > 0))
    return null
  const counted = countedIn(count)
  const path = counted && [...(first.length > 0 ? [] : ['0']), counted.property]
  const found = path && countReads(call, path, rows.isNumber)
  if (!found || !/^[A-Za-z_]\w*$/.test(found.property)) return null
  const { property } = found
  const grouped = groupedBy(call, links, key, { ...counted, link: count, method: count.name, property }, rows)
  return { ...grouped, reads: found.reads }
}

/** A link that counts, the method to count by and what it counts, and the property that gives the number. */
export interface Count {
  readonly link: Link
  readonly method: string
  readonly column: string
  readonly property: string
}

/** The chain with the rows of many keys counted, grouped by key. */
export function groupedBy(
  call: CallExpression,
  links: readonly Link[],
  key: ChainKey,
  { link: count, method, column, property }: Count,
  { isNumber, isTyped, typing }: CountedRows,
): KeyedCount {
  const { quote, lineBreak, indent } = styleOf(call.getSourceFile())
  const by = quote(key.written)
  // Knex types rows that have a type by the one form, and rows that have none by the other.
  const what = isTyped ? `{ ${property}: ${quote(column)} }` : quote(`${column} as ${property}`)
  const typed = typing?.(key.column, property) ?? ''
  const steps = [`select(${by})`, `${method}(${what})`, `groupBy(${by})`, typed].filter((step) => step !== '')
  const written = separatorBefore(count)
  const isLong = written === '' && lineLength(call) + steps.join('').length > 110
  const separator = isLong ? lineBreak + indentOf(call) + indent : written
  const first = links.filter(({ name }) => name === 'first')
  const others = links.filter((link) => !first.includes(link))
  const edits = [
    keyEdit(call, key, isLong ? separator : undefined),
    { ...rangeOf(call, count), text: () => steps.join(`${separator}.`) },
    ...first.map((link) => firstEdit(call, link)),
    ...(isLong ? others.map((link) => beforeLink(call, link, separator)) : []),
  ]
  return {
    column: key.column,
    key: key.value,
    forKeys: (keys) => editedText(call, edits, keys),
    keyOf: (row) => `${row}.${key.column}`,
    countOf: (row) => (isNumber ? `${row}.${property}` : `Number(${row}.${property})`),
  }
}

/** Puts a separator before the dot of a link. */
function beforeLink(call: CallExpression, link: Link, separator: string): ChainEdit {
  const at = rangeOf(call, link).start - 1
  return { start: at, end: at, text: () => separator }
}

/** Reads `count('* as n')`, `count({ n: '*' })` and `count('id', { as: 'n' })`; the driver names what has no name. */
function countedIn({ args: [what, options, ...others] }: Link): {
  readonly column: string
  readonly property: string | null
} | null {
  if (others.length > 0) return null
  if (Node.isObjectLiteralExpression(what)) {
    const [property, ...more] = what.getProperties()
    const column = Node.isPropertyAssignment(property) ? textOf(property.getInitializer()) : null
    return Node.isPropertyAssignment(property) && column !== null && more.length === 0 && !options
      ? { column, property: property.getName() }
      : null
  }
  const text = what ? textOf(what) : '*'
  if (text === null) return null
  const [column = text, alias = null] = text.split(/\s+as\s+/i)
  const property = options ? textOf(propertyOf(options, 'as')) : alias
  return options && property === null ? null : { column, property }
}

/** Whether an instance is made for a driver that gives counts as numbers; others give text. */
export function givesNumbers(instance: Node, resolver: Resolver): boolean {
  const made = resolver.definition(instance)
  const [options] = Node.isCallExpression(made) ? made.getArguments() : []
  if (!options) return false
  const reader = new ValueReader(resolver, [])
  const client = reader.object(reader.here(options)).entries.findLast(({ name }) => name === 'client')
  const name = client?.sure ? reader.text(client) : null
  return name !== null && /^(?:sqlite3|better-sqlite3|mysql2?)$/.test(name)
}

/** Whether the rows of a table have a type: given where the query starts, or declared for all of Knex. */
export function hasRowType(
  source: CallExpression | undefined,
  table: string | null,
  resolver: Resolver,
): boolean {
  const [given] = source?.getTypeArguments() ?? []
  if (given) return given.getText() !== 'any'
  if (table === null || !/^\w+$/.test(table)) return false
  const member = new RegExp(`[\\s{;,]['"]?${table}['"]?\\s*:`)
  return resolver.program.filesWith('knex/types/tables').some((file) => member.test(file.getFullText()))
}
