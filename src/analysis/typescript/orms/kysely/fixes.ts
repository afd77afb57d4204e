import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { isUniqueColumn } from '../../../unique-columns.ts'
import { replacement } from '../../rewrite/placement.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { Link } from '../reading/builder-chain.ts'
import { appendedSteps, chainText, holdsComment } from '../reading/chain-edits.ts'
import { textOf } from '../reading/decorators.ts'
import { aliasIn, columnsOf } from './chain.ts'
import type { KeyPageSource, Lookup, PageSource, Query, Rewritten, SingleWrite } from '../orm.ts'

const running = new Set(['execute', 'executeTakeFirst', 'executeTakeFirstOrThrow', 'stream'])
const merging = /^(?:distinct|union|intersect|except|having|groupBy|with)/
const lookupLinks = new Set([
  'selectFrom',
  'selectAll',
  'select',
  'where',
  'orderBy',
  'execute',
  'executeTakeFirst',
  'innerJoin',
  'leftJoin',
])

/** Edits that order and limit a query. */
export function pageEdits(
  query: Query,
  page: PageSource,
  links: readonly Link[],
  key: string,
): FileEdit[] | null {
  if (links.some(({ name }) => name === 'limit' || name === 'offset') || unordered(query, links)) return null
  const { quote } = styleOf(query.value.getSourceFile())
  const order =
    query.order?.length === 0 ? [`.orderBy(${quote(qualified(links, key))}, ${quote('desc')})`] : []
  const steps = [...order, `.limit(${page.limit})`, `.offset(${page.offset})`]
  if (page.unless === null) return [added(query, steps, links)]
  return [added(query, [`.$call((query) => (${page.unless} ? query${steps.join('')} : query))`], links)]
}

/** Edits that make a query without an order read the page after a key. */
export function keyPageEdits(
  query: Query,
  page: KeyPageSource,
  links: readonly Link[],
  key: string,
): FileEdit[] | null {
  if (
    query.order?.length !== 0 ||
    links.some(({ name }) => name === 'limit' || name === 'offset' || merging.test(name))
  )
    return null
  const { quote } = styleOf(query.value.getSourceFile())
  const column = quote(qualified(links, key))
  const after = `.$call((query) => (${page.after} === undefined ? query : query.where(${column}, ${quote('>')}, ${page.after})))`
  return [added(query, [after, `.orderBy(${column})`, `.limit(${page.limit})`], links)]
}

/** Edits that make a key the last column of a query's order. */
export function orderEdits(query: Query, links: readonly Link[], key: string): FileEdit[] | null {
  if (links.some(({ name }) => merging.test(name))) return null
  const { quote } = styleOf(query.value.getSourceFile())
  return [added(query, [`.orderBy(${quote(qualified(links, key))})`], links)]
}

/** Edits that restrict a query to some columns. */
export function columnEdits(
  query: Query,
  columns: readonly string[],
  links: readonly Link[],
): FileEdit[] | null {
  const [all, ...others] = links.filter(({ name }) => name === 'selectAll')
  const callee = all?.call.getExpression()
  if (!all || others.length > 0 || all.args.length > 0 || !Node.isPropertyAccessExpression(callee))
    return null
  if (links.some(({ name }) => name === 'select' || /join/i.test(name) || merging.test(name))) return null
  const { quote } = styleOf(query.value.getSourceFile())
  const list = columns.map((column) => quote(column)).join(', ')
  const edit = replacement(callee.getNameNode(), `select([${list}])`)
  return [{ ...edit, end: all.call.getEnd() }]
}

/** Rows counted instead of read. */
export function countText(call: CallExpression, query: Query, links: readonly Link[]): Rewritten | null {
  if (query.value !== call || query.operation !== 'many' || query.bound !== null || holdsComment(call))
    return null
  if (links.some(({ name }) => merging.test(name) || /join|limit|offset/i.test(name) || name.startsWith('$')))
    return null
  const { quote } = styleOf(call.getSourceFile())
  const kept = chainText(call, links, ({ name }) =>
    ['select', 'selectAll', 'orderBy'].includes(name) || running.has(name) ? '' : null,
  )
  return {
    text: `${kept}.select((eb) => eb.fn.countAll().as(${quote('count')})).executeTakeFirstOrThrow().then((row) => Number(row.count))`,
  }
}

/** `.insertInto('posts').values(row).execute()` as a write of many rows. */
export function singleInsert(call: CallExpression, links: readonly Link[]): SingleWrite | null {
  const values = links.find(({ name }) => name === 'values')
  const [row, ...more] = values?.args ?? []
  const isPlain = links.every(({ name }) =>
    ['insertInto', 'values', 'execute', 'executeTakeFirst'].includes(name),
  )
  if (!row || more.length > 0 || !isPlain || Node.isArrayLiteralExpression(row)) return null
  return {
    row,
    forRows: (rows) => chainText(call, links, (link) => (link === values ? `.values(${rows})` : null)),
  }
}

/** `where('id', '=', id)` as a look-up. */
export function lookup(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  const keyed = keyedIn(call, links, isKey)
  if (!keyed || !isUniqueColumn(keyed.column)) return null
  return links.at(-1)?.name === 'execute' ? { ...keyed, givesListAt: [] } : keyed
}

/** `where('post_id', '=', id)` as a reading for many. */
export function children(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  const keyed = links.at(-1)?.name === 'execute' ? keyedIn(call, links, isKey) : null
  return keyed && !isUniqueColumn(keyed.column) ? { ...keyed, givesListAt: [] } : null
}

function keyedIn(
  call: CallExpression,
  links: readonly Link[],
  isKey: (value: Node) => boolean,
): Lookup | null {
  if (links.some(({ name }) => !lookupLinks.has(name)) || !running.has(links.at(-1)?.name ?? '')) return null
  const [where, ...others] = links.filter(
    ({ name, args }) =>
      name === 'where' && args[2] !== undefined && textOf(args[1]) === '=' && isKey(args[2]),
  )
  const name = textOf(where?.args[0])
  const key = where?.args[2]
  const column = name?.split('.').at(-1)
  if (!where || others.length > 0 || name === null || column === undefined || !key) return null
  const columns = columnsOf(links)
  if (columns && !columns.includes(column)) return null
  const { quote } = styleOf(call.getSourceFile())
  return {
    column,
    key,
    forKeys: (keys) =>
      chainText(call, links, (link) =>
        link === where
          ? `.where(${quote(name)}, ${quote('in')}, ${keys})`
          : link.name === 'executeTakeFirst'
            ? '.execute()'
            : null,
      ),
  }
}

/** Whether rows that are merged have no order to which one could be added. */
function unordered(query: Query, links: readonly Link[]): boolean {
  return query.order?.length === 0 && links.some(({ name }) => merging.test(name))
}

/** The key, qualified where the query joins tables. */
function qualified(links: readonly Link[], column: string): string {
  const alias = aliasIn(links)
  return alias !== null && links.some(({ name }) => /join/i.test(name)) ? `${alias}.${column}` : column
}

/** Adds calls to a query, before the one that runs it. */
function added(query: Query, steps: readonly string[], links: readonly Link[]): FileEdit {
  const last = links.findLast(({ call }) => call === query.value)
  const callee = last && running.has(last.name) ? last.call.getExpression() : undefined
  const at = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : query.value
  return appendedSteps(at, steps, links.at(-1))
}
