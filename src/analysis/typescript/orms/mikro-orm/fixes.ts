import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { bare, calleeName } from '../../functions.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports } from '../../rewrite/imports.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import { indentOf, styleOf } from '../../rewrite/style.ts'
import { decoratorsOf, propertyOf, textOf } from '../reading/decorators.ts'
import { isMikroTerminal, mikroBuilderOf } from './builder.ts'
import { mikroEntityOf, mikroPackages, mikroReceiverOf } from './receivers.ts'
import { mikroEntityNamed } from './schema.ts'
import { inLiteral, objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import { optionNamed, readOptions } from '../reading/option-object.ts'
import type { KeyPageSource, PageSource, Query, Rewritten, SingleWrite } from '../orm.ts'
import type { Entity } from '../reading/repository-receivers.ts'

/** Where a find holds its conditions and options. */
export interface Find {
  readonly target: string
  readonly method: string
  /** The entity that a manager is told, with a comma behind it; empty for repositories. */
  readonly told: string
  readonly entity: Entity | null
  readonly whereIndex: number | null
  readonly optionsIndex: number
}

/** Takes a find apart; null for query builders and plain SQL. */
export function findOf(call: CallExpression, resolver: Resolver): Find | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || method === null || isMikroTerminal(method)) return null
  const receiver = mikroReceiverOf(callee.getExpression(), resolver)
  if (!receiver) return null
  const [first] = call.getArguments()
  const start = receiver.kind === 'manager' ? 1 : 0
  const whereIndex = method === 'findAll' || method === 'findByCursor' ? null : start
  return {
    target: callee.getExpression().getText(),
    method,
    told: start === 1 ? `${first?.getText() ?? ''}, ` : '',
    entity: start === 1 ? mikroEntityOf(first, resolver) : receiver.entity,
    whereIndex,
    optionsIndex: whereIndex === null ? start : start + 1,
  }
}

/** Lets a find read one page. */
export function paginateMikro(
  call: CallExpression,
  query: Query,
  page: PageSource,
  resolver: Resolver,
  primaryKey: string | null,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  const { quote } = styleOf(call.getSourceFile())
  if (query.order?.length === 0 && primaryKey === null) return null
  if (!find) return paginateBuilder(call, query, page, resolver, primaryKey)
  if (!/^find(?:All|AndCount)?$/.test(find.method)) return null
  const order = query.order?.length === 0 ? [entry('orderBy', `{ ${primaryKey}: ${quote('DESC')} }`)] : []
  const bounds =
    page.unless === null
      ? [entry('limit', page.limit), entry('offset', page.offset)]
      : [spread(`...(${page.unless} && { limit: ${page.limit}, offset: ${page.offset} })`)]
  return withOptions(call, find, [...order, ...bounds])
}

function withOptions(call: CallExpression, find: Find, entries: readonly NewEntry[]): FileEdit[] | null {
  const fillers = find.whereIndex === null ? [] : find.whereIndex === 1 ? ['', '{}'] : ['{}']
  return withEntries(call, find.optionsIndex, entries, fillers)
}

function paginateBuilder(
  call: CallExpression,
  query: Query,
  page: PageSource,
  resolver: Resolver,
  primaryKey: string | null,
): FileEdit[] | null {
  const callee = call.getExpression()
  const builder = mikroBuilderOf(call, { resolver, callers: [] })
  if (!builder || page.unless !== null || query.bound !== null || !Node.isPropertyAccessExpression(callee))
    return null
  if (!/^getResult(?:List|AndCount)?$/.test(callee.getName())) return null
  const { quote } = styleOf(call.getSourceFile())
  const order = query.order?.length === 0 ? `.orderBy({ ${primaryKey}: ${quote('DESC')} })` : ''
  return [insertion(call, callee.getExpression().getEnd(), `${order}.limit(${page.limit}, ${page.offset})`)]
}

/** Lets a find without an order read the page after a key. */
export function paginateMikroByKey(
  call: CallExpression,
  query: Query,
  page: KeyPageSource,
  resolver: Resolver,
  primaryKey: string,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  if (!find || query.order?.length !== 0 || query.bound !== null || !/^find(?:All)?$/.test(find.method))
    return null
  const { quote } = styleOf(call.getSourceFile())
  const after = spread(`...(${page.after} !== undefined && { ${primaryKey}: { $gt: ${page.after} } })`)
  const own = [entry('orderBy', `{ ${primaryKey}: ${quote('ASC')} }`), entry('limit', page.limit)]
  const args = call.getArguments()
  if (find.whereIndex === null) {
    const given = args[find.optionsIndex]
    if (!given) return withOptions(call, find, [entry('where', objectText([after])), ...own])
    const literal = bare(given)
    if (!Node.isObjectLiteralExpression(literal)) return null
    const where = propertyOf(literal, 'where')
    if (!where) return inLiteral(literal, [entry('where', objectText([after])), ...own])
    return Node.isObjectLiteralExpression(where)
      ? [...inLiteral(where, [after]), ...inLiteral(literal, own)]
      : null
  }
  const where = args[find.whereIndex]
  const conditions = where ? bare(where) : undefined
  if (!Node.isObjectLiteralExpression(conditions)) return null
  const edits = withOptions(call, find, own)
  return edits && [...inLiteral(conditions, [after]), ...edits]
}

/** Lets a find bring a to-one relation along. */
export function includeMikro(
  call: CallExpression,
  _query: Query,
  relation: string,
  resolver: Resolver,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  if (!find || !find.method.startsWith('find')) return null
  const { quote } = styleOf(call.getSourceFile())
  const given = call.getArguments()[find.optionsIndex]
  const literal = given ? bare(given) : undefined
  const populate = propertyOf(literal, 'populate')
  if (Node.isArrayLiteralExpression(populate)) {
    const last = populate.getElements().at(-1)
    return [
      last
        ? insertion(populate, last.getEnd(), `, ${quote(relation)}`)
        : replacement(populate, `[${quote(relation)}]`),
    ]
  }
  if (populate || optionNamed(readOptions(given, { resolver, callers: [] }), 'populate')) return null
  return withOptions(call, find, [entry('populate', `[${quote(relation)}]`)])
}

/** `em.insert(User, row)` as `em.insertMany(User, rows)`, and `upsert` likewise. */
export function singleWriteMikro(call: CallExpression, query: Query, resolver: Resolver): SingleWrite | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (query.bulk || !Node.isPropertyAccessExpression(callee) || (method !== 'insert' && method !== 'upsert'))
    return null
  const receiver = mikroReceiverOf(callee.getExpression(), resolver)
  const args = call.getArguments()
  const isManager = receiver?.kind === 'manager'
  const row = isManager ? args[1] : args[0]
  if (!receiver || !row || args.length !== (isManager ? 2 : 1)) return null
  const told = isManager ? `${args[0]?.getText()}, ` : ''
  return { row, forRows: (rows) => `${callee.getExpression().getText()}.${method}Many(${told}${rows})` }
}

/** The count of what a find would read. */
export function countMikro(call: CallExpression, query: Query, resolver: Resolver): Rewritten | null {
  const find = findOf(call, resolver)
  if (!find || query.operation !== 'many' || query.skips || query.limit) return null
  const args = call.getArguments()
  if (find.method === 'findAll') {
    const given = args[find.optionsIndex]
    const literal = given ? bare(given) : undefined
    if (given && !Node.isObjectLiteralExpression(literal)) return null
    const names = Node.isObjectLiteralExpression(literal)
      ? literal.getProperties().map((property) => property.getText().split(/[\s:(.]/)[0])
      : []
    if (
      names.some((name) => name === undefined || !['where', 'orderBy', 'populate', 'fields'].includes(name))
    )
      return null
    const where = propertyOf(literal, 'where')?.getText()
    return {
      text: `${find.target}.count(${[find.told.replace(/, $/, ''), where ?? ''].filter((part) => part !== '').join(', ')})`,
    }
  }
  if (find.method !== 'find' || find.whereIndex === null) return null
  const where = args[find.whereIndex]?.getText() ?? '{}'
  return { text: `${find.target}.count(${find.told}${where})` }
}

/** Lets a find read some columns only. */
export function selectMikro(
  call: CallExpression,
  _query: Query,
  columns: readonly string[],
  resolver: Resolver,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  if (!find || !/^find(?:All|AndCount|One)?$/.test(find.method)) return null
  const { quote } = styleOf(call.getSourceFile())
  return withOptions(call, find, [entry('fields', `[${columns.map(quote).join(', ')}]`)])
}

/** Adds the primary key to the order of a find. */
export function orderMikro(
  call: CallExpression,
  query: Query,
  primaryKey: string,
  resolver: Resolver,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  if (
    !find ||
    query.order === null ||
    query.order.includes(primaryKey) ||
    !/^find(?:All|AndCount)?$/.test(find.method)
  )
    return null
  const { quote } = styleOf(call.getSourceFile())
  const given = call.getArguments()[find.optionsIndex]
  const order = propertyOf(given ? bare(given) : undefined, 'orderBy')
  if (Node.isObjectLiteralExpression(order)) {
    const last = order.getProperties().at(-1)
    const direction = Node.isPropertyAssignment(last) ? last.getInitializer() : undefined
    const text = textOf(direction)
    return inLiteral(order, [
      entry(primaryKey, text === null ? (direction?.getText() ?? quote('ASC')) : quote(text)),
    ])
  }
  if (order || optionNamed(readOptions(given, { resolver, callers: [] }), 'orderBy')) return null
  return withOptions(call, find, [entry('orderBy', `{ ${primaryKey}: ${quote('DESC')} }`)])
}

/** Adds `@Index` to an entity: to the property of one column, else to the class. */
export function addMikroIndex(
  table: string,
  columns: readonly string[],
  program: Program,
  resolver: Resolver,
): FileEdit[] | null {
  const owner = mikroEntityNamed(table, program, resolver)
  const [only, ...others] = columns
  const module = owner && decoratorModule(owner, resolver)
  const imports = module ? addImports(owner.getSourceFile(), { [module]: ['Index'] }) : null
  if (!owner || !imports || only === undefined) return null
  const member = owner.getInstanceProperties().find((property) => property.getName() === only)
  const place = others.length === 0 ? member : owner
  if (!place || !Node.isDecoratable(place)) return null
  const { quote, lineBreak } = styleOf(owner.getSourceFile())
  const first = place.getDecorators()[0] ?? place
  const decorator =
    place === owner ? `@Index({ properties: [${columns.map(quote).join(', ')}] })` : '@Index()'
  const isInline = place !== owner && first !== place && first.getEndLineNumber() === place.getEndLineNumber()
  return [
    ...imports,
    insertion(
      place,
      first.getStart(),
      isInline ? `${decorator} ` : `${decorator}${lineBreak}${indentOf(place)}`,
    ),
  ]
}

/** The package from which an entity's file takes its decorators. */
function decoratorModule(owner: Node, resolver: Resolver): string | null {
  if (!Node.isDecoratable(owner) || decoratorsOf(owner, mikroPackages, resolver).length === 0) return null
  const [decorator] = owner.getDecorators()
  const name = decorator?.getCallExpression()?.getExpression() ?? decorator?.getExpression()
  return name ? (/^"([^"]+)"/.exec(resolver.origin(name) ?? '')?.[1] ?? null) : null
}

function entry(name: string, text: string): NewEntry {
  return { name, text }
}

function spread(text: string): NewEntry {
  return { name: null, text }
}
