import type { Bound, Operation, Write } from '../../../facts.ts'
import { identifiesRow, isUniqueColumn } from '../../../unique-columns.ts'
import { conditionsIn, hasAlternatives, type SqlCondition } from './conditions.ts'
import type { SqlStatement } from './statement.ts'
import { columnsIn, nameAt, splitList, sqlTokens, type SqlToken } from './tokens.ts'

const verbs = new Set(['select', 'insert', 'update', 'delete', 'replace', 'merge', 'truncate'])
const writes: Readonly<Record<string, Write>> = {
  insert: 'insert',
  update: 'update',
  replace: 'upsert',
  merge: 'upsert',
  delete: 'delete',
  truncate: 'delete',
}
const clauseStarts =
  'from where group having order limit offset fetch union intersect except returning for window set values'.split(
    ' ',
  )
const afterTables = new Set([
  ...clauseStarts,
  'on',
  'using',
  'join',
  'left',
  'right',
  'inner',
  'outer',
  'cross',
  'full',
  'natural',
  'lateral',
])
const keyColumn = /(?:^|_)(?:id|uuid)s?$|[a-z]Id$/i

/** What a statement of SQL does; null for what is neither a read nor a write of rows. */
export function readSql(sql: string): SqlStatement | null {
  const all = sqlTokens(sql)
  const end = all.findLastIndex(({ text }) => text !== ';')
  const tokens = unwrapped(all.slice(0, end + 1))
  const start = verbIndex(tokens)
  const verb = tokens[start]
  if (!verb) return null
  const statement = new Statement(tokens.slice(start), verb.depth)
  return verb.text === 'select' ? statement.read() : statement.write()
}

/** `(select …)` without the parentheses around it. */
function unwrapped(tokens: SqlToken[]): SqlToken[] {
  const first = tokens[0]
  const isWrapped = first?.text === '(' && tokens.at(-1)?.text === ')' && tokens.at(-1)?.depth === first.depth
  return isWrapped ? unwrapped(tokens.slice(1, -1)) : tokens
}

/** The index of the word that says what the statement does, behind `WITH …` and `EXPLAIN`. */
function verbIndex(tokens: readonly SqlToken[]): number {
  const first = tokens[0]
  if (first?.kind !== 'word') return -1
  if (verbs.has(first.text)) return 0
  if (first.text !== 'with') return -1
  return tokens.findIndex(
    ({ kind, text, depth }) => kind === 'word' && depth === first.depth && verbs.has(text),
  )
}

class Statement {
  readonly #tokens: readonly SqlToken[]
  readonly #depth: number

  constructor(tokens: readonly SqlToken[], depth: number) {
    this.#tokens = tokens
    this.#depth = depth
  }

  read(): SqlStatement | null {
    const list = this.#between(this.#tokens[0]?.text === 'select' ? 0 : -1)
    const operation = this.#readOperation(list)
    const isExists = list.some(({ text }) => text === 'exists')
    if (!this.#clause('from') && !isExists) return null
    const common = this.#common()
    const limit = this.#limit()
    const single = limit?.text === '1' && operation === 'many'
    return {
      ...common,
      operation: single ? 'one' : operation,
      bulk: false,
      bound: this.#bound(common.filters, list),
      order: this.#order(),
      limit,
      skips: this.#skips(),
      columns: columnsIn(list),
      merges:
        list[0]?.text === 'distinct' ||
        ['union', 'intersect', 'except'].some((word) => this.#index(word) !== -1),
      orderEnd: (this.#clause('order') ?? []).at(-1)?.end ?? null,
      limitStart: limit ? (this.#tokens[this.#index('limit')]?.start ?? null) : null,
      locks: this.#index('for') !== -1,
      list: list[0] ? { start: list[0].start, end: list.at(-1)?.end ?? list[0].end } : null,
    }
  }

  write(): SqlStatement {
    const verb = this.#tokens[0]?.text ?? ''
    const common = this.#common()
    const words = this.#tokens.filter(({ kind }) => kind === 'word').map(({ text }) => text)
    const text = words.join(' ')
    const isUpsert = /\bon conflict\b.*\bdo update\b|\bon duplicate key update\b|^insert or replace\b/.test(
      text,
    )
    return {
      ...common,
      operation: isUpsert ? 'upsert' : (writes[verb] ?? 'update'),
      bulk:
        verb === 'insert' || verb === 'replace'
          ? this.#insertsMany()
          : common.filters.some(({ match }) => match === 'in'),
      bound: null,
      order: [],
      limit: null,
      skips: false,
      columns: null,
      merges: false,
      orderEnd: null,
      limitStart: null,
      locks: false,
      list: null,
    }
  }

  #common(): Pick<SqlStatement, 'table' | 'alias' | 'filters' | 'joins' | 'end'> {
    const where = this.#clause('where') ?? []
    const filters = hasAlternatives(where)
      ? conditionsIn(where).map((condition) => ({ ...condition, match: 'other' as const }))
      : conditionsIn(where)
    return { ...this.#table(), filters, joins: this.#joins(), end: this.#tokens.at(-1)?.end ?? 0 }
  }

  /** The index of a word at the statement's own level, or -1. */
  #index(word: string, from = 0): number {
    return this.#tokens.findIndex(
      ({ kind, text, depth }, index) =>
        index >= from && kind === 'word' && text === word && depth === this.#depth,
    )
  }

  /** What follows a word, up to the next clause. */
  #clause(word: string): readonly SqlToken[] | null {
    const index = this.#index(word)
    return index === -1 ? null : this.#between(index)
  }

  #between(index: number): readonly SqlToken[] {
    const rest = this.#tokens.slice(index + 1)
    const end = rest.findIndex(
      ({ kind, text, depth }) => kind === 'word' && depth === this.#depth && clauseStarts.includes(text),
    )
    return end === -1 ? rest : rest.slice(0, end)
  }

  #table(): Pick<SqlStatement, 'table' | 'alias'> {
    const verb = this.#tokens[0]?.text
    const introduction =
      verb === 'update'
        ? 'update'
        : verb === 'insert' || verb === 'replace' || verb === 'merge'
          ? 'into'
          : 'from'
    let index = verb === 'truncate' ? 0 : this.#index(introduction)
    if (index === -1) index = this.#tokens.findIndex(({ text }) => text === introduction)
    if (index === -1) return { table: null, alias: null }
    while (['only', 'table', 'ignore', '('].includes(this.#tokens[index + 1]?.text ?? '')) index++
    if (this.#tokens[index + 1]?.text === 'select') {
      const inner = this.#tokens.findIndex(({ text }, at) => at > index && text === 'from')
      return { table: inner === -1 ? null : nameAt(this.#tokens, inner + 1).name, alias: null }
    }
    const { name, next } = nameAt(this.#tokens, index + 1)
    const after = this.#tokens[next]?.text === 'as' ? this.#tokens[next + 1] : this.#tokens[next]
    const isAlias =
      after?.depth === this.#depth &&
      (after.kind === 'name' || (after.kind === 'word' && !afterTables.has(after.text)))
    return { table: name, alias: isAlias ? after.text : name }
  }

  #joins(): boolean {
    const from = this.#clause('from') ?? []
    return this.#index('join') !== -1 || from.some(({ text, depth }) => text === ',' && depth === this.#depth)
  }

  /** Whether every joined table is joined by its own `id`, so that no row is repeated. */
  #joinsSingleRows(): boolean {
    const from = this.#clause('from') ?? []
    if (from.some(({ text, depth }) => text === ',' && depth === this.#depth)) return false
    for (let at = this.#index('join'); at !== -1; at = this.#index('join', at + 1)) {
      const { name, next } = nameAt(this.#tokens, at + 1)
      const after = this.#tokens[next]?.text === 'as' ? this.#tokens[next + 1] : this.#tokens[next]
      const alias = after && !afterTables.has(after.text) ? after.text : name
      const until = this.#index('join', at + 1)
      const condition = this.#tokens.slice(next, until === -1 ? undefined : until)
      const isByKey = condition.some(
        (token, index) =>
          token.text === alias &&
          condition[index + 1]?.text === '.' &&
          identifiesRow(condition[index + 2]?.text ?? '', name),
      )
      if (!isByKey) return false
    }
    return true
  }

  #readOperation(list: readonly SqlToken[]): Operation {
    if (this.#index('group') !== -1) return this.#groupsByRow() ? 'many' : 'aggregate'
    const items = splitList(list, this.#depth)
    const first = items[0]?.[0]?.text ?? ''
    const isAggregate =
      items.length > 0 &&
      items.every(
        ([name, open, ...rest]) =>
          /^(?:count|sum|avg|min|max|exists|coalesce|json_agg|jsonb_agg|array_agg|string_agg|bool_or|bool_and)$/.test(
            name?.text ?? '',
          ) &&
          open?.text === '(' &&
          !rest.some(({ text }) => text === 'over') &&
          (name?.text !== 'coalesce' || /^(?:count|sum|avg|min|max)$/.test(rest[0]?.text ?? '')),
      )
    if (!isAggregate) return 'many'
    return items.length === 1 && first === 'count' ? 'count' : 'aggregate'
  }

  /** `GROUP BY p.id`: one group for each row of the table. */
  #groupsByRow(): boolean {
    const { table, alias } = this.#table()
    const columns = splitList((this.#clause('group') ?? []).slice(1), this.#depth)
    return columns.some((item) => {
      const qualifier = item[1]?.text === '.' ? item[0]?.text : null
      const isOwn = qualifier === null ? !this.#joins() : qualifier === alias
      return isOwn && identifiesRow(item.at(-1)?.text ?? '', table) && item.length <= 3
    })
  }

  #order(): readonly string[] | null {
    const clause = this.#index('order') === -1 ? [] : (this.#clause('order') ?? []).slice(1)
    const columns = splitList(clause, this.#depth).map((item) => {
      const names = item.filter(({ text }) => !['asc', 'desc', 'nulls', 'first', 'last'].includes(text))
      const last = names.at(-1)
      const isPlain = names.every(({ kind, text }) => kind === 'word' || kind === 'name' || text === '.')
      return isPlain && last ? last.text : null
    })
    return columns.some((column) => column === null) ? null : columns.flatMap((column) => column ?? [])
  }

  /** `LIMIT n`, and of MySQL's `LIMIT offset, n` the second. */
  #limit(): SqlToken | null {
    const clause = this.#clause('limit')
    if (!clause) return null
    return (clause[1]?.text === ',' ? clause[2] : clause[0]) ?? null
  }

  #skips(): boolean {
    return this.#index('offset') !== -1 || this.#clause('limit')?.[1]?.text === ','
  }

  #bound(filters: readonly SqlCondition[], list: readonly SqlToken[]): Bound | null {
    const limit = this.#limit()
    if (limit && limit.text !== 'all') return 'limit'
    if (this.#index('fetch') !== -1 || list[0]?.text === 'top') return 'limit'
    const { table, alias } = this.#table()
    const isUnique = filters.some(
      ({ match, column, qualifier }) =>
        match === 'equals' &&
        identifiesRow(column, table) &&
        (qualifier === null || alias === null || qualifier === alias),
    )
    if (isUnique && (this.#groupsByRow() || this.#joinsSingleRows())) return 'unique-key'
    return filters.some(
      ({ match, column }) => match === 'in' && (isUniqueColumn(column) || keyColumn.test(column)),
    )
      ? 'key-list'
      : null
  }

  /** `VALUES (…), (…)`, `VALUES ?`, `INSERT … SELECT`. */
  #insertsMany(): boolean {
    if (this.#index('select') !== -1) return true
    const values = this.#clause('values') ?? []
    const end = values.findIndex(({ kind, depth }) => kind === 'word' && depth === this.#depth)
    const groups = values
      .slice(0, end === -1 ? undefined : end)
      .filter(({ text, depth }) => text === '(' && depth === this.#depth).length
    const isList = values[0]?.kind === 'parameter' || values[0]?.kind === 'interpolation'
    return groups > 1 || isList
  }
}
