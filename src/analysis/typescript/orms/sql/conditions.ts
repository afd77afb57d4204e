import type { Filter } from '../../../facts.ts'
import type { SqlToken } from './tokens.ts'

/** A comparison in a `WHERE` clause: `column` with what it is compared to. */
export interface SqlCondition extends Filter {
  /** The table or alias that the column is qualified with, or null. */
  readonly qualifier: string | null
  /** Whether it is compared to a text pattern. */
  readonly isPattern: boolean
  /** What the column is compared to, where that is one token or a list of parameters. */
  readonly value: SqlToken | null
  /** Where the operator and the value stand in the text. */
  readonly start: number
  readonly end: number
}

const notColumns = new Set(
  'and or not where exists case when then else end select from any all some in is null like ilike between true false interval date on'.split(
    ' ',
  ),
)
const folding = new Set(['lower', 'upper', 'trim', 'date', 'binary'])
const ranges = new Set([
  '<',
  '>',
  '<=',
  '>=',
  '<>',
  '!=',
  'like',
  'ilike',
  'between',
  'is',
  'not',
  '~',
  'regexp',
])

/** The comparisons of a clause, those of subqueries left out. */
export function conditionsIn(clause: readonly SqlToken[]): SqlCondition[] {
  const conditions: SqlCondition[] = []
  const tokens = withoutSubqueries(clause)
  for (const [index, token] of tokens.entries()) {
    if (!isColumn(token) || tokens[index + 1]?.text === '.') continue
    const before = tokens[index - 1]
    const wrapped =
      tokens[index + 1]?.text === ')' && before?.text === '(' && folding.has(tokens[index - 2]?.text ?? '')
    const condition = conditionAt(tokens, index, wrapped ? index + 2 : index + 1)
    if (condition) conditions.push(condition)
  }
  return conditions
}

/** Whether a clause joins its conditions by `OR` outside of parentheses, so that none of them holds for all rows. */
export function hasAlternatives(clause: readonly SqlToken[]): boolean {
  const depth = clause[0]?.depth ?? 0
  return clause.some((token) => token.kind === 'word' && token.text === 'or' && token.depth === depth)
}

function conditionAt(tokens: readonly SqlToken[], column: number, operator: number): SqlCondition | null {
  const name = tokens[column]
  const sign = tokens[operator]
  if (!name || !sign) return null
  // Inside parentheses with `OR` the comparison is one of several.
  const isAlternative = name.depth > (tokens[0]?.depth ?? 0) && alternativesAround(tokens, column)
  const made = (match: Filter['match'], value: SqlToken | null, end: number): SqlCondition => ({
    column: name.text,
    qualifier: tokens[column - 1]?.text === '.' ? (tokens[column - 2]?.text ?? null) : null,
    isPattern: ['like', 'ilike'].includes(sign.text),
    match: isAlternative ? 'other' : match,
    value,
    start: sign.start,
    end,
  })
  if (sign.text === '=' && sign.kind === 'symbol') {
    const value = tokens[operator + 1]
    if (!value) return null
    if (value.kind === 'word' && ['any', 'all', 'some'].includes(value.text)) {
      const last = closing(tokens, operator + 2)
      return made('in', tokens[operator + 3] ?? null, tokens[last]?.end ?? value.end)
    }
    const inner = value.text === '(' && tokens[operator + 3]?.text === ')' ? tokens[operator + 2] : undefined
    if (inner && isValue(tokens, operator + 2))
      return made('equals', inner, tokens[operator + 3]?.end ?? inner.end)
    return made(isValue(tokens, operator + 1) ? 'equals' : 'other', value, value.end)
  }
  if (sign.kind === 'word' && sign.text === 'in') {
    const first = tokens[operator + 1]
    const last = closing(tokens, operator + 1)
    const isList =
      first?.text === '('
        ? last > operator + 2
        : first?.kind === 'parameter' || first?.kind === 'interpolation'
    const value = first?.text === '(' ? tokens[operator + 2] : first
    return made(isList ? 'in' : 'other', value ?? null, tokens[last]?.end ?? sign.end)
  }
  return ranges.has(sign.text)
    ? made('other', tokens[operator + 1] ?? null, tokens[operator + 1]?.end ?? sign.end)
    : null
}

/** Whether what starts at a token is a value and not another column. */
function isValue(tokens: readonly SqlToken[], index: number): boolean {
  const token = tokens[index]
  if (!token || token.kind === 'name') return false
  if (token.kind !== 'word') return token.kind !== 'symbol'
  if (['true', 'false', 'null'].includes(token.text)) return true
  const inner = tokens[index + 1]?.text === '(' ? tokens[index + 2] : undefined
  return inner !== undefined && inner.kind !== 'word' && inner.kind !== 'name'
}

function isColumn(token: SqlToken): boolean {
  return token.kind === 'name' || (token.kind === 'word' && !notColumns.has(token.text))
}

/** The index of the parenthesis that closes the one at an index; the index itself where there is none. */
function closing(tokens: readonly SqlToken[], open: number): number {
  const depth = tokens[open]?.depth
  if (tokens[open]?.text !== '(') return open
  const end = tokens.findIndex(({ text, depth: at }, index) => index > open && text === ')' && at === depth)
  return end === -1 ? tokens.length - 1 : end
}

function alternativesAround(tokens: readonly SqlToken[], index: number): boolean {
  const depth = tokens[index]?.depth ?? 0
  const isWithin = (token: SqlToken): boolean => token.depth >= depth
  const from = tokens.findLastIndex((token, at) => at < index && !isWithin(token))
  const rest = tokens.slice(from + 1)
  const end = rest.findIndex((token) => !isWithin(token))
  return rest
    .slice(0, end === -1 ? undefined : end)
    .some((token) => token.kind === 'word' && token.text === 'or' && token.depth === depth)
}

function withoutSubqueries(tokens: readonly SqlToken[]): SqlToken[] {
  const kept: SqlToken[] = []
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]
    if (!token) continue
    kept.push(token)
    const inner = tokens[index + 1]
    if (token.text === '(' && inner?.kind === 'word' && /^(?:select|with)$/.test(inner.text))
      index = closing(tokens, index) - 1
  }
  return kept
}
