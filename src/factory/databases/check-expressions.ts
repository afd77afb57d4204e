import { end, isSign, isWord } from './check-tokens.ts'
import type { Token } from './check-tokens.ts'

/** A condition of a CHECK, as far as databases word them alike. Casts and collations are left out. */
export type Expression =
  | { readonly kind: 'column'; readonly name: string; readonly quoted: boolean }
  | { readonly kind: 'literal'; readonly value: string | null; readonly isText: boolean }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'not'; readonly inside: Expression }
  | { readonly kind: 'is-null'; readonly inside: Expression }
  | {
      readonly kind: 'binary'
      /** A sign, or in lower case `and`, `or`, `in` or what else stands between two values. */
      readonly operator: string
      readonly left: Expression
      readonly right: Expression
    }

class UnreadableCheck extends Error {}

const comparisons = new Set(['=', '==', '<>', '!=', '<', '<=', '>', '>='])
const otherOperators = /^(?:!?~~?\*?|\|\||->>?|@>|<@|&&|[+\-*/%^&|#?]|<=>)$/
const wordOperators = /^(?:like|ilike|glob|regexp|rlike|match|similar)$/i

/** The condition that tokens make up, or null where it holds what this grammar doesn't know. */
export function parseCondition(tokens: readonly Token[]): Expression | null {
  try {
    const parser = new Parser(tokens)
    const expression = parser.or()
    return parser.atEnd() ? expression : null
  } catch (error) {
    if (error instanceof UnreadableCheck) return null
    throw error
  }
}

/** By recursive descent, from what binds least to what binds most. */
class Parser {
  private readonly tokens: readonly Token[]
  private position = 0

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens
  }

  atEnd(): boolean {
    return this.position >= this.tokens.length
  }

  or(): Expression {
    let left = this.and()
    while (this.skipWord('or')) left = { kind: 'binary', operator: 'or', left, right: this.and() }
    return left
  }

  private and(): Expression {
    let left = this.not()
    while (this.skipWord('and')) left = { kind: 'binary', operator: 'and', left, right: this.not() }
    return left
  }

  private not(): Expression {
    return this.skipWord('not') ? { kind: 'not', inside: this.not() } : this.predicate()
  }

  private predicate(): Expression {
    let left = this.sum()
    for (;;) {
      const token = this.peek()
      if (token.kind === 'sign' && comparisons.has(token.text)) left = this.comparison(left)
      else if (this.skipWord('is')) left = this.isTest(left)
      else if (this.skipWord('not')) left = { kind: 'not', inside: this.wordPredicate(left) }
      else if (/^(?:in|between)$/i.test(token.text) || wordOperators.test(token.text))
        left = this.wordPredicate(left)
      else return left
    }
  }

  private comparison(left: Expression): Expression {
    const operator = this.next().text
    const some = this.skipWord('any') || this.skipWord('some')
    if (!some && !this.skipWord('all')) return { kind: 'binary', operator, left, right: this.sum() }
    const items = arrayOf(this.primary())
    if (some && operator === '=') return { kind: 'binary', operator: 'in', left, right: items }
    return { kind: 'binary', operator: `${operator} ${some ? 'any' : 'all'}`, left, right: items }
  }

  private wordPredicate(left: Expression): Expression {
    const word = this.next().text.toLowerCase()
    if (word === 'in') {
      const right = this.primary()
      return {
        kind: 'binary',
        operator: 'in',
        left,
        right: right.kind === 'list' ? right : { kind: 'list', items: [right] },
      }
    }
    if (word === 'between') {
      const low = this.sum()
      if (!this.skipWord('and')) throw new UnreadableCheck()
      const lower: Expression = { kind: 'binary', operator: '>=', left, right: low }
      const upper: Expression = { kind: 'binary', operator: '<=', left, right: this.sum() }
      return { kind: 'binary', operator: 'and', left: lower, right: upper }
    }
    if (!wordOperators.test(word)) throw new UnreadableCheck()
    this.skipWord('to')
    const expression: Expression = { kind: 'binary', operator: word, left, right: this.sum() }
    if (this.skipWord('escape')) this.sum()
    return expression
  }

  private isTest(left: Expression): Expression {
    const negated = this.skipWord('not')
    const expression = this.isTarget(left)
    return negated ? { kind: 'not', inside: expression } : expression
  }

  private isTarget(left: Expression): Expression {
    if (this.skipWord('null')) return { kind: 'is-null', inside: left }
    if (this.skipWord('distinct')) {
      if (!this.skipWord('from')) throw new UnreadableCheck()
      return { kind: 'binary', operator: 'is distinct from', left, right: this.sum() }
    }
    return { kind: 'binary', operator: 'is', left, right: this.primary() }
  }

  private sum(): Expression {
    let left = this.unary()
    for (;;) {
      const token = this.peek()
      if (token.kind !== 'sign' || !otherOperators.test(token.text)) return left
      const operator = this.next().text
      left = { kind: 'binary', operator, left, right: this.unary() }
    }
  }

  private unary(): Expression {
    if (this.skipSign('-')) {
      const inside = this.unary()
      if (inside.kind === 'literal' && inside.value !== null) return { ...inside, value: `-${inside.value}` }
      return { kind: 'call', name: '-', args: [inside] }
    }
    return this.suffixed(this.primary())
  }

  /** Skips casts and collations; what is taken out of an array or a composite is a value of its own. */
  private suffixed(expression: Expression): Expression {
    let result = expression
    for (;;) {
      if (this.skipSign('::')) this.typeName()
      else if (this.skipWord('collate')) this.next()
      else if (isSign(this.peek(), '['))
        result = { kind: 'call', name: '[]', args: [result, this.brackets()] }
      else return result
    }
  }

  private primary(): Expression {
    const token = this.next()
    if (token.kind === 'string') return { kind: 'literal', value: token.text, isText: true }
    if (token.kind === 'number') return { kind: 'literal', value: token.text, isText: false }
    if (isSign(token, '(')) return this.parenthesised()
    if (isSign(token, '[')) {
      this.position--
      return this.brackets()
    }
    if (token.kind === 'name') return this.qualified({ kind: 'column', name: token.text, quoted: true })
    if (token.kind !== 'word') throw new UnreadableCheck()
    return this.worded(token.text)
  }

  private worded(word: string): Expression {
    const lower = word.toLowerCase()
    if (lower === 'null') return { kind: 'literal', value: null, isText: false }
    if (lower === 'true' || lower === 'false') return { kind: 'literal', value: lower, isText: false }
    if (lower === 'array' && isSign(this.peek(), '[')) return this.brackets()
    if (lower === 'case' || lower === 'select' || lower === 'exists') throw new UnreadableCheck()
    if (!this.skipSign('(')) return this.qualified({ kind: 'column', name: word, quoted: false })
    if (lower === 'cast') {
      const inside = this.or()
      if (!this.skipWord('as')) throw new UnreadableCheck()
      this.typeName()
      this.require(')')
      return inside
    }
    // TRIM(BOTH FROM x) is trim(x).
    if (lower === 'trim' && (this.skipWord('both') || this.skipWord('leading') || this.skipWord('trailing')))
      this.skipWord('from')
    return { kind: 'call', name: lower, args: this.items(')') }
  }

  /** What follows a dot is the name itself: `t.price`, or a function of a schema. */
  private qualified(expression: Expression): Expression {
    if (!this.skipSign('.')) return expression
    const token = this.next()
    if (token.kind === 'name') return this.qualified({ kind: 'column', name: token.text, quoted: true })
    if (token.kind !== 'word') throw new UnreadableCheck()
    return this.worded(token.text)
  }

  private parenthesised(): Expression {
    const items = this.items(')')
    const [only] = items
    return items.length === 1 && only !== undefined ? this.suffixed(only) : { kind: 'list', items }
  }

  private brackets(): Expression {
    this.require('[')
    return { kind: 'list', items: this.items(']') }
  }

  private items(closing: string): readonly Expression[] {
    const items: Expression[] = []
    if (this.skipSign(closing)) return items
    do items.push(this.or())
    while (this.skipSign(','))
    this.require(closing)
    return items
  }

  /** `character varying(20)[]`, `timestamp(3) with time zone`, `auth."Role"`. */
  private typeName(): void {
    const token = this.next()
    if (token.kind !== 'word' && token.kind !== 'name') throw new UnreadableCheck()
    while (this.skipSign('.')) this.next()
    while (/^(?:varying|precision|with|without|time|zone|unsigned)$/i.test(this.peek().text)) this.next()
    if (this.skipSign('(')) this.items(')')
    while (/^(?:with|without|time|zone)$/i.test(this.peek().text)) this.next()
    while (isSign(this.peek(), '[')) this.brackets()
  }

  private peek(): Token {
    return this.tokens[this.position] ?? end
  }

  private next(): Token {
    const token = this.peek()
    this.position++
    return token
  }

  private skipWord(word: string): boolean {
    if (!isWord(this.peek(), word)) return false
    this.position++
    return true
  }

  private skipSign(sign: string): boolean {
    if (!isSign(this.peek(), sign)) return false
    this.position++
    return true
  }

  private require(sign: string): void {
    if (!this.skipSign(sign)) throw new UnreadableCheck()
  }
}

/** The items of an array; PostgreSQL keeps one as it was written, be it ARRAY['a', 'b'] or '{a,b}'. */
function arrayOf(expression: Expression): Expression {
  if (expression.kind === 'list') return expression
  if (expression.kind !== 'literal' || !/^\{[^"\\{}]*\}$/.test(expression.value ?? ''))
    throw new UnreadableCheck()
  const values = expression.value?.slice(1, -1).split(',') ?? []
  return { kind: 'list', items: values.map((value) => ({ kind: 'literal', value, isText: true })) }
}
