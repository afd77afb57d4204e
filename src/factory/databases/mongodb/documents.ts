import { Decimal128, Long, ObjectId, UUID } from 'mongodb'
import type { Column, Table } from '../../../model/schema.ts'
import type { SqlValue } from '../../sql-value.ts'
import type { ChunkColumn } from '../database.ts'
import type { Keyed } from './connection.ts'
import { DocumentKeys } from './keys.ts'

/** What a chunk's documents are made from. */
export interface DocumentParts {
  readonly table: Table
  readonly columns: readonly ChunkColumn[]
  /** The tables that references lead to; those of the plan that aren't there have ObjectIds. */
  readonly tables: ReadonlyMap<string, Table>
  readonly seed: number
}

type Encode = (value: Exclude<SqlValue, null>) => unknown
type Slot = Record<string, unknown>

interface Writer {
  readonly path: readonly string[]
  readonly valueOf: ChunkColumn['valueOf']
  readonly encode: Encode
}

/** Makes documents by row index, paths folded back into documents and lists; what is NULL isn't there. */
export function documentMaker(parts: DocumentParts): (index: number) => Keyed {
  const writers = parts.columns.map(({ column, valueOf }): Writer => ({
    path: column.name.split('.'),
    valueOf,
    encode: encoderOf(column, parts),
  }))
  const lists = listPaths(writers)
  return (index) => {
    const document: Slot = {}
    for (const { path, valueOf, encode } of writers) {
      const value = valueOf(index)
      if (value !== null) put(document, path, encode(value))
    }
    for (const path of lists) closeUp(document, path)
    return { _id: undefined, ...document }
  }
}

function put(document: Slot, path: readonly string[], value: unknown): void {
  let inside: Slot | unknown[] = document
  for (let at = 0; at < path.length - 1; at++) {
    const isList = /^\d+$/.test(path[at + 1] ?? '')
    inside = childOf(inside, path[at] ?? '', isList)
  }
  set(inside, path.at(-1) ?? '', value)
}

function childOf(inside: Slot | unknown[], part: string, isList: boolean): Slot | unknown[] {
  const known: unknown = Array.isArray(inside) ? inside[Number(part)] : inside[part]
  if (Array.isArray(known)) return known
  if (isSlot(known)) return known
  const made: Slot | unknown[] = isList ? [] : {}
  set(inside, part, made)
  return made
}

function set(inside: Slot | unknown[], part: string, value: unknown): void {
  if (Array.isArray(inside)) inside[Number(part)] = value
  else inside[part] = value
}

/** The paths of lists, those inside of others first. */
function listPaths(writers: readonly Writer[]): readonly (readonly string[])[] {
  const paths = writers.flatMap(({ path }) =>
    path.flatMap((part, at) => (/^\d+$/.test(part) ? [path.slice(0, at)] : [])),
  )
  const known = new Map(paths.map((path) => [path.join('.'), path]))
  return [...known.values()].toSorted((a, b) => b.length - a.length)
}

/** Where an element is left out, those behind it move up. */
function closeUp(document: Slot, path: readonly string[]): void {
  let inside: unknown = document
  for (const part of path.slice(0, -1)) {
    if (typeof inside !== 'object' || inside === null) return
    inside = Reflect.get(inside, part)
  }
  if (!isSlot(inside)) return
  const values = inside[path.at(-1) ?? '']
  if (Array.isArray(values)) inside[path.at(-1) ?? ''] = values.filter(() => true)
}

function isSlot(value: unknown): value is Slot {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

function encoderOf(column: Column, parts: DocumentParts): Encode {
  const key = keyEncoder(column, parts)
  if (key !== null) return key
  if (column.type === 'array') {
    const { element } = column
    const encode = element === undefined ? (value: unknown) => value : elementEncoder(element.declaredType)
    return (value) => list(String(value)).map(encode)
  }
  if (column.type === 'json') return (value) => JSON.parse(String(value)) as unknown
  return typeEncoder(column.declaredType)
}

/** Numbers that stand for Headroom's own documents, in `_id` and in what refers to it; the keys of others are texts. */
function keyEncoder(column: Column, { table, tables, seed }: DocumentParts): Encode | null {
  const isKey = column.name === '_id'
  const reference = table.foreignKeys.find(({ columns }) => columns[0] === column.name)
  if (column.type !== 'integer' || (!isKey && reference === undefined)) return null
  const target = isKey ? table : tables.get(reference?.referencedTable ?? '')
  const keys = new DocumentKeys(seed, target ?? { name: reference?.referencedTable ?? '', columns: [] })
  return (value) => {
    if (typeof value === 'string') return asDeclared(value, column)
    return asDeclared(keys.keyOf(Number(value)), column)
  }
}

/** References are stored as their own field says: an id in a field of texts is a text. */
function asDeclared(key: ObjectId | string | number, { declaredType }: Column): unknown {
  if (declaredType === 'String') return String(key)
  return declaredType === 'ObjectId' && typeof key === 'string' && ObjectId.isValid(key)
    ? new ObjectId(key)
    : key
}

function elementEncoder(declaredType: string): (value: unknown) => unknown {
  const encode = typeEncoder(declaredType)
  return (value) => (typeof value === 'string' || typeof value === 'number' ? encode(value) : value)
}

function typeEncoder(declaredType: string): Encode {
  return encoders[declaredType] ?? ((value) => value)
}

const encoders: Readonly<Record<string, Encode>> = {
  Number: Number,
  Int32: Number,
  Double: Number,
  Boolean: (value) => value === 1 || value === 'true',
  Date: (value) => new Date(typeof value === 'string' && Number.isNaN(Number(value)) ? value : Number(value)),
  Decimal128: (value) => Decimal128.fromString(String(value)),
  BigInt: (value) => Long.fromString(String(value)),
  ObjectId: (value) => new ObjectId(String(value)),
  UUID: (value) => new UUID(String(value)),
  Buffer: (value) => (value instanceof Uint8Array ? Buffer.from(value) : Buffer.from(String(value))),
}

function list(text: string): readonly unknown[] {
  const value: unknown = JSON.parse(text)
  return Array.isArray(value) ? value : [value]
}
