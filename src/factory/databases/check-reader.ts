import type { Column, ColumnType, Comparison } from '../../model/schema.ts'
import type { Expression } from './check-expressions.ts'
import { alternativeColumns } from './check-nullness.ts'

/** A smallest or largest number. */
export interface Bound {
  readonly value: number
  /** The number itself is not allowed. */
  readonly exclusive: boolean
}

/** What CHECK constraints say about one column. */
export interface ColumnChecks {
  readonly allowedValues: readonly string[] | null
  readonly maxLength: number | null
  readonly isJson: boolean
  readonly minLength?: number
  readonly low?: Bound
  readonly high?: Bound
  readonly notNull?: boolean
}

/** A column that a CHECK may mention; `type` tells a date's bound from a text's. */
export type CheckedColumn = Pick<Column, 'name'> & { readonly type?: ColumnType }

const none: ColumnChecks = { allowedValues: null, maxLength: null, isJson: false }
const mostFixedNumbers = 100
const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' }

/** Gathers what conditions say, column by column. */
export class ConditionReader {
  readonly comparisons: Comparison[] = []
  readonly alternatives: (readonly string[])[] = []
  private readonly columns: readonly CheckedColumn[]
  private readonly found = new Map<string, ColumnChecks>()

  constructor(columns: readonly CheckedColumn[]) {
    this.columns = columns
  }

  /** Whether all that the condition says was understood. What was understood of it counts either way. */
  read(condition: Expression): boolean {
    const alternatives = alternativeColumns(condition, (expression) => this.columnOf(expression))
    if (alternatives === null) return this.readPart(condition)
    this.alternatives.push(alternatives)
    return true
  }

  private readPart(condition: Expression): boolean {
    if (condition.kind === 'not') return this.readNegated(condition.inside)
    if (condition.kind === 'call') return this.readCall(condition.name, condition.args)
    if (condition.kind !== 'binary') return false
    const { operator, left, right } = condition
    if (operator === 'and') {
      const first = this.read(left)
      return this.read(right) && first
    }
    if (operator === 'or') return this.readAlternatives(alternativesOf(condition))
    if (operator === 'in') return this.readList(left, right)
    return (
      this.readComparison(operator, left, right) ||
      this.readComparison(flipped[operator] ?? operator, right, left)
    )
  }

  /** All columns' checks, with a few whole numbers in a row as a list. */
  finished(): ReadonlyMap<string, ColumnChecks> {
    for (const [name, checks] of this.found) {
      const type = this.columns.find((column) => column.name === name)?.type ?? 'integer'
      if (type === 'integer') this.found.set(name, withFixedRange(checks))
    }
    return this.found
  }

  private readNegated(inside: Expression): boolean {
    const column = inside.kind === 'is-null' ? this.columnOf(inside.inside) : null
    return column !== null && this.add(column, { notNull: true })
  }

  private readCall(name: string, args: readonly Expression[]): boolean {
    const column = this.columnOf(args[0])
    return name === 'json_valid' && column !== null && this.add(column, { isJson: true })
  }

  /** `x IS NULL OR …x…` says what `…x…` says, for NULL passes it anyway; `x = 1 OR x = 2` is a list. */
  private readAlternatives(alternatives: readonly Expression[]): boolean {
    const conditions = alternatives.filter(({ kind }) => kind !== 'is-null')
    const nullables = alternatives.filter((alternative) => alternative.kind === 'is-null')
    const mentioned = conditions.flatMap((condition) => this.columnsIn(condition))
    const isKnown = nullables.every(({ inside }) => mentioned.includes(this.columnOf(inside) ?? ''))
    const [only] = conditions
    if (!isKnown || only === undefined) return false
    if (conditions.length === 1) return this.read(only)
    const lists = conditions.map((condition) => this.listOf(condition))
    const column = lists[0]?.column
    if (column === undefined || lists.some((list) => list?.column !== column)) return false
    return this.add(column, { allowedValues: lists.flatMap((list) => list?.values ?? []) })
  }

  private listOf(
    condition: Expression,
  ): { readonly column: string; readonly values: readonly string[] } | null {
    if (condition.kind !== 'binary') return null
    const column = this.columnOf(condition.left)
    const values =
      condition.operator === 'in'
        ? literalsOf(condition.right)
        : condition.operator === '=' || condition.operator === '=='
          ? literalsOf({ kind: 'list', items: [condition.right] })
          : null
    return column === null || values === null ? null : { column, values }
  }

  private readList(left: Expression, right: Expression): boolean {
    const list = this.listOf({ kind: 'binary', operator: 'in', left, right })
    return list !== null && this.add(list.column, { allowedValues: list.values })
  }

  private readComparison(operator: string, left: Expression, right: Expression): boolean {
    if (left.kind === 'call') return this.readFunction(operator, left.name, left.args, right)
    const column = this.columnOf(left)
    if (column === null) return false
    if (operator === '=' || operator === '==')
      return right.kind === 'literal' && this.readList(left, { kind: 'list', items: [right] })
    if (operator === '<>' || operator === '!=')
      return isEmptyText(right) && this.add(column, { minLength: 1 })
    const other = this.columnOf(right)
    if (other !== null) return this.compare(operator, column, other)
    const value = this.boundOf(column, right)
    return value !== null && this.bound(column, operator, value)
  }

  private readFunction(
    operator: string,
    name: string,
    args: readonly Expression[],
    right: Expression,
  ): boolean {
    const column = this.columnOf(trimmed(args[0]))
    if (column === null || right.kind !== 'literal' || right.value === null) return false
    if (name === 'jsonb_typeof' || name === 'json_typeof')
      return operator === '=' && right.value === 'object' && this.add(column, { isJson: true })
    const isTrim = /^[bl]?trim$/.test(name)
    if (isTrim && (operator === '<>' || operator === '!=') && isEmptyText(right))
      return this.add(column, { minLength: 1 })
    const length = Number(right.value)
    if (!/^(?:char(?:acter)?_)?length$/.test(name) || !Number.isInteger(length)) return false
    if (operator === '=' || operator === '==')
      return this.add(column, { minLength: length, maxLength: length })
    if (operator === '>' || operator === '>=')
      return this.add(column, { minLength: operator === '>' ? length + 1 : length })
    if (operator === '<' || operator === '<=')
      return this.add(column, { maxLength: operator === '<' ? length - 1 : length })
    return false
  }

  private compare(operator: string, left: string, right: string): boolean {
    const rising = operator === '<' || operator === '<='
    if (!rising && operator !== '>' && operator !== '>=') return false
    const [lesser, greater] = rising ? [left, right] : [right, left]
    this.comparisons.push({ lesser, greater, orEqual: operator.endsWith('=') })
    return true
  }

  private bound(column: string, operator: string, value: number): boolean {
    const bound = { value, exclusive: !operator.endsWith('=') }
    if (operator.startsWith('>')) return this.add(column, { low: bound })
    return operator.startsWith('<') && this.add(column, { high: bound })
  }

  /** The number that a bound stands for: of a date its milliseconds since 1970. */
  private boundOf(column: string, bound: Expression): number | null {
    if (bound.kind !== 'literal' || bound.value === null) return null
    const type = this.columns.find(({ name }) => name === column)?.type
    if (type === 'datetime' || type === 'date') return momentOf(bound.value)
    if ((bound.isText && type === undefined) || type === 'text') return null
    return numberOf(bound.value)
  }

  private add(column: string, checks: Partial<ColumnChecks>): boolean {
    const before = this.found.get(column) ?? none
    const { low, high, minLength } = checks
    this.found.set(column, {
      ...before,
      ...checks,
      allowedValues: intersection(before.allowedValues, checks.allowedValues ?? null),
      maxLength: smaller(before.maxLength, checks.maxLength ?? null),
      isJson: before.isJson || checks.isJson === true,
      ...(minLength === undefined ? {} : { minLength: Math.max(minLength, before.minLength ?? 0) }),
      ...(low === undefined ? {} : { low: tighter(low, before.low, 1) }),
      ...(high === undefined ? {} : { high: tighter(high, before.high, -1) }),
    })
    return true
  }

  private columnsIn(expression: Expression): readonly string[] {
    const column = this.columnOf(expression)
    if (column !== null) return [column]
    return partsOf(expression).flatMap((part) => this.columnsIn(part))
  }

  private columnOf(expression: Expression | undefined): string | null {
    if (expression?.kind !== 'column') return null
    const exact = this.columns.find(({ name }) => name === expression.name)
    const lower = expression.name.toLowerCase()
    return (exact ?? this.columns.find(({ name }) => name.toLowerCase() === lower))?.name ?? null
  }
}

function partsOf(expression: Expression): readonly Expression[] {
  if (expression.kind === 'binary') return [expression.left, expression.right]
  if (expression.kind === 'call') return expression.args
  if (expression.kind === 'list') return expression.items
  return expression.kind === 'not' || expression.kind === 'is-null' ? [expression.inside] : []
}

function alternativesOf(expression: Expression): readonly Expression[] {
  return expression.kind === 'binary' && expression.operator === 'or'
    ? [...alternativesOf(expression.left), ...alternativesOf(expression.right)]
    : [expression]
}

/** The values of a list that holds nothing else; NULL is left out. */
function literalsOf(list: Expression): readonly string[] | null {
  const items = list.kind === 'list' ? list.items : []
  const values = items.flatMap((item) => (item.kind === 'literal' && item.value !== null ? [item.value] : []))
  return values.length > 0 && items.every(({ kind }) => kind === 'literal') ? values : null
}

function trimmed(expression: Expression | undefined): Expression | undefined {
  return expression?.kind === 'call' && /^[blr]?trim$/.test(expression.name) ? expression.args[0] : expression
}

function isEmptyText(expression: Expression): boolean {
  return expression.kind === 'literal' && expression.isText && expression.value === ''
}

function numberOf(text: string): number | null {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : null
}

/** The milliseconds since 1970 of `2025-01-31`, `2025-01-31 12:00:00` or `2025-01-31 12:00:00+00`, in UTC unless told. */
export function momentOf(text: string): number | null {
  const [, day, time = '00:00:00', zone = 'Z'] =
    /^(\d{4}-\d\d-\d\d)(?:[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?))?(Z|[-+]\d\d(?::?\d\d)?)?$/.exec(text) ?? []
  if (day === undefined) return null
  const millis = Date.parse(`${day}T${time}${/^[-+]\d\d$/.test(zone) ? `${zone}:00` : zone}`)
  return Number.isNaN(millis) ? null : millis
}

/** The one of two bounds that allows less; `direction` is 1 for low ones. */
function tighter(a: Bound, b: Bound | undefined, direction: 1 | -1): Bound {
  if (b === undefined) return a
  if (a.value === b.value) return a.exclusive ? a : b
  return a.value * direction > b.value * direction ? a : b
}

function withFixedRange({ low, high, ...checks }: ColumnChecks): ColumnChecks {
  const first =
    low === undefined ? -Infinity : Math.floor(low.value) + (low.exclusive || low.value % 1 !== 0 ? 1 : 0)
  const last =
    high === undefined ? Infinity : Math.ceil(high.value) - (high.exclusive || high.value % 1 !== 0 ? 1 : 0)
  if (checks.allowedValues === null && last >= first && last - first < mostFixedNumbers)
    return { ...checks, allowedValues: Array.from({ length: last - first + 1 }, (_, i) => String(first + i)) }
  return { ...checks, ...(low === undefined ? {} : { low }), ...(high === undefined ? {} : { high }) }
}

/** The smaller one of those that there are. */
export function smaller(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

/** What both lists hold; a list that isn't there holds everything. */
export function intersection(
  a: readonly string[] | null,
  b: readonly string[] | null,
): readonly string[] | null {
  return a === null || b === null ? (a ?? b) : a.filter((value) => b.includes(value))
}
