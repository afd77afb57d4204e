import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { calleeName } from '../../functions.ts'
import { fileOf } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { addImports, type Imports } from '../../rewrite/imports.ts'
import { replacement } from '../../rewrite/placement.ts'
import { styleOf } from '../../rewrite/style.ts'
import type { Addition } from '../orm.ts'
import { receiverOf } from '../typeorm/receivers.ts'

/** `data: { stock: { decrement: 1 } }` */
export function incrementPrisma(
  call: CallExpression,
  { property, operator, amount }: Addition,
): FileEdit[] | null {
  const holder = property?.getParent().getParent()
  const isData = Node.isPropertyAssignment(holder) && holder.getName() === 'data'
  if (!property || !isData || holder.getParent().getParent() !== call) return null
  return valueEdits(property, `{ ${operator === '+' ? 'increment' : 'decrement'}: ${amount} }`)
}

/** `update({ stock: db.raw('?? - ?', ['stock', 1]) })` */
export function incrementKnex(
  _call: CallExpression,
  { property, column, operator, amount }: Addition,
  resolver: Resolver,
): FileEdit[] | null {
  const update = property?.getParent().getParent()
  if (!property || !Node.isCallExpression(update) || calleeName(update) !== 'update') return null
  const client = clientOf(update, resolver)
  const { quote } = styleOf(property.getSourceFile())
  return client === null
    ? null
    : valueEdits(property, `${client}.raw(${quote(`?? ${operator} ?`)}, [${quote(column)}, ${amount}])`)
}

/** The name of the Knex instance that a chain starts with. */
function clientOf(update: CallExpression, resolver: Resolver): string | null {
  let node: Node = update
  while (Node.isCallExpression(node) || Node.isPropertyAccessExpression(node)) node = node.getExpression()
  return Node.isIdentifier(node) && resolver.origin(node) !== null ? node.getText() : null
}

/** `patch({ stock: raw('?? - ?', ['stock', 1]) })` */
export function incrementObjection(
  _call: CallExpression,
  { property, column, operator, amount }: Addition,
): FileEdit[] | null {
  const update = property?.getParent().getParent()
  if (!property || !Node.isCallExpression(update) || !/^(?:patch|update)$/.test(calleeName(update) ?? ''))
    return null
  const { quote } = styleOf(property.getSourceFile())
  const text = `raw(${quote(`?? ${operator} ?`)}, [${quote(column)}, ${amount}])`
  return valueEdits(property, text, { objection: ['raw'] })
}

/** sql`${products.stock} - 1` */
export function incrementDrizzle(
  call: CallExpression,
  { property, column, operator, amount }: Addition,
): FileEdit[] | null {
  const table = property && setOf(call, property, 'update')
  if (!property || !table || !/^[\w.]+$/.test(table.getText())) return null
  const added = isNumber(amount) ? amount : `\${${amount}}`
  const text = `sql\`\${${table.getText()}.${column}} ${operator} ${added}\``
  return valueEdits(property, text, { 'drizzle-orm': ['sql'] })
}

/** sql<number>`${sql.ref('stock')} - 1` */
export function incrementKysely(
  call: CallExpression,
  { property, column, operator, amount }: Addition,
): FileEdit[] | null {
  if (!property || !setOf(call, property, 'updateTable')) return null
  const { quote } = styleOf(property.getSourceFile())
  const added = isNumber(amount) ? amount : `\${${amount}}`
  const text = `sql<number>\`\${sql.ref(${quote(column)})} ${operator} ${added}\``
  return valueEdits(property, text, { kysely: ['sql'] })
}

/** The table of `update(table).set({ … })` where the property stands in that object. */
function setOf(call: CallExpression, property: Node, update: string): Node | null {
  const set = property.getParent()?.getParent()
  const callee = Node.isCallExpression(set) ? set.getExpression() : undefined
  if (!Node.isCallExpression(set) || calleeName(set) !== 'set' || !Node.isPropertyAccessExpression(callee))
    return null
  const start = callee.getExpression()
  const isUpdate = Node.isCallExpression(start) && calleeName(start) === update
  const isPart = set === call || set.getAncestors().includes(call)
  return isUpdate && isPart ? (start.getArguments()[0] ?? null) : null
}

/** `repository.increment({ id }, 'stock', 1)`, in the place of an update or of saving the row. */
export function incrementTypeorm(
  call: CallExpression,
  addition: Addition,
  resolver: Resolver,
): FileEdit[] | null {
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee)) return null
  if (receiverOf(callee.getExpression(), resolver)?.kind !== 'repository') return null
  const criteria = addition.property ? criteriaOf(call, addition) : savedCriteria(call, addition)
  if (criteria === null) return null
  const { quote } = styleOf(call.getSourceFile())
  const method = addition.operator === '+' ? 'increment' : 'decrement'
  const text = `${callee.getExpression().getText()}.${method}(${criteria}, ${quote(addition.column)}, ${addition.amount})`
  return [replacement(call, text)]
}

/** The rows of `repository.update(criteria, { stock: … })`, as conditions. */
function criteriaOf(call: CallExpression, { property, primaryKey }: Addition): string | null {
  const [criteria, values, ...others] = call.getArguments()
  if (
    calleeName(call) !== 'update' ||
    !criteria ||
    property?.getParent() !== values ||
    !property ||
    others.length > 0
  )
    return null
  if (!isOnly(property)) return null
  if (Node.isObjectLiteralExpression(criteria)) return criteria.getText()
  if (primaryKey === null) return null
  if (Node.isIdentifier(criteria) && criteria.getText() === primaryKey) return `{ ${primaryKey} }`
  const isKey = Node.isPropertyAccessExpression(criteria) && criteria.getName() === primaryKey
  return isKey ? `{ ${primaryKey}: ${criteria.getText()} }` : null
}

function savedCriteria(call: CallExpression, { row, primaryKey }: Addition): string | null {
  const [saved, ...others] = call.getArguments()
  const isRow = row !== null && others.length === 0 && saved?.getText() === row
  return isRow && calleeName(call) === 'save' && primaryKey !== null
    ? `{ ${primaryKey}: ${row}.${primaryKey} }`
    : null
}

/** `product.increment('stock', { by: 1 })` and `Product.increment({ stock: 1 }, { where })` */
export function incrementSequelize(call: CallExpression, addition: Addition): FileEdit[] | null {
  const { property, column, operator, amount, row } = addition
  const callee = call.getExpression()
  if (!Node.isPropertyAccessExpression(callee) || !isStatement(call)) return null
  const method = operator === '+' ? 'increment' : 'decrement'
  const receiver = callee.getExpression().getText()
  const { quote } = styleOf(call.getSourceFile())
  if (!property)
    return receiver === row && callee.getName() === 'save' && call.getArguments().length === 0
      ? [replacement(call, `${row}.${method}(${quote(column)}, { by: ${amount} })`)]
      : null
  const [values, options, ...others] = call.getArguments()
  const where = Node.isObjectLiteralExpression(options) ? options.getProperties() : []
  const isOfModel = where.length === 1 && where[0]?.getText().startsWith('where')
  if (callee.getName() !== 'update' || property.getParent() !== values || others.length > 0) return null
  return isOfModel && isOnly(property)
    ? [replacement(callee.getNameNode(), method), ...valueEdits(property, amount)]
    : null
}

/** `$inc: { stock: -1 }`, and `product.updateOne({ $inc: { stock: -1 } })` in the place of saving the document. */
export function incrementMongoose(call: CallExpression, addition: Addition): FileEdit[] | null {
  const { property, column, row } = addition
  const change = `$inc: { ${column}: ${signed(addition)} }`
  const callee = call.getExpression()
  if (!property) {
    if (!Node.isPropertyAccessExpression(callee) || !isStatement(call)) return null
    return callee.getExpression().getText() === row &&
      callee.getName() === 'save' &&
      call.getArguments().length === 0
      ? [replacement(call, `${row}.updateOne({ ${change} })`)]
      : null
  }
  const values = property.getParent()
  const holder = values.getParent()
  if (Node.isObjectLiteralExpression(values) && values.getProperty('$inc')) return null
  if (Node.isCallExpression(holder)) return [replacement(property, change)]
  const isSet = Node.isPropertyAssignment(holder) && holder.getName() === '$set' && isOnly(property)
  const update = isSet ? holder.getParent() : undefined
  return isSet && Node.isObjectLiteralExpression(update) && !update.getProperty('$inc')
    ? [replacement(holder, change)]
    : null
}

/** `nativeUpdate(Product, { id }, { stock: raw('?? - ?', ['stock', 1]) })` */
export function incrementMikro(
  call: CallExpression,
  { property, column, operator, amount }: Addition,
): FileEdit[] | null {
  if (!property || calleeName(call) !== 'nativeUpdate' || property.getParent().getParent() !== call)
    return null
  const { quote } = styleOf(property.getSourceFile())
  const text = `raw(${quote(`?? ${operator} ?`)}, [${quote(column)}, ${amount}])`
  return valueEdits(property, text, { '@mikro-orm/core': ['raw'] })
}

function valueEdits(
  property: NonNullable<Addition['property']>,
  text: string,
  imports?: Imports,
): FileEdit[] {
  const value = property.getInitializerOrThrow()
  const added = addImports(property.getSourceFile(), imports)
  return added ? [...added, { file: fileOf(value), start: value.getStart(), end: value.getEnd(), text }] : []
}

/** Whether an object holds nothing besides a property. */
function isOnly(property: NonNullable<Addition['property']>): boolean {
  const values = property.getParent()
  return Node.isObjectLiteralExpression(values) && values.getProperties().length === 1
}

/** Whether nothing uses what a call gives. */
function isStatement(call: CallExpression): boolean {
  const parent = call.getParent()
  return Node.isExpressionStatement(Node.isAwaitExpression(parent) ? parent.getParent() : parent)
}

function isNumber(text: string): boolean {
  return /^\d+(?:\.\d+)?$/.test(text)
}

function signed({ operator, amount }: Addition): string {
  if (operator === '+') return amount
  return isNumber(amount) || /^[\w.]+$/.test(amount) ? `-${amount}` : `-(${amount})`
}
