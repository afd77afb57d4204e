import { findNodeAtLocation, type Node, parse, parseTree, type ParseError, visit } from 'jsonc-parser'

/*
 * Edits of JSON files with comments: one value is put in or taken out, and every other byte stays. jsonc-parser's own `modify`
 * takes the comment behind the last property along with the next one, and removes the comments before a property with it.
 */

/** Keys of objects and indexes of lists, from the root. */
export type JsonPath = readonly (string | number)[]

const tolerant = { allowTrailingComma: true, disallowComments: false }

/** The value that a text holds, or the line, from 1, on which it stops being JSON. An empty text holds nothing. */
export function readJson(text: string): { readonly value: unknown } | { readonly brokenLine: number } {
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, tolerant)
  const [first] = errors
  if (first === undefined || text.trim() === '') return { value }
  return { brokenLine: text.slice(0, first.offset).split('\n').length }
}

/** Puts a value at a path. Objects on the way are made; an index that isn't there is the end of its list. */
export function withValue(text: string, path: JsonPath, value: unknown): string {
  const source = text.trim() === '' ? '{}\n' : text
  const there = nodeAt(source, path)
  if (there !== undefined) {
    return replaced(
      source,
      there.offset,
      there.length,
      rendered(value, styleOf(source), indentAt(source, there.offset)),
    )
  }
  let depth = path.length - 1
  while (depth > 0 && nodeAt(source, path.slice(0, depth)) === undefined) depth -= 1
  const parent = nodeAt(source, path.slice(0, depth))
  if (parent === undefined) throw new Error('There is no JSON to edit.')
  const [key, ...inner] = path.slice(depth)
  const nested = inner.reduceRight<unknown>(
    (within, each) => (typeof each === 'number' ? [within] : { [each]: within }),
    value,
  )
  return inserted(source, parent, parent.type === 'array' ? null : String(key), nested)
}

/** Takes the value at a path out, its key, its comma and its own lines with it. Unchanged where there is none. */
export function withoutValue(text: string, path: JsonPath): string {
  const node = nodeAt(text, path)
  const item = node?.parent?.type === 'property' ? node.parent : node
  const siblings = item?.parent?.children
  if (item === undefined || siblings === undefined) return text
  const comma = commaAfter(text, item)
  const end = comma === null ? item.offset + item.length : comma + 1
  const shortened = withoutRange(text, item.offset, end)
  const before = siblings[siblings.indexOf(item) - 1]
  // The comma before the last one would now end the list.
  const loose = before !== undefined && comma === null ? commaAfter(text, before) : null
  return loose === null ? shortened : replaced(shortened, loose, 1, '')
}

/** Whether there is an object or a list at a path, and nothing in it, not even a comment. */
export function isBare(text: string, path: JsonPath): boolean {
  const node = nodeAt(text, path)
  return (
    node !== undefined && /^(?:\{\s*\}|\[\s*\])$/.test(text.slice(node.offset, node.offset + node.length))
  )
}

function nodeAt(text: string, path: JsonPath): Node | undefined {
  const root = parseTree(text, [], tolerant)
  return root === undefined ? undefined : findNodeAtLocation(root, [...path])
}

/** Adds an item at the end of an object or list, behind the comment on the last one's line. */
function inserted(text: string, container: Node, key: string | null, value: unknown): string {
  const style = styleOf(text)
  const last = container.children?.at(-1)
  const close = container.offset + container.length - 1
  const name = key === null ? '' : `${JSON.stringify(key)}: `
  if (last === undefined) {
    const outer = indentAt(text, container.offset)
    const indent = outer + style.unit
    // Comments in it stay before what is added.
    const start = container.offset + 1 + text.slice(container.offset + 1, close).trimEnd().length
    const item = `${style.eol}${indent}${name}${rendered(value, style, indent)}${style.eol}${outer}`
    return replaced(text, start, close - start, item)
  }
  const lastEnd = last.offset + last.length
  const comma = commaAfter(text, last)
  const after = comma === null ? lastEnd : comma + 1
  if (!text.slice(lastEnd, close).includes('\n')) {
    return replaced(text, after, 0, `${comma === null ? ',' : ''} ${name}${rendered(value, null, '')}`)
  }
  const indent = indentAt(text, last.offset)
  const item = `${style.eol}${indent}${name}${rendered(value, style, indent)}${comma === null ? '' : ','}`
  const added = replaced(text, endOfCommentedLine(text, after, close), 0, item)
  return comma === null ? replaced(added, lastEnd, 0, ',') : added
}

interface Style {
  readonly eol: string
  readonly unit: string
}

function styleOf(text: string): Style {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  return { eol, unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ' }
}

/** A value as JSON; on one line where `style` is null. Lists of plain values always are. */
function rendered(value: unknown, style: Style | null, indent: string): string {
  const isPlain = typeof value !== 'object' || value === null
  if (isPlain) return JSON.stringify(value)
  const items = Array.isArray(value)
    ? value.map((item): [string, unknown] => ['', item])
    : Object.entries(value).map(([key, item]): [string, unknown] => [`${JSON.stringify(key)}: `, item])
  const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
  if (items.length === 0) return `${open}${close}`
  const isShort = Array.isArray(value) && items.every(([, item]) => typeof item !== 'object')
  if (style === null || isShort) {
    const within = items.map(([name, item]) => name + rendered(item, null, '')).join(', ')
    return Array.isArray(value) ? `[${within}]` : `{ ${within} }`
  }
  const inner = indent + style.unit
  const lines = items.map(([name, item]) => `${inner}${name}${rendered(item, style, inner)}`)
  return `${open}${style.eol}${lines.join(`,${style.eol}`)}${style.eol}${indent}${close}`
}

/** The blanks at the beginning of the line that holds an offset. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

/** Where the comma after an item stands, behind comments too; null where there is none. */
function commaAfter(text: string, { offset, length, parent }: Node): number | null {
  const end = offset + length
  const next = parent?.children?.find((sibling) => sibling.offset > offset)?.offset
  const close = parent === undefined ? text.length : parent.offset + parent.length
  let comma: number | null = null
  visit(text, {
    onSeparator(character, at) {
      if (character === ',' && comma === null && at >= end && at < (next ?? close)) comma = at
    },
  })
  return comma
}

/** The end of the last comment that begins on the line of an offset, before `limit`; the offset itself where there is none. */
function endOfCommentedLine(text: string, offset: number, limit: number): number {
  let end = offset
  visit(text, {
    onComment(at, length) {
      if (at >= end && at < limit && !text.slice(end, at).includes('\n')) end = at + length
    },
  })
  return end
}

/** Takes a range out, and its lines with it where nothing else stands on them. */
function withoutRange(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const rest = /^[ \t]*(\r?\n)?/.exec(text.slice(end))?.[0] ?? ''
  const isAlone = text.slice(lineStart, start).trim() === '' && rest.includes('\n')
  if (isAlone) return replaced(text, lineStart, end + rest.length - lineStart, '')
  const from = text.slice(0, start).endsWith(' ') && !text.startsWith(' ', end) ? start - 1 : start
  const to = from === start && text.startsWith(' ', end) ? end + 1 : end
  return replaced(text, from, to - from, '')
}

function replaced(text: string, offset: number, length: number, by: string): string {
  return text.slice(0, offset) + by + text.slice(offset + length)
}
