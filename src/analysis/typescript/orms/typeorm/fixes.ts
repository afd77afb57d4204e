import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { bare, calleeName } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports } from '../../rewrite/imports.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import { indentOf, styleOf } from '../../rewrite/style.ts'
import { decoratorsOf, propertyOf, textOf } from '../reading/decorators.ts'
import { inLiteral, literalText, type NewEntry } from '../reading/option-edits.ts'
import { optionNamed, readOptions } from '../reading/option-object.ts'
import type { Query, Rewritten, SingleWrite } from '../orm.ts'
import { builderOf } from './builder.ts'
import { beforeLast, findOf, optionsEdits } from './find.ts'
import { receiverOf } from './receivers.ts'
import { entityNamed } from './schema.ts'

/** Lets a find bring a to-one relation along. */
export function includeTypeorm(
  call: CallExpression,
  _query: Query,
  relation: string,
  resolver: Resolver,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  if (!find || !find.method.startsWith('find')) return null
  const { quote } = styleOf(call.getSourceFile())
  const version = resolver.program.dependencyVersion(fileOf(call), 'typeorm') ?? ''
  const isOld = /^[~^]?0\.[12]\b/.test(version)
  const literal = find.argument && !find.isWhere ? bare(find.argument) : undefined
  const relations = propertyOf(literal, 'relations')
  if (Node.isArrayLiteralExpression(relations)) {
    const last = relations.getElements().at(-1)
    return [
      last
        ? insertion(relations, last.getEnd(), `, ${quote(relation)}`)
        : replacement(relations, `[${quote(relation)}]`),
    ]
  }
  if (Node.isObjectLiteralExpression(relations)) return inLiteral(relations, [entry(relation, 'true')])
  if (relations) return null
  const hidden = find.isWhere
    ? undefined
    : optionNamed(readOptions(find.argument, { resolver, callers: [] }), 'relations')
  if (hidden) return null
  if (find.method.endsWith('ByOrFail')) return null
  return optionsEdits(call, find, [
    entry('relations', isOld ? `[${quote(relation)}]` : `{ ${relation}: true }`),
  ])
}

/** The write of one row as one of many. */
export function singleWriteTypeorm(
  call: CallExpression,
  query: Query,
  resolver: Resolver,
): SingleWrite | null {
  const callee = call.getExpression()
  const method = calleeName(call)
  if (query.bulk || !Node.isPropertyAccessExpression(callee) || (method !== 'save' && method !== 'insert'))
    return null
  const target = callee.getExpression()
  const receiver = receiverOf(target, resolver)
  const args = call.getArguments()
  if (!receiver) return singleRowSave(call, method, target, resolver)
  const isTold = receiver.kind === 'manager' && args.length === 2
  const row = isTold ? args[1] : args[0]
  if (!row || args.length > (isTold ? 2 : 1) || (receiver.kind === 'manager' && !isTold)) return null
  const told = isTold ? `${args[0]?.getText()}, ` : ''
  const created = bare(row)
  const [given, ...others] =
    Node.isCallExpression(created) && calleeName(created) === 'create' ? created.getArguments() : []
  if (Node.isCallExpression(created) && given && others.length === 0) {
    const made = created.getExpression().getText()
    return { row: given, forRows: (rows) => `${target.getText()}.${method}(${told}${made}(${rows}))` }
  }
  return { row, forRows: (rows) => `${target.getText()}.${method}(${told}${rows})` }
}

/** `User.create({…}).save()` */
function singleRowSave(
  call: CallExpression,
  method: string,
  target: Node,
  resolver: Resolver,
): SingleWrite | null {
  const created = bare(target)
  if (method !== 'save' || !Node.isCallExpression(created) || call.getArguments().length > 0) return null
  const callee = created.getExpression()
  const [row, ...others] = created.getArguments()
  if (!Node.isPropertyAccessExpression(callee) || callee.getName() !== 'create' || !row || others.length > 0)
    return null
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
    if (
      calleeName(call) !== 'getMany' ||
      !Node.isPropertyAccessExpression(callee) ||
      !builderOf(call, { resolver, callers: [] })
    )
      return null
    return { text: `${callee.getExpression().getText()}.getCount()` }
  }
  if (find.method === 'findBy')
    return { text: `${find.target}.countBy(${find.told}${find.argument?.getText() ?? '{}'})` }
  if (find.method !== 'find') return null
  if (!find.argument) return { text: `${find.target}.count(${find.told.replace(/, $/, '')})` }
  const literal = bare(find.argument)
  if (!Node.isObjectLiteralExpression(literal)) return null
  const names = literal.getProperties().map((property) => ('getName' in property ? property.getName() : ''))
  const droppable = new Set(['order', 'select', 'relations', 'cache'])
  if (
    !find.isWhere &&
    names.some((name) => name !== 'where' && name !== 'withDeleted' && !droppable.has(name))
  )
    return null
  const options = find.isWhere ? literal.getText() : literalText(literal, (name) => droppable.has(name))
  return { text: `${find.target}.count(${find.told}${options})` }
}

/** Lets a find read some columns only. */
export function selectTypeorm(
  call: CallExpression,
  _query: Query,
  columns: readonly string[],
  resolver: Resolver,
): FileEdit[] | null {
  const find = findOf(call, resolver)
  const { quote } = styleOf(call.getSourceFile())
  if (!find) {
    const builder = builderOf(call, { resolver, callers: [] })
    const isPlain = builder?.alias && !builder.steps.some((step) => /select|join/i.test(step.name))
    if (!builder || !isPlain || !/^get(?:Many|One|ManyAndCount)$/.test(calleeName(call) ?? '')) return null
    return [
      beforeLast(call, [
        `.select([${columns.map((column) => quote(`${builder.alias}.${column}`)).join(', ')}])`,
      ]),
    ]
  }
  if (!/^find(?:By|One|OneBy|AndCount|AndCountBy)?$/.test(find.method)) return null
  const version = resolver.program.dependencyVersion(fileOf(call), 'typeorm') ?? ''
  const isOld = /^[~^]?0\.[12]\b/.test(version)
  const text = isOld
    ? `[${columns.map(quote).join(', ')}]`
    : `{ ${columns.map((column) => `${column}: true`).join(', ')} }`
  return optionsEdits(call, find, [entry('select', text)])
}

/** Adds `@Index` to an entity: to the property of one column, else to the class. */
export function addTypeormIndex(
  table: string,
  columns: readonly string[],
  program: Program,
  resolver: Resolver,
): FileEdit[] | null {
  const owner = entityNamed(table, program, resolver)
  const imports = owner && addImports(owner.getSourceFile(), { typeorm: ['Index'] })
  if (!owner || !imports) return null
  const [only, ...others] = columns
  const place =
    others.length === 0
      ? owner
          .getInstanceProperties()
          .find((property) => Node.isPropertyDeclaration(property) && holds(property, only ?? '', resolver))
      : owner
  if (!place || !Node.isDecoratable(place)) return null
  const { quote, lineBreak } = styleOf(owner.getSourceFile())
  const decorator = place === owner ? `@Index([${columns.map(quote).join(', ')}])` : '@Index()'
  const first = place.getDecorators()[0] ?? place
  const isInline = place !== owner && first !== place && first.getStartLineNumber() === nameLine(place)
  return [
    ...imports,
    insertion(
      place,
      first.getStart(),
      isInline ? `${decorator} ` : `${decorator}${lineBreak}${indentOf(place)}`,
    ),
  ]
}

function nameLine(place: Node): number {
  return Node.isPropertyDeclaration(place)
    ? place.getNameNode().getStartLineNumber()
    : place.getStartLineNumber()
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
