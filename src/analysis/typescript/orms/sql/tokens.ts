/** A piece of SQL. Source text may be read as it stands: `${…}` of a template string is one token. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'parameter' | 'interpolation' | 'symbol'
  /** As written; words in lower case, names without their quotes. */
  readonly text: string
  readonly start: number
  readonly end: number
  /** How many parentheses stand open around it. */
  readonly depth: number
}

const patterns: readonly (readonly [SqlToken['kind'] | 'skipped', RegExp])[] = [
  ['skipped', /\s+|\\[nrt]|\\(?=\n)|--[^\n]*|\/\*[\s\S]*?\*\/|#(?=\s)[^\n]*/y],
  ['parameter', /\$\d+|\?\d*(?!\?)|[:@$][A-Za-z_]\w*/y],
  ['name', /\?\?|\\?"(?:[^"\\]|"")*\\?"|\\?`[^`\\]*\\?`|\[[A-Za-z_][\w ]*\]/y],
  ['string', /\\?'(?:[^'\\]|''|\\[^'])*\\?'/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['word', /[A-Za-z_][\w$]*/y],
  ['symbol', /::|<=|>=|<>|!=|->>|->|\|\||[\s\S]/y],
]

/** Takes SQL apart, without its comments. Never fails: what it doesn't know becomes a symbol. */
export function sqlTokens(sql: string): SqlToken[] {
  const tokens: SqlToken[] = []
  let depth = 0
  for (let at = 0; at < sql.length;) {
    const [kind, end] = next(sql, at, tokens.at(-1))
    if (kind !== 'skipped') {
      const raw = sql.slice(at, end)
      if (raw === ')') depth--
      tokens.push({ kind, text: textOf(kind, raw), start: at, end, depth })
      if (raw === '(') depth++
    }
    at = end
  }
  return tokens
}

function next(sql: string, at: number, before: SqlToken | undefined): [SqlToken['kind'] | 'skipped', number] {
  if (sql.startsWith('${', at)) return ['interpolation', interpolationEnd(sql, at)]
  for (const [kind, pattern] of patterns) {
    // `values[1]` and `::int[]` are no bracketed names, and `a::text` no parameter.
    if (kind === 'name' && sql[at] === '[' && before?.end === at) continue
    if (kind === 'parameter' && sql[at] === ':' && sql[at + 1] === ':') continue
    pattern.lastIndex = at
    const length = pattern.exec(sql)?.[0].length
    if (length !== undefined && length > 0) return [kind, at + length]
  }
  return ['symbol', at + 1]
}

function interpolationEnd(sql: string, start: number): number {
  let open = 0
  for (let at = start + 1; at < sql.length; at++) {
    if (sql[at] === '{') open++
    if (sql[at] === '}' && --open === 0) return at + 1
  }
  return sql.length
}

function textOf(kind: SqlToken['kind'], raw: string): string {
  if (kind === 'word') return raw.toLowerCase()
  return kind === 'name' ? raw.replace(/^\\?["`[]|\\?["`\]]$/g, '') : raw
}

/** The last part of a qualified name, and the index behind it; null where it isn't written out. */
export function nameAt(tokens: readonly SqlToken[], start: number): { name: string | null; next: number } {
  let index = start
  while (tokens[index + 1]?.text === '.') index += 2
  const token = tokens[index]
  const isName = token?.kind === 'name' || token?.kind === 'word'
  return { name: isName && token.text !== '??' ? token.text : null, next: index + 1 }
}

/** The items between the commas at one depth. */
export function splitList(tokens: readonly SqlToken[], depth: number): SqlToken[][] {
  const items: SqlToken[][] = []
  let item: SqlToken[] = []
  for (const token of tokens) {
    if (token.text === ',' && token.depth === depth) {
      items.push(item)
      item = []
    } else item.push(token)
  }
  return item.length > 0 ? [...items, item] : items
}

/** The columns of a select list, or null where it holds a star or can't be read. */
export function columnsIn(list: readonly SqlToken[]): readonly string[] | null {
  const depth = list[0]?.depth ?? 0
  const columns: string[] = []
  for (const item of splitList(list, depth)) {
    if (item.some(({ kind, text }) => (text === '*' && item.length < 4) || kind === 'interpolation'))
      return null
    const plain = item.findIndex(
      ({ kind, text }) => kind !== 'name' && (kind !== 'word' || text === 'as') && text !== '.',
    )
    const name = item[(plain === -1 ? item.length : plain) - 1]
    if (name && (plain === -1 || item[plain]?.text === 'as')) columns.push(name.text)
  }
  return columns
}
