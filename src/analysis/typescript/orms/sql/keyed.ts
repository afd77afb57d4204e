import { Node, type CallExpression } from 'ts-morph'
import { isUniqueColumn } from '../../../unique-columns.ts'
import type { Resolver } from '../../resolver.ts'
import type { KeyedCount, Lookup } from '../orm.ts'
import { countReads } from '../reading/count-reads.ts'
import { boundValue, placeholders, type SqlRun } from './call.ts'
import { clauseSeparator, type SqlDialect } from './fixes.ts'
import type { SqlCondition } from './conditions.ts'
import { splitList, sqlTokens, type SqlToken } from './tokens.ts'

/** A statement that picks rows by one key, and what changes where it picks those of a list of keys. */
interface KeyedStatement {
  /** The column as rows name it. */
  readonly column: string
  /** The column as the statement writes it, with its qualifier. */
  readonly written: string
  readonly key: Node
  readonly changes: readonly Change[]
}

/** A part of the source text, and what stands in its place for a list of keys, given as source text. */
interface Change {
  readonly start: number
  readonly end: number
  made(keys: string): string
}

/** Where a comparison stands in a clause of its own. */
interface Place {
  readonly column: string
  readonly written: string
  readonly end: number
  /** The type that its value is cast to, or null. */
  readonly cast: string | null
}

const followers = new Set(['and', 'group', 'order', 'limit'])

/** A statement that reads one row by its key, as a look-up for many keys. */
export function sqlLookup(...given: Parameters<typeof keyedReading>): Lookup | null {
  return keyedReading(...given)?.unique ?? null
}

/** A statement that reads all rows with one value in a column, as a reading for many values. */
export function sqlChildren(...given: Parameters<typeof keyedReading>): Lookup | null {
  const found = keyedReading(...given)
  return found && given[1].statement.limit === null ? found.shared : null
}

function keyedReading(
  call: CallExpression,
  run: SqlRun,
  isKey: (value: Node) => boolean,
  dialect: SqlDialect,
  resolver: Resolver,
  givesListAt: readonly string[],
): { readonly unique: Lookup | null; readonly shared: Lookup | null } | null {
  const { statement, source } = run
  const keyed = statement.joins ? null : keyedStatement(call, run, isKey, dialect, resolver)
  const name = keyed && resultName(run, keyed.column, dialect)
  if (!keyed || name === null) return null
  if (statement.limit && statement.limit.text !== '1') return null
  const text = (source.literal?.getStart() ?? 0) + 1
  const changes =
    statement.limitStart !== null && statement.limit
      ? [
          ...keyed.changes,
          { start: text + statement.limitStart, end: text + statement.limit.end, made: () => '' },
        ]
      : keyed.changes
  const lookup = { column: name, key: keyed.key, forKeys: forKeys(call, changes), givesListAt }
  return isUniqueColumn(keyed.column) ? { unique: lookup, shared: null } : { unique: null, shared: lookup }
}

/** How a driver answers a count. */
export interface CountAnswer {
  /** The way from what the count gives, awaited, to the row that holds its number. */
  readonly rowAt: readonly string[]
  /** The way from what a statement for many keys gives, awaited, to its rows. */
  readonly listAt: readonly string[]
  /** Whether what `COUNT` counts is a number, and not text, where it isn't cast. */
  readonly isNumber: boolean
  /** What a count is called that isn't given a name, or null where that is no name. */
  readonly plainName: string | null
  readonly isSynchronous?: true
}

/** A statement that counts the rows with one value in a column, as one that counts them for many values. */
export function sqlCounts(
  call: CallExpression,
  run: SqlRun,
  isKey: (value: Node) => boolean,
  dialect: SqlDialect,
  resolver: Resolver,
  answer: CountAnswer,
): (KeyedCount & { readonly property: string }) | null {
  const { statement, source } = run
  if (statement.limit || statement.orderEnd !== null || !statement.list || !source.literal) return null
  const counted = countIn(source.text.slice(statement.list.start, statement.list.end), dialect)
  const property = counted?.name ?? answer.plainName
  const keyed = keyedStatement(call, run, isKey, dialect, resolver)
  // Databases may take other texts for equal that are not: case, trailing space.
  if (!counted || !keyed || property === null || property === keyed.column || !isId.test(keyed.column))
    return null
  const isNumber = answer.isNumber || counted.isNumber
  const found = countReads(call, [...answer.rowAt, property], isNumber, answer.isSynchronous)
  if (!found) return null
  const text = source.literal.getStart() + 1
  const list = text + statement.list.start
  const end = text + statement.end
  const group = `${clauseSeparator(source.text, statement.end)}GROUP BY ${keyed.written}`
  const changes = [
    ...keyed.changes,
    { start: list, end: list, made: () => `${keyed.written}, ` },
    { start: end, end, made: () => group },
  ]
  return {
    column: keyed.column,
    property,
    key: keyed.key,
    forKeys: forKeys(call, changes),
    givesListAt: answer.listAt,
    keyOf: (row) => `${row}.${keyed.column}`,
    countOf: (row) => (isNumber ? `${row}.${property}` : `Number(${row}.${property})`),
    reads: found.reads,
  }
}

const isId = /(?:^|_)(?:id|uuid)s?$|[a-z]I[dD]$/

/** The name that a select list of nothing but `COUNT(…)` gives it, or null for none, and whether it is cast to a number. */
function countIn(
  list: string,
  { foldsNames }: SqlDialect,
): { readonly name: string | null; readonly isNumber: boolean } | null {
  const match =
    /^count\s*\(\s*(?:\*|1|(?:distinct\s+)?[\w."]+)\s*\)(\s*::\s*(?:int|int4|integer))?(?:\s+(?:as\s+)?(?:([A-Za-z_]\w*)|"(\w+)"))?$/i.exec(
      list.trim(),
    )
  if (!match) return null
  const plain = foldsNames ? match[2]?.toLowerCase() : match[2]
  const name = plain ?? match[3]
  return { name: name === undefined ? null : written(name), isNumber: match[1] !== undefined }
}

/** Proves that a statement picks its rows by a key, among other conditions that all hold, or gives null. */
function keyedStatement(
  call: CallExpression,
  run: SqlRun,
  isKey: (value: Node) => boolean,
  dialect: SqlDialect,
  resolver: Resolver,
): KeyedStatement | null {
  const { statement, source } = run
  const { literal } = source
  const { keyList } = dialect
  if (!literal || !keyList || statement.merges || statement.locks || statement.skips) return null
  const isHere = (node: Node): boolean => node.getStart() >= call.getStart() && node.getEnd() <= call.getEnd()
  const [condition, ...others] = statement.filters.filter((filter) => {
    const value = filter.match === 'equals' && filter.value ? boundValue(filter.value, run, resolver) : null
    return value !== null && isKey(value)
  })
  const bound = condition?.value ? boundValue(condition.value, run, resolver) : null
  const place = condition && placeOf(source.text, condition, dialect)
  if (!condition?.value || !bound || !place || others.length > 0 || !isHere(literal) || !isHere(bound))
    return null
  const placeholder = condition.value.text
  const isRepeated = placeholders(source.text).filter(({ text }) => text === placeholder).length > 1
  if (isRepeated && placeholder !== '?') return null
  if (place.cast !== null && !dialect.castsLists) return null
  const name = Node.isShorthandPropertyAssignment(bound.getParent()) ? `${bound.getText()}: ` : ''
  const text = literal.getStart() + 1
  return {
    column: place.column,
    written: place.written,
    key: bound,
    changes: [
      {
        start: text + condition.start,
        end: text + place.end,
        made: () => keyList(place.cast === null ? placeholder : `${placeholder}::${place.cast}[]`),
      },
      {
        start: bound.getStart(),
        end: bound.getEnd(),
        made: (keys) => name + (dialect.boundKeys?.(keys) ?? keys),
      },
    ],
  }
}

/** Where a comparison of a plain column stands by itself or between `AND`s; null where something else is made of it. */
function placeOf(text: string, { start, end }: SqlCondition, dialect: SqlDialect): Place | null {
  const tokens = sqlTokens(text)
  const sign = tokens.findIndex((token) => token.start === start)
  const column = tokens[sign - 1]
  const isQualified = tokens[sign - 2]?.text === '.'
  const first = isQualified ? tokens[sign - 3] : column
  const before = tokens[sign - (isQualified ? 4 : 2)]
  if (!column || !first || !isName(column) || !isName(first)) return null
  if (column.depth !== 0 || before?.kind !== 'word' || !/^(?:where|and)$/.test(before.text)) return null
  let next = tokens.findIndex((token) => token.start >= end)
  if (next === -1) next = tokens.length
  const type = tokens[next]?.text === '::' ? tokens[next + 1] : undefined
  if (type) next += 2
  const after = tokens[next]
  const ends = !after || after.text === ';' || (after.kind === 'word' && followers.has(after.text))
  if (!ends || (type && type.kind !== 'word')) return null
  return {
    column: nameOf(column, text, dialect),
    written: text.slice(first.start, column.end),
    end: type?.end ?? end,
    cast: type?.text ?? null,
  }
}

/** The property of a row that holds a column, or null where the statement doesn't read it or the name can't be written. */
function resultName({ statement, source }: SqlRun, column: string, dialect: SqlDialect): string | null {
  if (!statement.list) return null
  const text = source.text.slice(statement.list.start, statement.list.end)
  for (const item of splitList(sqlTokens(text), 0)) {
    const [what, as, alias] = item[1]?.text === '.' ? item.slice(2) : item
    const size = item[1]?.text === '.' ? item.length - 2 : item.length
    if (what?.text === '*' && size === 1) return written(column)
    if (!what || !isName(what) || nameOf(what, text, dialect) !== column) continue
    if (size === 1) return written(column)
    const name = size === 3 && as?.text === 'as' ? alias : size === 2 ? as : undefined
    if (name && isName(name)) return written(nameOf(name, text, dialect))
  }
  return null
}

/** A name as rows of the database have it. */
function nameOf({ kind, text, start, end }: SqlToken, sql: string, { foldsNames }: SqlDialect): string {
  return kind === 'name' || foldsNames ? text : sql.slice(start, end)
}

function written(name: string): string | null {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : null
}

function isName({ kind }: SqlToken): boolean {
  return kind === 'word' || kind === 'name'
}

function forKeys(call: CallExpression, changes: readonly Change[]): (keys: string) => string {
  const start = call.getStart()
  const last = changes.toSorted((a, b) => b.start - a.start)
  return (keys) =>
    last.reduce(
      (made, change) =>
        made.slice(0, change.start - start) + change.made(keys) + made.slice(change.end - start),
      call.getText(),
    )
}
