import type { Column, Comparison } from '../../model/schema.ts'
import { parseCondition } from './check-expressions.ts'
import { ConditionReader, intersection, smaller } from './check-reader.ts'
import type { CheckedColumn, ColumnChecks } from './check-reader.ts'
import { isSign, isWord, tokensOf } from './check-tokens.ts'
export type { CheckedColumn, ColumnChecks } from './check-reader.ts'
import type { Brackets, Token } from './check-tokens.ts'

/** What a table's CHECKs say, all in all. */
export interface TableChecks {
  /** By the column's name. */
  readonly columns: ReadonlyMap<string, ColumnChecks>
  readonly comparisons: readonly Comparison[]
  /** As `Table.alternatives`. */
  readonly alternatives: readonly (readonly string[])[]
  /** Those that say more than could be read, as the database words them. */
  readonly others: readonly string[]
}

/** A CHECK as SQL: its condition, and how it is shown to people. */
export interface Condition {
  readonly sql: string
  readonly wording: string
}

const dayMillis = 86_400_000

/**
 * Reads CHECK conditions: lists of values, numbers and dates between bounds, lengths, JSON, NOT NULL, and comparisons of
 * two columns. What it cannot read it gives back among `others`: the database still enforces it.
 */
export function readConditions(
  conditions: readonly Condition[],
  columns: readonly CheckedColumn[],
  brackets: Brackets,
): TableChecks {
  const reader = new ConditionReader(columns)
  const others = conditions
    .filter(({ sql }) => {
      const expression = parseCondition(tokensOf(sql, brackets))
      return expression === null || !reader.read(expression)
    })
    .map(({ wording }) => wording)
  return {
    columns: reader.finished(),
    comparisons: reader.comparisons,
    alternatives: reader.alternatives,
    others,
  }
}

/** What the CHECKs of a CREATE TABLE statement say about the given columns. */
export function readTableChecks(createTable: string, columns: readonly CheckedColumn[]): TableChecks {
  const reader = new ConditionReader(columns)
  const others = checksOf(tokensOf(createTable, 'names')).flatMap((tokens) => {
    const expression = parseCondition(tokens)
    return expression !== null && reader.read(expression) ? [] : [`CHECK (${wordingOf(tokens)})`]
  })
  return {
    columns: reader.finished(),
    comparisons: reader.comparisons,
    alternatives: reader.alternatives,
    others,
  }
}

/** The column with all that its CHECKs add to what its type says. */
export function checkedColumn(column: Column, checks: ColumnChecks | undefined): Column {
  if (checks === undefined) return column
  const { minLength } = checks
  const range = narrowedRange(column, checks)
  return {
    ...column,
    type: checks.isJson && column.type === 'text' ? 'json' : column.type,
    nullable: column.nullable && checks.notNull !== true,
    maxLength: smaller(column.maxLength, checks.maxLength),
    allowedValues: intersection(column.allowedValues, checks.allowedValues),
    ...(minLength === undefined ? {} : { minLength }),
    ...(range === undefined ? {} : { range }),
  }
}

function narrowedRange(column: Column, { low, high }: ColumnChecks): Column['range'] {
  const step = smallestStep(column)
  const min = low === undefined ? undefined : low.value + (low.exclusive ? step : 0)
  const max = high === undefined ? undefined : high.value - (high.exclusive ? step : 0)
  const lows = [column.range?.min, min].filter((value) => value !== undefined)
  const highs = [column.range?.max, max].filter((value) => value !== undefined)
  if (lows.length + highs.length === 0) return undefined
  return {
    ...(lows.length > 0 ? { min: Math.max(...lows) } : {}),
    ...(highs.length > 0 ? { max: Math.min(...highs) } : {}),
  }
}

/** By how much a value must differ from one that isn't allowed. */
function smallestStep({ type, digits }: Column): number {
  if (type === 'real') return 1e-6
  if (type === 'decimal') return 10 ** -(digits?.scale ?? 2)
  return type === 'date' ? dayMillis : 1
}

/** The tokens inside the parentheses of each CHECK. */
function checksOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  return tokens.flatMap((token, i) => {
    if (!isWord(token, 'check') || !isSign(tokens[i + 1], '(')) return []
    let depth = 1
    let last = i + 2
    for (; last < tokens.length && depth > 0; last++) {
      if (isSign(tokens[last], '(')) depth++
      if (isSign(tokens[last], ')')) depth--
    }
    return [tokens.slice(i + 2, last - 1)]
  })
}

function wordingOf(tokens: readonly Token[]): string {
  const words = tokens.map(({ kind, text }) => (kind === 'string' ? `'${text.replaceAll("'", "''")}'` : text))
  return words.join(' ').replaceAll(/\s*([(),.])\s*/g, (sign) => (sign.trim() === ',' ? ', ' : sign.trim()))
}
