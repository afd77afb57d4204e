export interface Token {
  readonly kind: 'word' | 'name' | 'string' | 'number' | 'sign' | 'end'
  readonly text: string
}

/** What `[` begins: a name in SQLite, the items of an ARRAY in PostgreSQL. */
export type Brackets = 'names' | 'arrays'

/** What comes after the last token. */
export const end: Token = { kind: 'end', text: '' }

const tokenPattern =
  /--[^\n]*|\/\*[\s\S]*?\*\/|[eE]'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|<=>|<=|>=|<>|!=|==|::|->>|->|\|\||!?~~?\*?|@>|<@|&&|[^\s]/g
const arrayPattern = new RegExp(tokenPattern.source.replace(String.raw`|\[[^\]]*\]`, ''), 'g')

/** The tokens of a piece of SQL, without its comments. */
export function tokensOf(sql: string, brackets: Brackets): readonly Token[] {
  const tokens: Token[] = []
  for (const [text] of sql.matchAll(brackets === 'arrays' ? arrayPattern : tokenPattern)) {
    if (text.startsWith('--') || text.startsWith('/*')) continue
    const token = tokenOf(text)
    // MySQL writes a text's character set in front: _utf8mb4'a'.
    if (token.kind === 'string' && /^_\w+$/.test(tokens.at(-1)?.text ?? '')) tokens.pop()
    tokens.push(token)
  }
  return tokens
}

function tokenOf(text: string): Token {
  const first = text.charAt(0)
  if (text.length > 1 && /^e'/i.test(text))
    return { kind: 'string', text: text.slice(2, -1).replaceAll("''", "'").replaceAll(/\\(.)/g, '$1') }
  if (text.length > 1 && first === "'")
    return { kind: 'string', text: text.slice(1, -1).replaceAll("''", "'") }
  if (text.length > 1 && (first === '"' || first === '`'))
    return { kind: 'name', text: text.slice(1, -1).replaceAll(first + first, first) }
  if (text.length > 1 && first === '[') return { kind: 'name', text: text.slice(1, -1) }
  if (/^\.?\d/.test(text)) return { kind: 'number', text }
  return { kind: /[A-Za-z_\u0080-\uffff]/.test(first) ? 'word' : 'sign', text }
}

/** Whether a token is that word, in whatever case. */
export function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === 'word' && token.text.toLowerCase() === word
}

/** Whether a token is that sign. */
export function isSign(token: Token | undefined, sign: string): boolean {
  return token?.kind === 'sign' && token.text === sign
}
