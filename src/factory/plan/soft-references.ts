import * as l10n from '@vscode/l10n'
import type { Column, ForeignKey, Table } from '../../model/schema.ts'
import { words } from '../generators/text.ts'
import { columnOf } from './column-values.ts'

/** A reference that no constraint of the database states. */
export interface SoftReference {
  readonly table: string
  readonly column: string
  readonly referencedTable: string
  readonly referencedColumn: string
  /** Where it is known from, for people. */
  readonly reason: string
}

const actorNames =
  /^(?:owner|author|creator|created_by|updated_by|assignee|reviewer|sender|recipient|receiver)$/
const actorTables = ['users', 'user', 'accounts', 'people', 'members']

/**
 * The tables with references that no constraint states: those given, and columns that are named like one (`user_id` where
 * `users` has a primary key of that type). Constraints always win.
 */
export function withSoftReferences(
  tables: readonly Table[],
  given: readonly SoftReference[],
): readonly Table[] {
  return tables.map((table) => {
    const constrained = new Set(table.foreignKeys.flatMap(({ columns }) => columns))
    const found = table.columns.flatMap((column): readonly ForeignKey[] => {
      if (constrained.has(column.name) || column.generated || column.allowedValues !== null) return []
      const told = given.find((each) => each.table === table.name && each.column === column.name)
      const target = told === undefined ? targetByName(table, column, tables) : targetOf(told, column, tables)
      return target === null ? [] : [target]
    })
    return found.length === 0 ? table : { ...table, foreignKeys: [...table.foreignKeys, ...found] }
  })
}

function targetOf(given: SoftReference, column: Column, tables: readonly Table[]): ForeignKey | null {
  const parent = tables.find(({ name }) => name === given.referencedTable)
  const referenced = parent === undefined ? undefined : columnOf(parent, given.referencedColumn)
  return referenced?.type === column.type
    ? reference(column, given.referencedTable, given.referencedColumn, given.reason)
    : null
}

function targetByName(table: Table, column: Column, tables: readonly Table[]): ForeignKey | null {
  const isKey = table.primaryKey.length === 1 && table.primaryKey[0] === column.name
  const name = /^(.+?)_?(?:id|uuid)$/.exec(words(column.name))?.[1]
  if (isKey || name === undefined || !/_(?:id|uuid)$/.test(words(column.name))) return null
  // With a column that names the table, the key may be of any table.
  if (table.columns.some((other) => words(other.name) === `${name}_type`)) return null
  const parent = tables.find((each) => singular(ownName(each)) === name) ?? actorTable(name, tables)
  const [key = ''] = parent?.primaryKey ?? []
  if (parent === undefined || parent.primaryKey.length !== 1) return null
  const referenced = columnOf(parent, key)
  const isSameType =
    referenced?.type === column.type &&
    (column.type !== 'text' || referenced.declaredType.toLowerCase() === column.declaredType.toLowerCase())
  return isSameType
    ? reference(column, parent.name, key, l10n.t('no foreign key, but named like a reference'))
    : null
}

function actorTable(name: string, tables: readonly Table[]): Table | undefined {
  if (!actorNames.test(name)) return undefined
  return tables.find((table) => actorTables.includes(ownName(table)))
}

function ownName({ name }: Table): string {
  return words(name.slice(name.lastIndexOf('.') + 1))
}

function reference(column: Column, table: string, referenced: string, reason: string): ForeignKey {
  return { columns: [column.name], referencedTable: table, referencedColumns: [referenced], inferred: reason }
}

/** A table's name for one of its rows: `categories` is `category`, `boxes` is `box`. */
export function singular(name: string): string {
  if (/[^aeiou]ies$/.test(name)) return `${name.slice(0, -3)}y`
  if (/(?:ss|sh|ch|x|z)es$/.test(name)) return name.slice(0, -2)
  if (name.endsWith('people')) return `${name.slice(0, -6)}person`
  return /[^su]s$/.test(name) ? name.slice(0, -1) : name
}
