import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { bare, calleeName } from '../../functions.ts'
import type { Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports } from '../../rewrite/imports.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import { styleOf } from '../../rewrite/style.ts'
import { decoratorsOf, propertyOf } from '../reading/decorators.ts'
import { inLiteral, literalText, objectText, withEntries, type NewEntry } from '../reading/option-edits.ts'
import { optionNamed, readOptions } from '../reading/option-object.ts'
import type { KeyPageSource, PageSource, Query, Rewritten, SingleWrite } from '../orm.ts'
import { sequelizePackages } from './declarations.ts'
import { modelOf, modelsOf } from './models.ts'

const listFinders = /^(?:findAll|findAndCountAll|get[A-Z]\w*)$/

/** The finder that a call is: what it is called on, its name and its options. */
export interface Finder {
  readonly target: string
  readonly method: string
  readonly index: number
  readonly argument: Node | undefined
  readonly literal: ObjectLiteralExpression | null
}

/** Takes a finder apart; null for other calls. */
export function finderOf(call: CallExpression): Finder | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || method === null || method === 'query') return null
  const index = method === 'findByPk' ? 1 : 0
  const argument = call.getArguments()[index]
  const value = argument ? bare(argument) : undefined
  const literal = Node.isObjectLiteralExpression(value) ? value : null
  return { target: callee.getExpression().getText(), method, index, argument, literal }
}

/** Lets a finder of many rows read one page. */
export function paginateSequelize(
  call: CallExpression,
  query: Query,
  page: PageSource,
  resolver: Resolver,
  primaryKey: string | null,
): FileEdit[] | null {
  const finder = finderOf(call)
  if (!finder || query.operation !== 'many' || !listFinders.test(finder.method)) return null
  if (query.order?.length === 0 && primaryKey === null) return null
  const options = readOptions(finder.argument, { resolver, callers: [] })
  if (optionNamed(options, 'group')) return null
  const { quote } = styleOf(call.getSourceFile())
  const order =
    query.order?.length === 0 ? [entry('order', `[[${quote(primaryKey ?? '')}, ${quote('DESC')}]]`)] : []
  const counts = finder.method === 'findAndCountAll' && query.includes.some(({ many }) => many !== false)
  const distinct = counts && !optionNamed(options, 'distinct') ? [entry('distinct', 'true')] : []
  const bounds =
    page.unless === null
      ? [entry('limit', page.limit), entry('offset', page.offset)]
      : [{ name: null, text: `...(${page.unless} && { limit: ${page.limit}, offset: ${page.offset} })` }]
  return withEntries(call, finder.index, [...distinct, ...order, ...bounds])
}

/** Lets a finder without an order read the page after a key. */
export function paginateSequelizeByKey(
  call: CallExpression,
  query: Query,
  page: KeyPageSource,
  resolver: Resolver,
  primaryKey: string,
): FileEdit[] | null {
  const finder = finderOf(call)
  const isPlain = finder?.method === 'findAll' && query.order?.length === 0 && query.bound === null
  const imports = addImports(call.getSourceFile(), { sequelize: ['Op'] })
  if (!finder || !isPlain || !imports) return null
  const { quote } = styleOf(call.getSourceFile())
  const after = {
    name: null,
    text: `...(${page.after} !== undefined && { ${primaryKey}: { [Op.gt]: ${page.after} } })`,
  }
  const own = [entry('order', `[[${quote(primaryKey)}, ${quote('ASC')}]]`), entry('limit', page.limit)]
  const where = finder.literal ? propertyOf(finder.literal, 'where') : undefined
  if (where) {
    const conditions = bare(where)
    if (!Node.isObjectLiteralExpression(conditions) || !finder.literal) return null
    return [...imports, ...inLiteral(conditions, [after]), ...inLiteral(finder.literal, own)]
  }
  const hidden = optionNamed(readOptions(finder.argument, { resolver, callers: [] }), 'where')
  const edits =
    hidden || (finder.argument && !finder.literal)
      ? null
      : withEntries(call, 0, [entry('where', objectText([after])), ...own])
  return edits && [...imports, ...edits]
}

/** Lets a finder bring a to-one relation along. */
export function includeSequelize(
  call: CallExpression,
  _query: Query,
  relation: string,
  resolver: Resolver,
): FileEdit[] | null {
  const finder = finderOf(call)
  if (!finder || !/^(?:find|get)/.test(finder.method)) return null
  const { quote } = styleOf(call.getSourceFile())
  const include = finder.literal ? propertyOf(finder.literal, 'include') : undefined
  if (Node.isArrayLiteralExpression(include)) {
    const last = include.getElements().at(-1)
    return [
      last
        ? insertion(include, last.getEnd(), `, ${quote(relation)}`)
        : replacement(include, `[${quote(relation)}]`),
    ]
  }
  if (include) return [replacement(include, `[${include.getText()}, ${quote(relation)}]`)]
  if (optionNamed(readOptions(finder.argument, { resolver, callers: [] }), 'include')) return null
  return withEntries(call, finder.index, [entry('include', `[${quote(relation)}]`)])
}

/** `Post.create(row)` as `Post.bulkCreate(rows)`, validated as single rows are. */
export function singleWriteSequelize(
  call: CallExpression,
  query: Query,
  resolver: Resolver,
): SingleWrite | null {
  const callee = call.getExpression()
  const [row, options, ...others] = call.getArguments()
  if (
    query.bulk ||
    !Node.isPropertyAccessExpression(callee) ||
    callee.getName() !== 'create' ||
    !row ||
    others.length > 0
  )
    return null
  const target = callee.getExpression()
  if (!modelOf(target, resolver)) return null
  const literal = options ? bare(options) : undefined
  if (options && !Node.isObjectLiteralExpression(literal)) return null
  const validate = entry('validate', 'true')
  const given = Node.isObjectLiteralExpression(literal)
    ? literalText(literal, () => false, [validate])
    : objectText([validate])
  return { row, forRows: (rows) => `${target.getText()}.bulkCreate(${rows}, ${given})` }
}

/** The count of what a finder would read. */
export function countSequelize(call: CallExpression, query: Query): Rewritten | null {
  const finder = finderOf(call)
  if (
    !finder ||
    finder.method !== 'findAll' ||
    query.operation !== 'many' ||
    query.skips ||
    query.limit ||
    query.includes.length > 0
  )
    return null
  if (!finder.argument) return { text: `${finder.target}.count()` }
  if (!finder.literal) return null
  const names = finder.literal
    .getProperties()
    .map((property) =>
      Node.isSpreadAssignment(property) ? '...' : (property.getText().split(/[\s:(]/)[0] ?? ''),
    )
  const droppable = new Set(['order', 'attributes', 'raw', 'nest'])
  if (
    names.some(
      (name) => !droppable.has(name) && !['where', 'transaction', 'paranoid', 'logging'].includes(name),
    )
  )
    return null
  const options = literalText(finder.literal, (name) => droppable.has(name))
  return { text: `${finder.target}.count(${options === '{}' ? '' : options})` }
}

/** Lets a finder read some columns only. */
export function selectSequelize(
  call: CallExpression,
  _query: Query,
  columns: readonly string[],
): FileEdit[] | null {
  const finder = finderOf(call)
  if (!finder || !/^(?:find(?:All|One|ByPk|AndCountAll)|get[A-Z]\w*)$/.test(finder.method)) return null
  const { quote } = styleOf(call.getSourceFile())
  return withEntries(call, finder.index, [entry('attributes', `[${columns.map(quote).join(', ')}]`)])
}

/** Adds the primary key to the order of a finder. */
export function orderSequelize(
  call: CallExpression,
  query: Query,
  primaryKey: string,
  resolver: Resolver,
): FileEdit[] | null {
  const finder = finderOf(call)
  if (!finder || query.order === null || query.order.includes(primaryKey) || !listFinders.test(finder.method))
    return null
  const { quote } = styleOf(call.getSourceFile())
  const order = finder.literal ? propertyOf(finder.literal, 'order') : undefined
  if (Node.isArrayLiteralExpression(order)) {
    const last = order.getElements().at(-1)
    if (!last) return [replacement(order, `[[${quote(primaryKey)}, ${quote('DESC')}]]`)]
    const direction = Node.isArrayLiteralExpression(last)
      ? (last.getElements()[1]?.getText() ?? quote('ASC'))
      : quote('ASC')
    return [insertion(order, last.getEnd(), `, [${quote(primaryKey)}, ${direction}]`)]
  }
  if (order || optionNamed(readOptions(finder.argument, { resolver, callers: [] }), 'order')) return null
  return withEntries(call, finder.index, [entry('order', `[[${quote(primaryKey)}, ${quote('DESC')}]]`)])
}

/** Adds an index to the options of a model. */
export function addSequelizeIndex(
  table: string,
  columns: readonly string[],
  _program: Program,
  resolver: Resolver,
): FileEdit[] | null {
  const model = modelsOf(resolver).byName.get(table)
  if (!model) return null
  const { quote } = styleOf(model.node.getSourceFile())
  const index = `{ fields: [${columns.map(quote).join(', ')}] }`
  const options = model.options ? bare(model.options) : undefined
  if (Node.isObjectLiteralExpression(options)) {
    const indexes = propertyOf(options, 'indexes')
    if (!indexes) return inLiteral(options, [entry('indexes', `[${index}]`)])
    if (!Node.isArrayLiteralExpression(indexes)) return null
    const last = indexes.getElements().at(-1)
    return [last ? insertion(indexes, last.getEnd(), `, ${index}`) : replacement(indexes, `[${index}]`)]
  }
  if (options) return null
  if (Node.isCallExpression(model.node)) return withEntries(model.node, 2, [entry('indexes', `[${index}]`)])
  const decorator = decoratorsOf(model.node, sequelizePackages, resolver).find(({ name }) => name === 'Table')
  if (!decorator) return null
  const text = `@${decorator.node.getNameNode().getText()}({ indexes: [${index}] })`
  return decorator.args.length === 0 ? [replacement(decorator.node, text)] : null
}

function entry(name: string, text: string): NewEntry {
  return { name, text }
}
