import type { CallExpression, Node } from 'ts-morph'
import type { TracedCall } from '../call-graph.ts'
import type { Resolver } from '../resolver.ts'
import type { CountReads } from '../orms/orm.ts'
import type { Imports } from './imports.ts'
import { indentOf } from './style.ts'

/** A query that depends on one key, and how to make it for many keys at once. */
export interface Reading {
  /** What it gives for a key: one row or none, all rows with it, or their number. */
  readonly gives: 'row' | 'rows' | 'count'
  readonly column: string
  /** The expression that gives the key, as it stands in the query. */
  readonly key: Node
  readonly missing: 'undefined' | 'null'
  /** How to get from what is awaited to the list of rows, or null where a row or number is awaited itself. */
  readonly listAt: readonly string[] | null
  /** Source text of the query for a list of keys, its lines indented as where it stands. */
  forKeys(keys: string): string
  readonly indent: string
  /** Source text of the key in a row of the query for many keys, and of what is wanted of the row. */
  keyOf(row: string): string
  valueOf(row: string): string
  readonly imports: Imports | undefined
  /** How a number is read where the awaited value isn't the number itself. */
  readonly reads?: CountReads
}

/** Reads a call as a query that depends on the key that `isKey` accepts and on nothing else that varies, or gives null. */
export function readingOf(
  { trace: { orm, query } }: TracedCall,
  call: CallExpression,
  isKey: (value: Node) => boolean,
  resolver: Resolver,
): Reading | null {
  if (query.operation === 'count') {
    const count = orm.countsByKey?.(call, isKey, resolver) ?? null
    return (
      count && {
        gives: 'count',
        column: count.column,
        key: count.key,
        missing: 'undefined',
        listAt: count.givesListAt ?? [],
        forKeys: (keys) => count.forKeys(keys),
        indent: indentOf(call),
        keyOf: (row) => count.keyOf(row),
        valueOf: (row) => count.countOf(row),
        imports: count.imports,
        ...(count.reads && { reads: count.reads }),
      }
    )
  }
  const row = orm.lookup(call, isKey, resolver)
  const found = row ?? (query.operation === 'many' ? orm.children?.(call, isKey, resolver) : null) ?? null
  return (
    found && {
      gives: row ? 'row' : 'rows',
      column: found.column,
      key: found.key,
      missing: found.missing ?? 'undefined',
      listAt: row ? (row.givesListAt ?? null) : (found.givesListAt ?? []),
      forKeys: (keys) => found.forKeys(keys),
      indent: indentOf(call),
      keyOf: (each) => found.keyOf?.(each) ?? `${each}.${found.column}`,
      valueOf: (each) => each,
      imports: found.imports,
    }
  )
}

/** Source text of the list of rows in what is awaited; `awaited` is the source text of that, `await` included. */
export function listIn(awaited: string, listAt: readonly string[] | null): string {
  if (!listAt || listAt.length === 0) return awaited
  return `(${awaited})${listAt.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('')}`
}

/** Source text of what is awaited, made from that of its list of rows. */
export function resultOf(list: string, listAt: readonly string[]): string {
  return listAt.reduceRight((text, step) => (/^\d+$/.test(step) ? `[${text}]` : `{ ${step}: ${text} }`), list)
}
