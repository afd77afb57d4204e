import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { bare, calleeName } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports } from '../../rewrite/imports.ts'
import { replacement } from '../../rewrite/placement.ts'
import { styleOf } from '../../rewrite/style.ts'
import { propertyOf, textOf } from '../reading/decorators.ts'
import { inLiteral, literalText, objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import { optionNamed, readOptions } from '../reading/option-object.ts'
import type { KeyPageSource, PageSource, Query } from '../orm.ts'
import { builderOf } from './builder.ts'
import { receiverOf } from './receivers.ts'
import { beforeLast, findOf, optionsEdits, renameTo } from './find.ts'

/** Lets a find or query builder read one page. */
export function paginateTypeorm(
  call: CallExpression,
  query: Query,
  page: PageSource,
  resolver: Resolver,
  primaryKey: string | null,
): FileEdit[] | null {
  if (primaryKey === null && query.order?.length === 0) return null
  const find = findOf(call, resolver)
  if (isOfMongo(call, resolver)) return null
  if (!find) return paginateBuilder(call, query, page, resolver, primaryKey)
  if (!/^find(?:By|AndCount|AndCountBy)?$/.test(find.method)) return null
  const { quote } = styleOf(call.getSourceFile())
  const order =
    query.order?.length === 0 ? [{ name: 'order', text: `{ ${primaryKey}: ${quote('DESC')} }` }] : []
  const bounds =
    page.unless === null
      ? [entry('take', page.limit), entry('skip', page.offset)]
      : [spread(`...(${page.unless} && { take: ${page.limit}, skip: ${page.offset} })`)]
  return optionsEdits(call, find, [...order, ...bounds])
}

function paginateBuilder(
  call: CallExpression,
  query: Query,
  page: PageSource,
  resolver: Resolver,
  primaryKey: string | null,
): FileEdit[] | null {
  const name = calleeName(call) ?? ''
  const builder = builderOf(call, { resolver, callers: [] })
  if (!builder || query.bound !== null || !/^get(?:Many|ManyAndCount|RawMany)$/.test(name)) return null
  const isRaw = name === 'getRawMany'
  if (isRaw && builder.steps.some((step) => /^(?:distinct|groupBy|join)/i.test(step.name))) return null
  if (query.order?.length === 0 && builder.alias === null) return null
  const { quote } = styleOf(call.getSourceFile())
  const order =
    query.order?.length === 0
      ? [`.orderBy(${quote(`${builder.alias}.${primaryKey}`)}, ${quote('DESC')})`]
      : []
  const dot = page.unless === null ? '' : page.unless
  const limit = dot === '' ? page.limit : page.limit.replace(`${dot}.`, `${dot}?.`)
  const offset = dot === '' ? page.offset : page.offset.replace(`${dot}.`, `${dot}?.`)
  const steps = isRaw ? [`.limit(${limit})`, `.offset(${offset})`] : [`.take(${limit})`, `.skip(${offset})`]
  return [beforeLast(call, [...order, ...steps])]
}

/** Lets a find without an order read the page after a key. */
export function paginateTypeormByKey(
  call: CallExpression,
  query: Query,
  page: KeyPageSource,
  resolver: Resolver,
  primaryKey: string,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  const isPlain =
    find && /^find(?:By)?$/.test(find.method) && query.order?.length === 0 && query.bound === null
  const imports = addImports(call.getSourceFile(), { typeorm: ['MoreThan'] })
  if (!find || !isPlain || !imports || isOfMongo(call, resolver)) return null
  const { quote } = styleOf(call.getSourceFile())
  const after = `...(${page.after} !== undefined && { ${primaryKey}: MoreThan(${page.after}) })`
  const own = [entry('order', `{ ${primaryKey}: ${quote('ASC')} }`), entry('take', page.limit)]
  if (!find.argument)
    return withAdded(imports, withEntries(call, find.index, [entry('where', `{ ${after} }`), ...own]))
  if (find.isWhere) {
    const where = whereWith(find.argument, after)
    return where === null
      ? null
      : [
          ...imports,
          ...renameTo(call, 'find'),
          replacement(find.argument, objectText([entry('where', where), ...own])),
        ]
  }
  const literal = bare(find.argument)
  if (!Node.isObjectLiteralExpression(literal)) return null
  const where = propertyOf(literal, 'where')
  if (!where) {
    const hidden = optionNamed(readOptions(literal, { resolver, callers: [] }), 'where')
    return hidden ? null : withAdded(imports, inLiteral(literal, [entry('where', `{ ${after} }`), ...own]))
  }
  const text = whereWith(where, after)
  return text === null ? null : [...imports, replacement(where, text), ...inLiteral(literal, own)]
}

/** Whether a find is of MongoDB, where the key is named `_id` in conditions and orders, and operators don't apply. */
function isOfMongo(call: CallExpression, resolver: Resolver): boolean {
  const callee = call.getExpression()
  const receiver = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
  const entity = receiver && receiverOf(receiver, resolver)?.entity?.node
  const isMongoEntity = (entity?.getProperties() ?? []).some(
    (property) => property.getDecorator('ObjectIdColumn') !== undefined,
  )
  return isMongoEntity || /"typeorm"\.Mongo/.test((receiver && resolver.origin(receiver)) ?? '')
}

/** Conditions with one more, where they are an object and not a list of alternatives. */
function whereWith(where: Node, condition: string): string | null {
  const value = bare(where)
  if (!Node.isObjectLiteralExpression(value)) return null
  return literalText(value, () => false, [spread(condition)])
}

function withAdded(imports: readonly FileEdit[], edits: FileEdit[] | null): FileEdit[] | null {
  return edits && [...imports, ...edits]
}

/** Adds the primary key to the order of a find or query builder. */
export function orderTypeorm(
  call: CallExpression,
  query: Query,
  primaryKey: string,
  resolver: Resolver,
): FileEdit[] | null {
  const { quote } = styleOf(call.getSourceFile())
  if (query.order === null || query.order.includes(primaryKey)) return null
  const find = findOf(call, resolver)
  if (find) {
    const literal = find.argument && !find.isWhere ? bare(find.argument) : undefined
    const order = propertyOf(literal, 'order')
    if (order && !Node.isObjectLiteralExpression(order)) return null
    if (Node.isObjectLiteralExpression(order))
      return inLiteral(order, [entry(primaryKey, directionIn(order, quote))])
    if (query.order.length > 0) return null
    return optionsEdits(call, find, [entry('order', `{ ${primaryKey}: ${quote('DESC')} }`)])
  }
  const builder = builderOf(call, { resolver, callers: [] })
  if (!builder?.alias) return null
  const last = builder.steps.findLast((step) => /orderBy$/i.test(step.name))
  const direction = textOf(last?.args[1])?.toUpperCase() === 'DESC' ? 'DESC' : last ? 'ASC' : 'DESC'
  const step = `.${last ? 'addOrderBy' : 'orderBy'}(${quote(`${builder.alias}.${primaryKey}`)}, ${quote(direction)})`
  return [beforeLast(call, [step])]
}

/** The direction of an order's last column, as written where it is a text. */
function directionIn(order: ObjectLiteralExpression, quote: (text: string) => string): string {
  const last = order.getProperties().at(-1)
  const value = Node.isPropertyAssignment(last) ? last.getInitializer() : undefined
  const text = textOf(value)
  return text === null ? (value?.getText() ?? quote('ASC')) : quote(text)
}

function entry(name: string, text: string): NewEntry {
  return { name, text }
}

function spread(text: string): NewEntry {
  return { name: null, text }
}
