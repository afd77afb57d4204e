import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'

/** Finds one value in a parsed JSON document; undefined where it isn't there. */
export type JsonPath = (document: unknown) => unknown

const segment = /\.([A-Za-z_$][\w$-]*)|\[(-?\d+)\]|\['([^']*)'\]|\["([^"]*)"\]/y

/**
 * Compiles a JSON path that leads to one value: the singular queries of RFC 9535, such as `$.items[0].id` or
 * `$['user-id']`; a negative index counts from the end. Throws `HR_JSON_PATH` for anything else.
 */
export function jsonPath(text: string): JsonPath {
  const keys = keysOf(text)
  return (document) => keys.reduce(step, document)
}

function keysOf(text: string): (string | number)[] {
  const keys: (string | number)[] = []
  if (!text.startsWith('$')) throw wrong(text)
  segment.lastIndex = 1
  while (segment.lastIndex < text.length) {
    const found = segment.exec(text)
    if (found === null) throw wrong(text)
    const [, name, index, single, double] = found
    keys.push(index === undefined ? (name ?? single ?? double ?? '') : Number(index))
  }
  return keys
}

function step(value: unknown, key: string | number): unknown {
  if (typeof key === 'number') return Array.isArray(value) ? (value as unknown[]).at(key) : undefined
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}

function wrong(text: string): Failure {
  return new Failure(
    'HR_JSON_PATH',
    l10n.t('`{0}` is not a path to one JSON value. Write it like `$.items[0].id`.', text),
  )
}
