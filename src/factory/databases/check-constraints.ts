interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'sign'
  readonly text: string
}

/** What CHECK constraints say about one column. */
export interface ColumnChecks {
  readonly allowedValues: readonly string[] | null
  readonly maxLength: number | null
  readonly isJson: boolean
}

interface Bounds {
  low: number
  high: number
}

const tokenPattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\d+(?:\.\d+)?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|<=|>=|<>|!=|==|[^\s]/g
const largestRange = 1000

/**
 * Reads `IN (…)`, integer `BETWEEN` and bounds, `length(…) <=` and `json_valid(…)` from the CHECK constraints of a
 * CREATE TABLE statement; keys are column names in lower case. What it cannot read it leaves out: the database
 * still enforces it.
 */
export function readChecks(createTable: string): ReadonlyMap<string, ColumnChecks> {
  const found = new Map<string, ColumnChecks>()
  for (const check of checksOf(tokensOf(createTable))) {
    for (const [column, checks] of columnChecks(check)) {
      const before = found.get(column)
      found.set(column, {
        allowedValues: checks.allowedValues ?? before?.allowedValues ?? null,
        maxLength: checks.maxLength ?? before?.maxLength ?? null,
        isJson: checks.isJson || before?.isJson === true,
      })
    }
  }
  return found
}

function tokensOf(sql: string): readonly Token[] {
  const tokens: Token[] = []
  for (const [text] of sql.matchAll(tokenPattern)) {
    const first = text.charAt(0)
    if (text.startsWith('--') || text.startsWith('/*')) continue
    if (first === "'") tokens.push({ kind: 'string', text: text.slice(1, -1).replaceAll("''", "'") })
    else if (first === '"' || first === '`')
      tokens.push({ kind: 'name', text: text.slice(1, -1).replaceAll(first + first, first) })
    else if (first === '[') tokens.push({ kind: 'name', text: text.slice(1, -1) })
    else if (/\d/.test(first)) tokens.push({ kind: 'number', text })
    else if (/[A-Za-z_\u0080-\uffff]/.test(first)) tokens.push({ kind: 'word', text })
    else tokens.push({ kind: 'sign', text })
  }
  return tokens
}

/** The tokens inside the parentheses of each CHECK. */
function checksOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const checks: Token[][] = []
  for (let i = 0; i < tokens.length; i++) {
    if (!isWord(tokens[i], 'CHECK') || !isSign(tokens[i + 1], '(')) continue
    const inside: Token[] = []
    let depth = 1
    for (let j = i + 2; j < tokens.length && depth > 0; j++) {
      const token = tokens[j]
      if (token === undefined) break
      if (isSign(token, '(')) depth++
      if (isSign(token, ')')) depth--
      if (depth > 0) inside.push(token)
    }
    checks.push(inside)
  }
  return checks
}

function columnChecks(tokens: readonly Token[]): ReadonlyMap<string, ColumnChecks> {
  const found = new Map<string, ColumnChecks>()
  const bounds = new Map<string, Bounds>()
  const negated = tokens.some((token, i) => isWord(token, 'NOT') && !isWord(tokens[i - 1], 'IS'))
  const alternatives = tokens.some((token) => isWord(token, 'OR'))
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]
    if (token === undefined || (token.kind !== 'word' && token.kind !== 'name')) continue
    const column = token.text.toLowerCase()
    if (isWord(token, 'json_valid') && isSign(tokens[i + 1], '('))
      add(found, nameAt(tokens, i + 2), { isJson: true })
    if (isWord(token, 'length') && isSign(tokens[i + 1], '('))
      add(found, nameAt(tokens, i + 2), { maxLength: upperBound(tokens, i + 4) })
    if (isWord(tokens[i + 1], 'IN') && !negated)
      add(found, column, { allowedValues: literals(tokens, i + 2) })
    if (!negated && !alternatives) readBounds(tokens, i, column, bounds)
  }
  for (const [column, { low, high }] of bounds) {
    if (high - low > largestRange || high < low) continue
    const values = Array.from({ length: high - low + 1 }, (_, offset) => String(low + offset))
    add(found, column, { allowedValues: values })
  }
  return found
}

function add(found: Map<string, ColumnChecks>, column: string | null, checks: Partial<ColumnChecks>): void {
  if (column === null) return
  const before = found.get(column)
  found.set(column, {
    allowedValues: checks.allowedValues ?? before?.allowedValues ?? null,
    maxLength: checks.maxLength ?? before?.maxLength ?? null,
    isJson: checks.isJson ?? before?.isJson ?? false,
  })
}

function nameAt(tokens: readonly Token[], position: number): string | null {
  const token = tokens[position]
  return token?.kind === 'word' || token?.kind === 'name' ? token.text.toLowerCase() : null
}

/** The literals of `( a, b, … )` from `position` on, or null where it holds anything else. NULL is left out. */
function literals(tokens: readonly Token[], position: number): readonly string[] | null {
  if (!isSign(tokens[position], '(')) return null
  const values: string[] = []
  for (let i = position + 1; i < tokens.length; i++) {
    const token = tokens[i]
    if (token === undefined || isSign(token, ')')) break
    if (isSign(token, ',') || isWord(token, 'NULL')) continue
    if (token.kind === 'sign' && token.text === '-') continue
    if (token.kind === 'word' || token.kind === 'sign') return null
    values.push(isSign(tokens[i - 1], '-') ? `-${token.text}` : token.text)
  }
  return values.length > 0 ? values : null
}

function upperBound(tokens: readonly Token[], afterArgument: number): number | null {
  if (!isSign(tokens[afterArgument - 1], ')')) return null
  const limit = integerAt(tokens, afterArgument + 1)
  if (limit === null) return null
  if (isSign(tokens[afterArgument], '<=') || isSign(tokens[afterArgument], '=')) return limit
  return isSign(tokens[afterArgument], '<') ? limit - 1 : null
}

function readBounds(tokens: readonly Token[], i: number, column: string, bounds: Map<string, Bounds>): void {
  const operator = tokens[i + 1]
  const known = bounds.get(column) ?? { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY }
  if (isWord(operator, 'BETWEEN')) {
    const low = integerAt(tokens, i + 2)
    const high = integerAt(tokens, i + 4)
    if (low !== null && high !== null) bounds.set(column, { low, high })
    return
  }
  const limit = integerAt(tokens, i + 2)
  if (limit === null) return
  if (isSign(operator, '>=')) bounds.set(column, { ...known, low: limit })
  if (isSign(operator, '>')) bounds.set(column, { ...known, low: limit + 1 })
  if (isSign(operator, '<=')) bounds.set(column, { ...known, high: limit })
  if (isSign(operator, '<')) bounds.set(column, { ...known, high: limit - 1 })
}

function integerAt(tokens: readonly Token[], position: number): number | null {
  const token = tokens[position]
  return token?.kind === 'number' && /^\d+$/.test(token.text) ? Number(token.text) : null
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toUpperCase() === word.toUpperCase()
}

function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign
}
