import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { isInside } from '../../loops.ts'
import type { Resolver } from '../../resolver.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { SingleWrite } from '../orm.ts'
import { sqlRunOf, type SqlRun } from './call.ts'
import { sqlTokens, type SqlToken } from './tokens.ts'
import type { SqlArguments } from './wrapper.ts'

/** How a driver takes the values of many rows. */
export interface RowsForm {
  /** Placeholders with numbers, question marks, or one question mark for the whole list of rows. */
  readonly placeholders: 'numbered' | 'plain' | 'list'
  /** Source text of the statement's text, as the code writes it, and of what runs it with a list of values. */
  call(text: string, values: string): string
  /** How many values a statement takes at most. */
  readonly maximumValues: number
  /** Edits that drop what the single write alone needed. */
  readonly edits?: readonly FileEdit[]
}

/** The values of one row in a statement, and what stands around them. */
interface Tuple {
  readonly before: string
  readonly tuple: string
  readonly after: string
  /** The offsets of its placeholders, in itself. */
  readonly places: readonly SqlToken[]
  /** How many values it takes. */
  readonly width: number
}

const maximumRows = 1000
/** What may give another value when all rows are written at once, and what can't be repeated. */
const perRow = /\bselect\b|\blast_insert|\bcurrval\b|\$\{|`/i

/** `INSERT … VALUES (…)` of one row as a write of many; null where the text isn't at hand or says more than that. */
export function sqlSingleWrite(
  { source, values }: Pick<SqlRun, 'source' | 'values'>,
  form: RowsForm,
): SingleWrite | null {
  const { literal } = source
  const tuple = literal && tupleIn(source.text)
  const row = rowOf(values)
  if (!literal || !tuple || !row) return null
  if (row.width !== null && row.width !== tuple.width) return null
  const rowsAtOnce = Math.min(maximumRows, Math.floor(form.maximumValues / tuple.width))
  const isList = form.placeholders === 'list' && /^\((?:\s*\?\s*,?)+\)$/.test(tuple.tuple)
  const { quote } = styleOf(literal.getSourceFile())
  const isPlainText = Node.isStringLiteral(literal)
  return {
    row: row.row,
    rowsAtOnce,
    ...(form.edits && { edits: form.edits }),
    forRows(rows, isUntyped = false) {
      if (isList) {
        const mark = literal.getText().charAt(0)
        return form.call(`${mark}${tuple.before}?${tuple.after}${mark}`, `[${rows}]`)
      }
      const written =
        form.placeholders === 'numbered'
          ? `${rows}.map((${isUntyped ? '_: unknown, n: number' : '_, n'}) => \`${numbered(tuple)}\`).join(${quote(', ')})`
          : `${rows}.map(() => ${plain(tuple.tuple, quote)}).join(${quote(', ')})`
      const [before, after] = [tuple.before, tuple.after].map((part) =>
        isPlainText ? inTemplate(part) : part,
      )
      return form.call(`\`${before}\${${written}}${after}\``, `${rows}.flat()`)
    },
  }
}

/** The expression of a row's values, or of each, and how many there are; null for the latter where it can't be told. */
function rowOf(values: SqlRun['values']): { row: Node | readonly Node[]; width: number | null } | null {
  if (values === null) return null
  const elements =
    values instanceof Node ? (Node.isArrayLiteralExpression(values) ? values.getElements() : null) : values
  if (elements?.length === 0 || elements?.some(Node.isObjectLiteralExpression)) return null
  if (values instanceof Node && Node.isObjectLiteralExpression(values)) return null
  const isSpread = elements === null || elements.some(Node.isSpreadElement)
  return { row: values, width: isSpread ? null : elements.length }
}

/** Takes `INSERT INTO … VALUES (…) …` apart; null where it writes several rows, or its placeholders stand elsewhere too. */
function tupleIn(text: string): Tuple | null {
  const tokens = sqlTokens(text)
  const at = tokens.findIndex(
    ({ kind, text: word, depth }) => kind === 'word' && word === 'values' && depth === 0,
  )
  const open = tokens[at + 1]
  const end = tokens.findIndex(
    ({ text: symbol, depth }, index) => index > at + 1 && symbol === ')' && depth === 0,
  )
  const close = tokens[end]
  const next = tokens[end + 1]
  if (tokens[0]?.text !== 'insert' || at === -1 || open?.text !== '(' || !close) return null
  if (next && next.text !== ';' && !(next.kind === 'word' && /^(?:on|returning)$/.test(next.text)))
    return null
  if (tokens.some((token, index) => index > end && token.kind === 'parameter')) return null
  if (tokens.some((token, index) => index < at && token.kind === 'parameter')) return null
  const inside = tokens.slice(at + 2, end)
  const raw = text.slice(open.start, close.end)
  if (perRow.test(raw) || (/[\n\\]/.test(raw) && inside.some(({ kind }) => kind === 'string'))) return null
  const tuple = raw.replace(/\s*\n\s*/g, ' ')
  const places = sqlTokens(tuple).filter(({ kind }) => kind === 'parameter')
  const width = widthOf(places)
  if (width === null) return null
  return { before: text.slice(0, open.start), tuple, after: text.slice(close.end), places, width }
}

/** How many values placeholders take, or null where they go by name. */
function widthOf(places: readonly SqlToken[]): number | null {
  if (places.length === 0) return null
  if (places.every(({ text }) => text === '?')) return places.length
  const numbers = places.map(({ text }) => (/^\$\d+$/.test(text) ? Number(text.slice(1)) : Number.NaN))
  const width = Math.max(...numbers)
  return new Set(numbers).size === width ? width : null
}

/** `($1, $2)` as source text of a template, in the row with the index `n`. */
function numbered({ tuple, places, width }: Tuple): string {
  const first = width === 1 ? 'n' : `n * ${width}`
  let text = ''
  let at = 0
  for (const { start, end, text: placeholder } of places) {
    text += `${inTemplate(tuple.slice(at, start))}$\${${first} + ${placeholder.slice(1)}}`
    at = end
  }
  return text + inTemplate(tuple.slice(at))
}

function plain(tuple: string, quote: (text: string) => string): string {
  return /['"\\]/.test(tuple) ? `\`${inTemplate(tuple)}\`` : quote(tuple)
}

/** The raw text of a string literal as that of a template. */
function inTemplate(raw: string): string {
  return raw.replace(/`|\$(?=\{)/g, (mark) => `\\${mark}`)
}

/** The same for a driver that takes a statement's text and values in one call, both written out there. */
export function sqlSingleInsert(
  call: CallExpression,
  found: SqlArguments | null,
  form: Pick<RowsForm, 'placeholders' | 'maximumValues'>,
  resolver: Resolver,
): SingleWrite | null {
  const run = found && sqlRunOf(found, resolver)
  const literal = run?.source.literal
  if (!run || !literal || run.statement.operation !== 'insert' || !(run.values instanceof Node)) return null
  const args = call.getArguments()
  const valuesIndex = run.valuesIndex ?? -1
  if (args[valuesIndex] !== run.values || valuesIndex !== args.length - 1) return null
  if (!isInside(literal, call)) return null
  return sqlSingleWrite(run, { ...form, call: rewrittenCall(call, literal, run.values) })
}

/** A call with the text of its statement and its values written anew. */
function rewrittenCall(call: CallExpression, text: Node, values: Node): RowsForm['call'] {
  const start = call.getStart()
  const whole = call.getText()
  const between = whole.slice(text.getEnd() - start, values.getStart() - start)
  const [before, after] = [whole.slice(0, text.getStart() - start), whole.slice(values.getEnd() - start)]
  return (newText, newValues) => before + newText + between + newValues + after
}
