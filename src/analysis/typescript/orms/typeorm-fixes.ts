import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { bare, calleeName } from '../functions.ts'
import { fileOf, type Program } from '../program.ts'
import type { Resolver } from '../resolver.ts'
import { addImports } from '../rewrite/imports.ts'
import { insertion, replacement } from '../rewrite/placement.ts'
import { indentOf, styleOf } from '../rewrite/style.ts'
import { separatorBefore } from './builder-chain.ts'
import { decoratorsOf, propertyOf, textOf } from './decorators.ts'
import { inLiteral, literalText, objectText, withEntries, type NewEntry } from './option-edits.ts'
import { optionNamed, readOptions } from './option-object.ts'
import type { KeyPageSource, PageSource, Query, Rewritten, SingleWrite } from './orm.ts'
import { builderOf, isTerminal } from './typeorm-builder.ts'
import { isConditions } from './typeorm-options.ts'
import { receiverOf } from './typeorm-receivers.ts'
import { entityNamed } from './typeorm-schema.ts'

/** Where a find holds its options or conditions. */
interface Find {
  /** What the method is called on, as written. */
  readonly target: string
  readonly method: string
  /** The entity that a manager is told, as written, with a comma behind it; empty for repositories. */
  readonly told: string
  /** The index of the argument that holds options or conditions. */
  readonly index: number
  readonly argument: Node | undefined
  /** Whether that argument is the conditions themselves. */
  readonly isWhere: boolean
}

/** Takes a find apart; null for query builders and plain SQL. */
export function findOf(call: CallExpression, resolver: Resolver): Find | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (!Node.isPropertyAccessExpression(callee) || method === null || isTerminal(method)) return null
  const receiver = receiverOf(callee.getExpression(), resolver)
  if (!receiver) return null
  const args = call.getArguments()
  const index = receiver.kind === 'manager' ? 1 : 0
  const argument = args[index]
  const options = readOptions(argument, { resolver, callers: [] })
  return {
    target: callee.getExpression().getText(),
    method,
    told: index === 1 ? `${args[0]?.getText() ?? ''}, ` : '',
    index,
    argument,
    isWhere: /By(?:OrFail)?$/.test(method) || (argument !== undefined && isConditions(options)),
  }
}

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
  if (!find) return paginateBuilder(call, query, page, resolver, primaryKey)
  if (!/^find(?:By|AndCount|AndCountBy)?$/.test(find.method)) return null
  const { quote } = styleOf(call.getSourceFile())
  const order = query.order?.length === 0 ? [{ name: 'order', text: `{ ${primaryKey}: ${quote('DESC')} }` }] : []
  const bounds =
    page.unless === null
      ? [entry('take', page.limit), entry('skip', page.offset)]
      : [spread(`...(${page.unless} && { take: ${page.limit}, skip: ${page.offset} })`)]
  return optionsEdits(call, find, [...order, ...bounds])
}

/** Adds options to a find, whatever shape it has. */
function optionsEdits(call: CallExpression, find: Find, entries: readonly NewEntry[]): FileEdit[] | null {
  if (!find.isWhere || !find.argument) {
    const renamed = find.isWhere ? renameTo(call, find.method.replace(/By$/, '')) : []
    const edits = withEntries(call, find.index, entries)
    return edits && [...renamed, ...edits]
  }
  const where = find.argument.getText()
  return [
    ...renameTo(call, find.method.replace(/By$/, '')),
    replacement(find.argument, objectText([entry('where', where), ...entries])),
  ]
}

function renameTo(call: CallExpression, method: string): FileEdit[] {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() === method) return []
  return [replacement(callee.getNameNode(), method)]
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
  const order = query.order?.length === 0 ? [`.orderBy(${quote(`${builder.alias}.${primaryKey}`)}, ${quote('DESC')})`] : []
  const dot = page.unless === null ? '' : page.unless
  const limit = dot === '' ? page.limit : page.limit.replace(`${dot}.`, `${dot}?.`)
  const offset = dot === '' ? page.offset : page.offset.replace(`${dot}.`, `${dot}?.`)
  const steps = isRaw ? [`.limit(${limit})`, `.offset(${offset})`] : [`.take(${limit})`, `.skip(${offset})`]
  return [beforeLast(call, [...order, ...steps])]
}

/** Puts steps before the last call of a builder's chain. */
function beforeLast(call: CallExpression, steps: readonly string[]): FileEdit {
  const callee = call.getExpression()
  const at = Node.isPropertyAccessExpression(callee) ? callee.getExpression().getEnd() : call.getStart()
  const separator = separatorBefore({ name: '', args: [], call })
  return insertion(call, at, steps.map((step) => separator + step).join(''))
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
  const isPlain = find && /^find(?:By)?$/.test(find.method) && query.order?.length === 0 && query.bound === null
  const imports = addImports(call.getSourceFile(), { typeorm: ['MoreThan'] })
  if (!find || !isPlain || !imports) return null
  const { quote } = styleOf(call.getSourceFile())
  const after = `...(${page.after} !== undefined && { ${primaryKey}: MoreThan(${page.after}) })`
  const own = [entry('order', `{ ${primaryKey}: ${quote('ASC')} }`), entry('take', page.limit)]
  if (!find.argument) return withAdded(imports, withEntries(call, find.index, [entry('where', `{ ${after} }`), ...own]))
  if (find.isWhere) {
    const where = whereWith(find.argument, after)
    return where === null ? null : [...imports, ...renameTo(call, 'find'), replacement(find.argument, objectText([entry('where', where), ...own]))]
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

/** Conditions with one more, where they are an object and not a list of alternatives. */
function whereWith(where: Node, condition: string): string | null {
  const value = bare(where)
  if (!Node.isObjectLiteralExpression(value)) return null
  return literalText(value, () => false, [spread(condition)])
}

function withAdded(imports: readonly FileEdit[], edits: FileEdit[] | null): FileEdit[] | null {
  return edits && [...imports, ...edits]
}

/** Lets a find bring a to-one relation along. */
export function includeTypeorm(call: CallExpression, _query: Query, relation: string, resolver: Resolver): FileEdit[] | null {
  const find = findOf(call, resolver)
  if (!find || !/^find/.test(find.method)) return null
  const { quote } = styleOf(call.getSourceFile())
  const version = resolver.program.dependencyVersion(fileOf(call), 'typeorm') ?? ''
  const isOld = /^[~^]?0\.[12]\b/.test(version)
  const literal = find.argument && !find.isWhere ? bare(find.argument) : undefined
  const relations = propertyOf(literal, 'relations')
  if (Node.isArrayLiteralExpression(relations)) {
    const last = relations.getElements().at(-1)
    return [last ? insertion(relations, last.getEnd(), `, ${quote(relation)}`) : replacement(relations, `[${quote(relation)}]`)]
  }
  if (Node.isObjectLiteralExpression(relations)) return inLiteral(relations, [entry(relation, 'true')])
  if (relations) return null
  const hidden = find.isWhere ? undefined : optionNamed(readOptions(find.argument, { resolver, callers: [] }), 'relations')
  if (hidden) return null
  const isByMethod = /By(?:OrFail)?$/.test(find.method)
  if (isByMethod && /OrFail$/.test(find.method)) return null
  return optionsEdits(call, find, [entry('relations', isOld ? `[${quote(relation)}]` : `{ ${relation}: true }`)])
}

/** The write of one row as one of many. */
export function singleWriteTypeorm(call: CallExpression, query: Query, resolver: Resolver): SingleWrite | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (query.bulk || !Node.isPropertyAccessExpression(callee) || (method !== 'save' && method !== 'insert')) return null
  const target = callee.getExpression()
  const receiver = receiverOf(target, resolver)
  const args = call.getArguments()
  if (!receiver) return singleRowSave(call, method, target, resolver)
  const isTold = receiver.kind === 'manager' && args.length === 2
  const row = isTold ? args[1] : args[0]
  if (!row || args.length > (isTold ? 2 : 1) || (receiver.kind === 'manager' && !isTold)) return null
  const told = isTold ? `${args[0]?.getText()}, ` : ''
  const created = bare(row)
  const [given, ...others] = Node.isCallExpression(created) && calleeName(created) === 'create' ? created.getArguments() : []
  if (Node.isCallExpression(created) && given && others.length === 0) {
    const made = created.getExpression().getText()
    return { row: given, forRows: (rows) => `${target.getText()}.${method}(${told}${made}(${rows}))` }
  }
  return { row, forRows: (rows) => `${target.getText()}.${method}(${told}${rows})` }
}

/** `User.create({…}).save()` */
function singleRowSave(call: CallExpression, method: string, target: Node, resolver: Resolver): SingleWrite | null {
  const created = bare(target)
  if (method !== 'save' || !Node.isCallExpression(created) || call.getArguments().length > 0) return null
  const callee = created.getExpression()
  const [row, ...others] = created.getArguments()
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() !== 'create' || !row || others.length > 0) return null
  const owner = callee.getExpression()
  if (receiverOf(owner, resolver)?.kind !== 'class') return null
  return { row, forRows: (rows) => `${owner.getText()}.save(${owner.getText()}.create(${rows}))` }
}

/** The count of what a find or query builder would read. */
export function countTypeorm(call: CallExpression, query: Query, resolver: Resolver): Rewritten | null {
  if (query.operation !== 'many' || query.skips || query.limit) return null
  const find = findOf(call, resolver)
  if (!find) {
    const callee = call.getExpression()
    if (calleeName(call) !== 'getMany' || !Node.isPropertyAccessExpression(callee) || !builderOf(call, { resolver, callers: [] })) return null
    return { text: `${callee.getExpression().getText()}.getCount()` }
  }
  if (find.method === 'findBy') return { text: `${find.target}.countBy(${find.told}${find.argument?.getText() ?? '{}'})` }
  if (find.method !== 'find') return null
  if (!find.argument) return { text: `${find.target}.count(${find.told.replace(/, $/, '')})` }
  const literal = bare(find.argument)
  if (!Node.isObjectLiteralExpression(literal)) return null
  const names = literal.getProperties().map((property) => ('getName' in property ? property.getName() : ''))
  const droppable = new Set(['order', 'select', 'relations', 'cache'])
  if (!find.isWhere && names.some((name) => name !== 'where' && name !== 'withDeleted' && !droppable.has(name))) return null
  const options = find.isWhere ? literal.getText() : literalText(literal, (name) => droppable.has(name))
  return { text: `${find.target}.count(${find.told}${options})` }
}

/** Lets a find read some columns only. */
export function selectTypeorm(call: CallExpression, _query: Query, columns: readonly string[], resolver: Resolver): FileEdit[] | null {
  const find = findOf(call, resolver)
  const { quote } = styleOf(call.getSourceFile())
  if (!find) {
    const builder = builderOf(call, { resolver, callers: [] })
    const isPlain = builder?.alias && !builder.steps.some((step) => /select|join/i.test(step.name))
    if (!builder || !isPlain || !/^get(?:Many|One|ManyAndCount)$/.test(calleeName(call) ?? '')) return null
    return [beforeLast(call, [`.select([${columns.map((column) => quote(`${builder.alias}.${column}`)).join(', ')}])`])]
  }
  if (!/^find(?:By|One|OneBy|AndCount|AndCountBy)?$/.test(find.method)) return null
  const version = resolver.program.dependencyVersion(fileOf(call), 'typeorm') ?? ''
  const isOld = /^[~^]?0\.[12]\b/.test(version)
  const text = isOld ? `[${columns.map(quote).join(', ')}]` : `{ ${columns.map((column) => `${column}: true`).join(', ')} }`
  return optionsEdits(call, find, [entry('select', text)])
}

/** Adds the primary key to the order of a find or query builder. */
export function orderTypeorm(call: CallExpression, query: Query, primaryKey: string, resolver: Resolver): FileEdit[] | null {
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

/** Adds `@Index` to an entity: to the property of one column, else to the class. */
export function addTypeormIndex(table: string, columns: readonly string[], program: Program, resolver: Resolver): FileEdit[] | null {
  const owner = entityNamed(table, program, resolver)
  const imports = owner && addImports(owner.getSourceFile(), { typeorm: ['Index'] })
  if (!owner || !imports) return null
  const [only, ...others] = columns
  const place =
    others.length === 0
      ? owner.getInstanceProperties().find((property) => Node.isPropertyDeclaration(property) && holds(property, only ?? '', resolver))
      : owner
  if (!place || !Node.isDecoratable(place)) return null
  const { quote, lineBreak } = styleOf(owner.getSourceFile())
  const decorator = place === owner ? `@Index([${columns.map(quote).join(', ')}])` : '@Index()'
  const first = place.getDecorators()[0] ?? place
  const isInline = place !== owner && first !== place && first.getStartLineNumber() === nameLine(place)
  return [...imports, insertion(place, first.getStart(), isInline ? `${decorator} ` : `${decorator}${lineBreak}${indentOf(place)}`)]
}

function nameLine(place: Node): number {
  return Node.isPropertyDeclaration(place) ? place.getNameNode().getStartLineNumber() : place.getStartLineNumber()
}

/** Whether a property is a column, or the relation that holds the column. */
function holds(property: Node, column: string, resolver: Resolver): boolean {
  if (!Node.isPropertyDeclaration(property)) return false
  const decorators = decoratorsOf(property, /^typeorm$/, resolver)
  if (property.getName() === column) return decorators.length > 0
  const isToOne = decorators.some(({ name }) => name === 'ManyToOne' || name === 'OneToOne')
  const join = decorators.find(({ name }) => name === 'JoinColumn')
  const named = textOf(propertyOf(join?.args[0], 'name'))
  return isToOne && (named === column || (named === null && `${property.getName()}Id` === column))
}

function entry(name: string, text: string): NewEntry {
  return { name, text }
}

function spread(text: string): NewEntry {
  return { name: null, text }
}
