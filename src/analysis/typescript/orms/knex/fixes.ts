import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { Link } from '../reading/builder-chain.ts'
import { appendedBlock, appendedSteps, chainText, holdsComment, textWith } from '../reading/chain-edits.ts'
import type { KeyPageSource, PageSource, Query, Rewritten, SingleWrite } from '../orm.ts'

const merging = /^(?:distinct|union|intersect|except|having|groupBy)/
const inserting = new Set(['insert', 'into', 'from', 'table', 'transacting'])

/** Edits that order and limit a builder of Knex or of one made like it; `column` orders what has no order. */
export function pageEdits(
  query: Query,
  page: PageSource,
  column: string,
  links: readonly Link[],
): FileEdit[] | null {
  if (query.order?.length === 0 && links.some(({ name }) => merging.test(name))) return null
  if (links.some(({ name }) => name === 'limit' || name === 'offset' || name === 'page' || name === 'range'))
    return null
  const { quote, indent, end } = styleOf(query.value.getSourceFile())
  const order = query.order?.length !== 0 ? [] : [`.orderBy(${quote(column)}, ${quote('desc')})`]
  const steps = [...order, `.limit(${page.limit})`, `.offset(${page.offset})`]
  const last = links.at(-1)
  if (page.unless === null) return [appendedSteps(query.value, steps, last)]
  const body = `${indent}if (${page.unless}) query${steps.join('')}${end}`
  return [appendedBlock(query.value, ['.modify((query) => {', body, '})'], last)]
}

/** Edits that make a builder without an order read the page after a key. */
export function keyPageEdits(
  query: Query,
  page: KeyPageSource,
  column: string,
  links: readonly Link[],
): FileEdit[] | null {
  if (query.order?.length !== 0 || links.some(({ name }) => merging.test(name) || name.startsWith('or')))
    return null
  if (links.some(({ name }) => name === 'limit' || name === 'offset')) return null
  const { quote, indent, end } = styleOf(query.value.getSourceFile())
  const last = links.at(-1)
  const body = `${indent}if (${page.after} !== undefined) query.where(${quote(column)}, ${quote('>')}, ${page.after})${end}`
  const steps = [`.orderBy(${quote(column)})`, `.limit(${page.limit})`]
  return [appendedBlock(query.value, ['.modify((query) => {', body, '})', ...steps], last)]
}

/** Edits that restrict a builder to some columns. */
export function columnEdits(
  query: Query,
  columns: readonly string[],
  links: readonly Link[],
): FileEdit[] | null {
  if (query.columns !== null || links.some(({ name }) => /join|graph/i.test(name) || merging.test(name)))
    return null
  const { quote } = styleOf(query.value.getSourceFile())
  const text = columns.map((column) => quote(column)).join(', ')
  const stars = links.filter(
    ({ name, args }) =>
      name === 'select' && args.every((argument) => /^['"`]\*['"`]$/.test(argument.getText())),
  )
  const [star] = stars
  if (star && stars.length === 1) {
    const argument = star.args[0]
    const start = argument?.getStart() ?? star.call.getEnd() - 1
    const file = star.call.getSourceFile().getFilePath().slice(1)
    return [{ file, start, end: argument?.getEnd() ?? start, text }]
  }
  const first = links.find(({ name }) => name === 'first')
  if (stars.length > 0 || links.some(({ name }) => /^(?:select|columns?)$/.test(name))) return null
  if (first) {
    if (first.args.length > 0) return null
    const file = first.call.getSourceFile().getFilePath().slice(1)
    return [{ file, start: first.call.getEnd() - 1, end: first.call.getEnd() - 1, text }]
  }
  return [appendedSteps(query.value, [`.select(${text})`], links.at(-1))]
}

/** Edits that make a key the last column of a builder's order. */
export function orderEdits(query: Query, column: string, links: readonly Link[]): FileEdit[] | null {
  if (links.some(({ name }) => merging.test(name))) return null
  const { quote } = styleOf(query.value.getSourceFile())
  return [appendedSteps(query.value, [`.orderBy(${quote(column)})`], links.at(-1))]
}

/** The number of the rows of a builder, counted by the database; `size` writes the calls that count. */
export function countOf(
  call: CallExpression,
  query: Query,
  links: readonly Link[],
  size: string,
): Rewritten | null {
  if (query.value !== call || query.bound !== null || query.operation !== 'many') return null
  if (links.some(({ name }) => merging.test(name) || /join|graph|modify|limit|offset/i.test(name)))
    return null
  if (holdsComment(call)) return null
  const dropped = new Set(['select', 'column', 'columns', 'orderBy', 'orderByRaw'])
  return { text: chainText(call, links, ({ name }) => (dropped.has(name) ? '' : null)) + size }
}

/** `.insert(row)` as a write of many rows. */
export function singleInsert(call: CallExpression, links: readonly Link[]): SingleWrite | null {
  const [insert, ...others] = links.filter(({ name }) => name === 'insert')
  const [row, ...more] = insert?.args ?? []
  if (!insert || others.length > 0 || !row || more.length > 0) return null
  if (links.some(({ name }) => !inserting.has(name)) || Node.isArrayLiteralExpression(row)) return null
  return { row, forRows: (rows) => textWith(call, row, rows) }
}
