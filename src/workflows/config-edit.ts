import { findNodeAtLocation, type Node, parseTree, visit } from 'jsonc-parser'

/*
 * Edits of a JSON file with comments, one property at a time. jsonc-parser's own `modify` takes the comment behind the
 * last property along with the next one, and removes the comments before a property with it.
 */

/** The text with `value` at a path of keys; objects on the way are made. Everything else stays as it is, byte for byte. */
export function withProperty(text: string, path: readonly string[], value: string): string {
  const root = parseTree(text, [], { allowTrailingComma: true })
  if (root === undefined) throw new Error('There is no JSON to edit.')
  const there = findNodeAtLocation(root, [...path])
  if (there !== undefined) return replaced(text, there.offset, there.length, JSON.stringify(value))
  let depth = path.length - 1
  while (depth > 0 && findNodeAtLocation(root, path.slice(0, depth)) === undefined) depth -= 1
  const parent = depth === 0 ? root : findNodeAtLocation(root, path.slice(0, depth))
  const [key = '', ...inner] = path.slice(depth)
  if (parent === undefined) throw new Error('A path begins at the root.')
  return insert(text, parent, key, inner, value)
}

/** The text without the property at a path of keys, and without its own line; unchanged where there is none. */
export function withoutProperty(text: string, path: readonly string[]): string {
  const root = parseTree(text, [], { allowTrailingComma: true })
  const property = root === undefined ? undefined : findNodeAtLocation(root, [...path])?.parent
  const siblings = property?.parent?.children
  if (property === undefined || siblings === undefined) return text
  const comma = commaAfter(text, property)
  const end = comma === null ? property.offset + property.length : comma + 1
  const shortened = replacedLine(text, property.offset, end)
  const before = siblings[siblings.indexOf(property) - 1]
  // The comma before the last one would now end the list.
  const loose = before !== undefined && comma === null ? commaAfter(text, before) : null
  return loose === null ? shortened : replaced(shortened, loose, 1, '')
}

/** Whether there is an object at a path of keys, and nothing in it, not even a comment. */
export function isBareObject(text: string, path: readonly string[]): boolean {
  const root = parseTree(text, [], { allowTrailingComma: true })
  const found = root === undefined ? undefined : findNodeAtLocation(root, [...path])
  return found?.type === 'object' && /^\{\s*\}$/.test(text.slice(found.offset, found.offset + found.length))
}

/** Adds a property at the end of an object, behind the comment on the last one's line. */
function insert(text: string, object: Node, key: string, inner: readonly string[], value: string): string {
  const style = styleOf(text)
  const last = object.children?.at(-1)
  const close = object.offset + object.length - 1
  if (last === undefined) return insertFirst(text, { object, close, key, inner, value, style })
  const isInline = !text.slice(last.offset + last.length, close).includes('\n')
  const lastEnd = last.offset + last.length
  const comma = commaAfter(text, last)
  if (isInline) {
    const property = `${JSON.stringify(key)}: ${nested(inner, value, { ...style, indent: null })}`
    const at = comma === null ? lastEnd : comma + 1
    return replaced(text, at, 0, `${comma === null ? ',' : ''} ${property}`)
  }
  const indent = indentAt(text, last.offset)
  const property = `${JSON.stringify(key)}: ${nested(inner, value, { ...style, indent })}`
  const lineEnd = endOfCommentedLine(text, comma === null ? lastEnd : comma + 1, close)
  const added = replaced(text, lineEnd, 0, `${style.eol}${indent}${property}${comma === null ? '' : ','}`)
  return comma === null ? replaced(added, lastEnd, 0, ',') : added
}

interface Insertion {
  readonly object: Node
  readonly close: number
  readonly key: string
  readonly inner: readonly string[]
  readonly value: string
  readonly style: Style
}

/** Into an object without properties, before its brace, so that comments in it stay where they are. */
function insertFirst(text: string, { object, close, key, inner, value, style }: Insertion): string {
  const outer = indentAt(text, object.offset)
  const indent = outer + style.unit
  const property = `${JSON.stringify(key)}: ${nested(inner, value, { ...style, indent })}`
  const inside = text.slice(object.offset + 1, close)
  const kept = inside.trimEnd()
  const start = object.offset + 1 + kept.length
  return replaced(text, start, close - start, `${style.eol}${indent}${property}${style.eol}${outer}`)
}

interface Style {
  readonly eol: string
  readonly unit: string
}

/** `value` within an object for each of the keys; on one line where `indent` is null. */
function nested(
  keys: readonly string[],
  value: string,
  style: Style & { readonly indent: string | null },
): string {
  const [key, ...inner] = keys
  if (key === undefined) return JSON.stringify(value)
  const { eol, unit, indent } = style
  const within = `${JSON.stringify(key)}: ${nested(inner, value, { ...style, indent: indent === null ? null : indent + unit })}`
  return indent === null ? `{ ${within} }` : `{${eol}${indent}${unit}${within}${eol}${indent}}`
}

function styleOf(text: string): Style {
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  return { eol, unit: /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ' }
}

/** The blanks at the beginning of the line that holds an offset. */
function indentAt(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? ''
}

/** Where the comma after a property stands, behind comments too; null where there is none. */
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

/** Takes a range out, and its line with it where nothing else stands on it. */
function replacedLine(text: string, start: number, end: number): string {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const rest = /^[ \t]*(\r?\n)?/.exec(text.slice(end))?.[0] ?? ''
  const isAlone = text.slice(lineStart, start).trim() === '' && rest.includes('\n')
  const after = text.startsWith(' ', end) ? end + 1 : end
  return isAlone
    ? replaced(text, lineStart, end + rest.length - lineStart, '')
    : replaced(text, start, after - start, '')
}

function replaced(text: string, offset: number, length: number, by: string): string {
  return text.slice(0, offset) + by + text.slice(offset + length)
}
