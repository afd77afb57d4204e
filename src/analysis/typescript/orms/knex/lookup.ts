import { Node, type CallExpression } from 'ts-morph'
import { styleOf } from '../../rewrite/style.ts'
import { separatorBefore, type Link } from '../reading/builder-chain.ts'
import type { Lookup } from '../orm.ts'

const equalities = new Set(['where', 'andWhere'])

/** The equalities of `where({ id })`, `where('id', id)` or `where('id', '=', id)`; null for other conditions. */
export function equalityOf({ name, args }: Link): { column: string; value: Node }[] | null {
  if (!equalities.has(name)) return null
  const [first, second, third] = args
  if (Node.isObjectLiteralExpression(first) && args.length === 1) {
    const pairs = first.getProperties().map((property) => {
      if (Node.isShorthandPropertyAssignment(property))
        return { column: property.getName(), value: property.getNameNode() }
      const value = Node.isPropertyAssignment(property) ? property.getInitializer() : undefined
      return Node.isPropertyAssignment(property) && value
        ? { column: unqualified(unquoted(property.getName())), value }
        : null
    })
    return pairs.some((pair) => pair === null) ? null : pairs.filter((pair) => pair !== null)
  }
  const column = columnOf(first)
  if (column === null || !second) return null
  if (args.length === 2) return [{ column, value: second }]
  return third && /^['"`]={1,2}['"`]$/.test(second.getText()) ? [{ column, value: third }] : null
}

/** The unqualified column that a string literal names. */
export function columnOf(node: Node | undefined): string | null {
  return Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node)
    ? unqualified(node.getLiteralValue())
    : null
}

function unqualified(column: string): string {
  return column.slice(column.lastIndexOf('.') + 1)
}

function unquoted(name: string): string {
  return name.replace(/^['"`]|['"`]$/g, '')
}

/** A chain that reads one row by its primary key, as a look-up; null where it does anything else. */
export function lookupIn(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  const first = links.filter(({ name }) => name === 'first')
  const keyed = keyedIn(call, links, first, isKey)
  if (!keyed || first.length > 1 || !isPrimaryKey(keyed.column)) return null
  return first.length === 1 ? keyed : { ...keyed, givesListAt: [] }
}

/** A chain that reads all rows with one value in a column, as a reading for many values; null where it does anything else. */
export function childrenIn(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  if (links.some(({ name }) => name === 'first')) return null
  const keyed = keyedIn(call, links, [], isKey)
  return keyed && !isPrimaryKey(keyed.column) ? { ...keyed, givesListAt: [] } : null
}

/** A part of a call's text that is written anew. */
export interface ChainEdit {
  readonly start: number
  readonly end: number
  readonly text: (keys: string) => string
}

function keyedIn(
  call: CallExpression,
  links: readonly Link[],
  first: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  const key = keyCondition(links, isKey)
  if (!key) return null
  const columns = links
    .filter(({ name }) => ['select', 'column', 'columns', 'first'].includes(name))
    .flatMap(({ args }) => args)
  if (columns.length > 0 && !columns.some((column) => ['*', key.column].includes(columnOf(column) ?? '')))
    return null
  const edits = [keyEdit(call, key), ...first.map((link) => firstEdit(call, link))]
  return { column: key.column, key: key.value, forKeys: (keys) => editedText(call, edits, keys) }
}

/** The one equality of a chain whose value is the key. */
export interface ChainKey {
  readonly link: Link
  readonly column: string
  /** The column as the condition names it, perhaps with its table. */
  readonly written: string
  readonly value: Node
}

/** Finds the one condition of a chain whose value is the key; null where there are several. */
export function keyCondition(links: readonly Link[], isKey: (value: Node) => boolean): ChainKey | null {
  const keyed = links.flatMap((link) =>
    (equalityOf(link) ?? []).filter(({ value }) => isKey(value)).map((pair) => ({ ...pair, link })),
  )
  const [key] = keyed
  if (keyed.length !== 1 || !key) return null
  return { ...key, written: columnText(key.link.args[0]) ?? key.column }
}

/** `.where({ id, active: true })` becomes `.where({ active: true }).whereIn('id', keys)`. */
export function keyEdit(
  call: CallExpression,
  { link, value, written }: ChainKey,
  separator = separatorBefore(link),
): ChainEdit {
  const { quote } = styleOf(call.getSourceFile())
  const object = link.args[0]
  const others = Node.isObjectLiteralExpression(object)
    ? object.getProperties().filter((property) => !property.forEachDescendantAsArray().includes(value))
    : []
  const kept = others.map((other) => other.getText()).join(', ')
  const rest = others.length > 0 ? `where({ ${kept} })${separator}.` : ''
  return { ...rangeOf(call, link), text: (keys) => `${rest}whereIn(${quote(written)}, ${keys})` }
}

/** `.first()` left out, `.first('id', 'name')` as `.select('id', 'name')`. */
export function firstEdit(call: CallExpression, link: Link): ChainEdit {
  const callee = link.call.getExpression()
  const range = rangeOf(call, link)
  const names = link.args.map((argument) => argument.getText()).join(', ')
  if (names !== '' || !Node.isPropertyAccessExpression(callee))
    return { ...range, text: () => `select(${names})` }
  return {
    start: callee.getExpression().getEnd() - call.getStart(),
    end: range.end,
    text: () => '',
  }
}

/** From a link's name to its closing parenthesis, as offsets in the text of the whole call. */
export function rangeOf(call: CallExpression, link: Link): { start: number; end: number } {
  const callee = link.call.getExpression()
  const start = Node.isPropertyAccessExpression(callee)
    ? callee.getNameNode().getStart()
    : link.call.getStart()
  return { start: start - call.getStart(), end: link.call.getEnd() - call.getStart() }
}

/** Source text of a call with some of its links written anew, for a list of keys. */
export function editedText(call: CallExpression, edits: readonly ChainEdit[], keys: string): string {
  return edits
    .toSorted((a, b) => b.start - a.start)
    .reduce(
      (text, edit) => text.slice(0, edit.start) + edit.text(keys) + text.slice(edit.end),
      call.getText(),
    )
}

function columnText(node: Node | undefined): string | null {
  return Node.isStringLiteral(node) ? node.getLiteralValue() : null
}

/** Columns of which a value can only stand in one row, and that every driver compares as JavaScript does. */
function isPrimaryKey(column: string): boolean {
  return column === 'id' || column === 'uuid'
}
