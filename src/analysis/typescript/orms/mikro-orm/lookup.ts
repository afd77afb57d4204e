import { Node, type CallExpression } from 'ts-morph'
import { bare } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import { keyIn } from '../reading/key-condition.ts'
import { findOf } from './fixes.ts'
import { tableOfEntity } from './options.ts'
import { mikroKeyOf } from './recognise.ts'
import { literalText } from '../reading/option-edits.ts'
import type { Lookup } from '../orm.ts'

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
  // A relation holds a row, not the key that it is looked up by.
  const isRelation =
    tableOfEntity(find.entity, resolver)?.relations.some(({ name }) => name === only?.column) ?? true
  if (!only || isRelation) return null
  const rest = options ? `, ${options.getText()}` : ''
  const conditions = (keys: string): string =>
    literalText(value, (name) => name === only.column, [{ name: only.column, text: `{ $in: ${keys} }` }])
  return { ...only, forKeys: (keys) => `${find.target}.find(${find.told}${conditions(keys)}${rest})` }
}
