import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import { bare, isClass } from '../../functions.ts'
import { fileOf } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import { styleOf } from '../../rewrite/style.ts'
import { keyIn } from '../reading/key-condition.ts'
import { findOf, type Find } from './fixes.ts'
import { tableOfEntity } from './options.ts'
import { mikroKeyOf } from './recognise.ts'
import { literalText } from '../reading/option-edits.ts'
import type { KeyedCount, Lookup } from '../orm.ts'
import type { Entity } from '../reading/repository-receivers.ts'

/** `em.findOne(User, id)` or `em.findOne(User, { id })` as a look-up by the primary key; null for anything else. */
export function lookupMikro(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Lookup | null {
  const find = findOf(call, resolver)
  const column = find && mikroKeyOf(find.entity, resolver)
  if (!find || find.method !== 'findOne' || find.whereIndex === null || !column) return null
  const [where, options, ...others] = call.getArguments().slice(find.whereIndex)
  if (!where || others.length > 0) return null
  const literal = options ? bare(options) : undefined
  if (options && !Node.isObjectLiteralExpression(literal)) return null
  const names = Node.isObjectLiteralExpression(literal)
    ? literal.getProperties().map((property) => property.getText().split(/[\s:(.]/)[0])
    : []
  if (names.some((name) => name !== 'populate')) return null
  const rest = options ? `, ${options.getText()}` : ''
  const many = (conditions: string): string => `${find.target}.find(${find.told}${conditions}${rest})`
  const value = bare(where)
  if (!Node.isObjectLiteralExpression(value) && isKey(value))
    return { column, key: value, missing: 'null', forKeys: (keys) => many(`{ ${column}: { $in: ${keys} } }`) }
  if (!Node.isObjectLiteralExpression(value)) return null
  const found = keyIn(value, isKey)
  if (found?.column !== column) return null
  const conditions = (keys: string): string =>
    literalText(value, (name) => name === column, [{ name: column, text: `{ $in: ${keys} }` }])
  return { ...found, missing: 'null', forKeys: (keys) => many(conditions(keys)) }
}

/** `em.find(Comment, { post })` as a read for a list of values; null where the rows are limited. */
export function childrenMikro(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Lookup | null {
  const find = findOf(call, resolver)
  if (!find || find.method !== 'find' || find.whereIndex === null) return null
  const [where, options, ...others] = call.getArguments().slice(find.whereIndex)
  const value = where ? bare(where) : undefined
  const literal = options ? bare(options) : undefined
  if (
    others.length > 0 ||
    !Node.isObjectLiteralExpression(value) ||
    (options && !Node.isObjectLiteralExpression(literal))
  )
    return null
  const names = Node.isObjectLiteralExpression(literal)
    ? literal.getProperties().map((property) => property.getText().split(/[\s:(.]/)[0])
    : []
  if (names.some((name) => name === undefined || !['populate', 'orderBy'].includes(name))) return null
  const only = keyIn(value, isKey)
  const path = only && keyPathOf(find, only, resolver)
  if (!only || path === null) return null
  const rest = options ? `, ${options.getText()}` : ''
  return {
    ...only,
    forKeys: (keys) => `${find.target}.find(${find.told}${withKeys(value, only.column, keys)}${rest})`,
    keyOf: (row) => `${row}.${path}`,
  }
}

/** `em.count(Comment, { post: id })` as `em.countBy(Comment, 'post', …)`, which MikroORM has from 7.1 on. */
export function countsMikro(
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): KeyedCount | null {
  const find = findOf(call, resolver)
  if (!find || find.method !== 'count' || find.whereIndex === null || !hasCountBy(call, resolver)) return null
  const [where, ...others] = call.getArguments().slice(find.whereIndex)
  const value = where ? bare(where) : undefined
  const only = Node.isObjectLiteralExpression(value) ? keyIn(value, isKey) : null
  if (others.length > 0 || !Node.isObjectLiteralExpression(value) || !only) return null
  if (keyPathOf(find, only, resolver) === null) return null
  const { quote, typed } = styleOf(call.getSourceFile())
  return {
    ...only,
    forKeys: (keys) => {
      const conditions = withKeys(value, only.column, keys)
      const counts = `${find.target}.countBy(${find.told}${quote(only.column)}, { where: ${conditions} })`
      return `${counts}.then(Object.entries${typed ? '<number>' : ''})`
    },
    keyOf: (row) => `${row}[0]`,
    countOf: (row) => `${row}[1]`,
  }
}

function hasCountBy(call: CallExpression, resolver: Resolver): boolean {
  const version = resolver.program.dependencyVersion(fileOf(call), '@mikro-orm/core') ?? ''
  const [, major = '0', minor = '0'] = /^[~^]?(\d+)\.(\d+)/.exec(version) ?? []
  return Number(major) > 7 || (Number(major) === 7 && Number(minor) >= 1)
}

function withKeys(where: ObjectLiteralExpression, column: string, keys: string): string {
  return literalText(where, (name) => name === column, [{ name: column, text: `{ $in: ${keys} }` }])
}

/** How a row gives the key that it is read by: a relation holds a row, of which the key is a part. Null where the key isn't a plain value. */
function keyPathOf(
  find: Find,
  { column, key }: { readonly column: string; readonly key: Node },
  resolver: Resolver,
): string | null {
  const table = tableOfEntity(find.entity, resolver)
  if (!table) return null
  const relation = table.relations.find(({ name }) => name === column)
  if (!relation) return column
  const [reference, ...others] = relation.references
  if (relation.many || reference === undefined || others.length > 0) return null
  return isPlainKey(key, reference, resolver)
    ? `${column}${mayBeNothing(find.entity, column) ? '?.' : '.'}${reference}`
    : null
}

/** Whether a row's type allows for none of what a relation refers to. */
function mayBeNothing(entity: Entity | null, relation: string): boolean {
  const owner = entity?.node ?? undefined
  const member = isClass(owner) ? owner.getInstanceMember(relation) : undefined
  if (!Node.isPropertyDeclaration(member)) return true
  return member.hasQuestionToken() || /\b(?:null|undefined)\b/.test(member.getTypeNode()?.getText() ?? '')
}

/** `post.id`, or a name that is declared to be a number or text. */
function isPlainKey(key: Node, reference: string, resolver: Resolver): boolean {
  if (Node.isPropertyAccessExpression(key)) return key.getName() === reference
  const declared = Node.isIdentifier(key) ? resolver.definition(key) : undefined
  const type = Node.isTyped(declared) ? declared.getTypeNode()?.getText() : undefined
  return type === 'number' || type === 'string'
}
