import { ObjectId } from 'mongodb'
import type { Column, Table } from '../../../model/schema.ts'
import { hash32, hashKey } from '../../hash.ts'
import type { Segment } from '../database.ts'

/** What a document's `_id` can be. */
export type DocumentKey = ObjectId | string | number

/** As the first four bytes of an ObjectId: seconds since 1970. */
const madeAt = Date.UTC(2024, 0, 1) / 1000

/**
 * The keys of Headroom's documents in one collection: pure functions of the seed and the number that was set aside. Eight
 * bytes are the collection's own, four the number, so that numbers that follow each other are one range of keys.
 */
export class DocumentKeys {
  private readonly prefix: string
  private readonly keyType: string

  constructor(seed: number, table: Pick<Table, 'name' | 'columns'>) {
    const own = hash32(hashKey(seed, 'mongodb', table.name), 0)
    this.prefix = hexWord(madeAt) + hexWord(own)
    this.keyType = keyTypeOf(table)
  }

  /** The key with that number, from 0. */
  keyOf(number: number): DocumentKey {
    if (this.keyType === 'Number') return number
    const text = this.prefix + hexWord(number)
    return this.keyType === 'String' ? text : new ObjectId(text)
  }

  /** The condition on `path` that exactly the keys of these segments meet; null where there are none. */
  inSegments(segments: readonly Segment[], path = '_id'): Record<string, unknown> | null {
    const ranges = segments.map(({ firstKey, rows }) => ({
      [path]: { $gte: this.keyOf(firstKey), $lte: this.keyOf(firstKey + rows - 1) },
    }))
    const [only] = ranges
    return only === undefined ? null : ranges.length === 1 ? only : { $or: ranges }
  }

  /** The number of a key that Headroom could have made; null of any other. */
  numberOf(key: unknown): number | null {
    if (this.keyType === 'Number') return typeof key === 'number' ? key : null
    const text = key instanceof ObjectId ? key.toHexString() : key
    if (typeof text !== 'string' || text.length !== 24 || !text.startsWith(this.prefix)) return null
    return Number.parseInt(text.slice(16), 16)
  }

  /** All keys that Headroom could make, for finding those that are taken; null where any number is one. */
  everyKey(): Record<string, unknown> | null {
    if (this.keyType === 'Number') return null
    return { _id: { $gte: this.keyOf(0), $lte: this.keyOf(0xffffffff) } }
  }
}

/** The type of a collection's keys, as Mongoose names it. */
export function keyTypeOf({ columns }: Pick<Table, 'columns'>): string {
  return columns.find(({ name }: Column) => name === '_id')?.declaredType ?? 'ObjectId'
}

function hexWord(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
