import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { isFunction, type Invocation } from '../../functions.ts'
import { fileOf } from '../../program.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import type { PageSource } from '../orm.ts'
import { usesOfName } from '../reading/first-row.ts'
import { placeholders, type SqlRun } from './call.ts'
import { rawText } from './source.ts'
import { sqlTokens } from './tokens.ts'

/** How a driver wants statements written. */
export interface SqlDialect {
  /** `$3` or `?`, for the value with this number, from 1. */
  placeholder(number: number): string
  /** Whether values are given as one list or as arguments. */
  readonly values: 'list' | 'arguments'
  /** Source text of the limit and offset that give all rows. */
  readonly allRows: { readonly limit: string; readonly offset: string }
  /** A number as the driver takes it. */
  number?(call: CallExpression, text: string): string
  /** The condition for a list of keys, from the placeholder of one; null where lists can't be bound. */
  readonly keyList: ((placeholder: string) => string) | null
  /** A list of keys as the driver takes it, where that isn't the list itself. */
  boundKeys?(keys: string): string
  /** Whether names without quotes are folded to lower case. */
  readonly foldsNames?: true
  /** Whether lists can be cast: `$1::int[]`. */
  readonly castsLists?: true
}

const reserved = new Set(
  'all and as asc check column default desc from group in is key limit not null offset on or order select table to user where'.split(
    ' ',
  ),
)

/** Edits that add a limit and an offset to a statement, and an order where it has none; null where its text isn't at hand. */
export function sqlPaginate(
  call: Invocation,
  run: SqlRun | null,
  page: PageSource,
  primaryKey: string | null,
  dialect: SqlDialect,
): FileEdit[] | null {
  const literal = run && editableLiteral(run, call)
  if (!run || !literal) return null
  const { statement } = run
  const isOrdered = statement.orderEnd !== null
  if (statement.limit || statement.locks || (statement.merges && !isOrdered)) return null
  const column = keyColumn(run, primaryKey)
  if (column === null && !isOrdered) return null
  const values = pageValues(call, page, dialect)
  const placed = Node.isTaggedTemplateExpression(literal.getParent())
    ? numbersPutIn(run, values)
    : numbersBound(call, run, values, dialect)
  if (!placed) return null
  const clauses = [...(isOrdered ? [] : [`ORDER BY ${column} DESC`]), placed.clause]
  const separator = clauseSeparator(run.source.text, statement.end)
  const at = literal.getStart() + 1 + statement.end
  return [insertion(literal, at, clauses.map((clause) => separator + clause).join('')), ...placed.edits]
}

/** `LIMIT … OFFSET …`, and the edits by which the call gives its numbers. */
interface PageClause {
  readonly clause: string
  readonly edits: readonly FileEdit[]
}

/** Numbers put into a tagged template, which binds them; null where a piece of SQL may already limit or order the rows. */
function numbersPutIn({ source }: SqlRun, [limit, offset]: PageNumbers): PageClause | null {
  return takesValuesOnly(source.text)
    ? { clause: `LIMIT \${${limit}} OFFSET \${${offset}}`, edits: [] }
    : null
}

function numbersBound(
  call: Invocation,
  run: SqlRun,
  values: PageNumbers,
  dialect: SqlDialect,
): PageClause | null {
  const bound = Node.isCallExpression(call) ? boundNumbers(run, dialect) : null
  const edit = bound === null || !Node.isCallExpression(call) ? null : valueEdit(call, run, values, dialect)
  if (bound === null || !edit) return null
  const clause = `LIMIT ${dialect.placeholder(bound + 1)} OFFSET ${dialect.placeholder(bound + 2)}`
  return { clause, edits: [edit] }
}

/** Whether all that stands in a template's statement outside of parentheses is compared with something. */
function takesValuesOnly(text: string): boolean {
  const tokens = sqlTokens(text)
  return tokens.every(({ kind, depth }, index) => {
    const before = tokens[index - 1]
    if (kind !== 'interpolation' || depth > 0 || !before) return true
    return before.kind === 'symbol' ? before.text !== ')' : /^(?:i?like|between|in)$/.test(before.text)
  })
}

/** Edits that make the primary key the last column of a statement's order. */
export function sqlAppendOrder(call: Invocation, run: SqlRun | null, primaryKey: string): FileEdit[] | null {
  const literal = run && editableLiteral(run, call)
  const column = run && keyColumn(run, primaryKey)
  if (!run || !literal || !column || run.statement.merges) return null
  const { orderEnd, limitStart } = run.statement
  const start = literal.getStart() + 1
  if (orderEnd !== null) return [insertion(literal, start + orderEnd, `, ${column}`)]
  return limitStart === null ? null : [insertion(literal, start + limitStart, `ORDER BY ${column} `)]
}

/** Edits that name the columns in the place of `*`. */
export function sqlSelectColumns(
  call: Invocation,
  run: SqlRun | null,
  columns: readonly string[],
): FileEdit[] | null {
  const literal = run && editableLiteral(run, call)
  const list = run?.statement.list
  if (!run || !literal || !list || run.statement.joins || columns.length === 0) return null
  const text = run.source.text.slice(list.start, list.end)
  const qualifier = /^(?:(\w+)\.)?\*$/.exec(text)
  const isPlain = columns.every((column) => /^[a-z_][a-z0-9_]*$/.test(column) && !reserved.has(column))
  if (!qualifier || !isPlain) return null
  const prefix = qualifier[1] === undefined ? '' : `${qualifier[1]}.`
  const start = literal.getStart() + 1
  return [
    {
      file: fileOf(literal),
      start: start + list.start,
      end: start + list.end,
      text: columns.map((column) => prefix + column).join(', '),
    },
  ]
}

/** The literal of a statement's text, where no other call uses it. */
function editableLiteral({ source }: SqlRun, call: Invocation): Node | null {
  const { literal } = source
  const raw = literal && rawText(literal)
  if (!literal || raw === null || /\\(?![nrt"'`])/.test(raw ?? '')) return null
  if (literal.getFirstAncestor((ancestor) => ancestor === call)) return literal
  const declaration = literal.getFirstAncestor(Node.isVariableDeclaration)
  const scope = declaration?.getVariableStatement()
  if (!declaration || declaration.getInitializer() !== literal || scope?.isExported()) return null
  return usesOfName(declaration.getNameNode()).length === 1 ? literal : null
}

/** The primary key by which rows are ordered, qualified where the statement joins tables. */
function keyColumn({ statement }: SqlRun, primaryKey: string | null): string | null {
  const column = primaryKey ?? 'id'
  if (/[A-Z]/.test(column)) return null
  if (!statement.joins) return column
  return statement.alias === null ? null : `${statement.alias}.${column}`
}

/** How many values a statement binds by number; null where more can't be added. */
function boundNumbers(run: SqlRun, dialect: SqlDialect): number | null {
  const bound = placeholders(run.source.text)
  if (dialect.placeholder(1) === '?') return bound.every(({ text }) => text === '?') ? bound.length : null
  const numbers = bound.map(({ text }) => Number(text.slice(1)))
  if (numbers.some(Number.isNaN)) return null
  return Math.max(0, ...numbers)
}

type PageNumbers = readonly [limit: string, offset: string]

function pageValues(call: Invocation, page: PageSource, dialect: SqlDialect): PageNumbers {
  const given = (text: string, all: string): string => {
    const value =
      page.unless === null ? text : `${text.replace(`${page.unless}.`, `${page.unless}?.`)} ?? ${all}`
    return (Node.isCallExpression(call) && dialect.number?.(call, value)) || value
  }
  return [given(page.limit, dialect.allRows.limit), given(page.offset, dialect.allRows.offset)]
}

/** Adds values to those that are bound. */
function valueEdit(
  call: CallExpression,
  run: SqlRun,
  added: readonly string[],
  dialect: SqlDialect,
): FileEdit | null {
  const text = added.join(', ')
  const { values, valuesIndex } = run
  if (dialect.values === 'arguments') {
    const last = call.getArguments().at(-1)
    return last ? insertion(call, last.getEnd(), `, ${text}`) : insertion(call, call.getEnd() - 1, text)
  }
  if (values && !(values instanceof Node)) return null
  if (values && Node.isArrayLiteralExpression(values)) {
    const last = values.getElements().at(-1)
    return last ? insertion(values, last.getEnd(), `, ${text}`) : replacement(values, `[${text}]`)
  }
  if (values) return isList(values) ? replacement(values, `[...${values.getText()}, ${text}]`) : null
  const before = valuesIndex === null ? undefined : call.getArguments()[valuesIndex - 1]
  const there = valuesIndex === null ? undefined : call.getArguments()[valuesIndex]
  if (!before || (there && !isFunction(there))) return null
  return insertion(call, before.getEnd(), `, [${text}]`)
}

/** Whether an expression is an array, as far as its declaration shows. */
function isList(values: Node): boolean {
  const declaration = Node.isIdentifier(values) ? values.getSymbol()?.getValueDeclaration() : undefined
  if (!Node.isVariableDeclaration(declaration)) return false
  const type = declaration.getTypeNode()?.getText() ?? ''
  return /\[\]$|^Array</.test(type) || Node.isArrayLiteralExpression(declaration.getInitializer())
}

/** What stands between a statement's clauses, before one that is added: a line break and indentation where the last one has a line of its own. */
export function clauseSeparator(text: string, end: number): string {
  const line = text.slice(text.lastIndexOf('\n', end - 1) + 1, end)
  const isLined = text.slice(0, end).trim().includes('\n')
  const lineBreak = text.includes('\r\n') ? '\r\n' : '\n'
  return isLined ? lineBreak + (/^\s*/.exec(line)?.[0] ?? '') : ' '
}
