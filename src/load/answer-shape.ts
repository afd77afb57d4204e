import { parseJson } from './answer-check.ts'

/** More says nothing new about an answer, and must travel between processes. */
const mostPaths = 2000
const deepest = 30
/** An object with more keys is a table of values by their ids, not one thing with so many properties. */
const mostKeys = 100
/** Names of properties, not data that is used as keys: words, titles, numbers, ids. */
const propertyName = /^(?![\da-f]{16,}$)(?!.*\d{3})[A-Za-z_$][\w$]{0,39}$/i

/**
 * What an answer is made of, never what it says: one line for each place and type in a JSON document, such as
 * `$.items[].id number`, in order. The elements of an array count as one, and so do the values under keys that are ids.
 * Other answers are `$ text`, empty ones `$ nothing`. `text` is null where it can't be decoded.
 */
export function shapeOf(text: string | null): string[] {
  if (text === null) return ['$ undecodable']
  if (text.trim() === '') return ['$ nothing']
  const document = parseJson(text)
  if (document === undefined) return ['$ text']
  const lines = new Set<string>()
  walkDocument(document, '$', 0, lines)
  return [...lines].toSorted()
}

function walkDocument(value: unknown, path: string, depth: number, lines: Set<string>): void {
  if (lines.size >= mostPaths) return
  lines.add(`${path} ${typeOf(value)}`)
  if (typeof value !== 'object' || value === null || depth === deepest) return
  if (Array.isArray(value)) {
    for (const element of value) walkDocument(element, `${path}[]`, depth + 1, lines)
    return
  }
  const entries = Object.entries(value)
  const isTable = entries.length > mostKeys
  for (const [key, property] of entries) {
    walkDocument(property, `${path}.${isTable ? '*' : shownKey(key)}`, depth + 1, lines)
  }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

/** Keys that are data stay here. */
function shownKey(key: string): string {
  return propertyName.test(key) ? key : '*'
}
