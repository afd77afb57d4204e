import { Node, type CallExpression, type ObjectLiteralExpression } from 'ts-morph'
import type { FileEdit } from '../../../../model/source.ts'
import { insertion, replacement } from '../../rewrite/placement.ts'
import { indentOf, lineLength, styleOf } from '../../rewrite/style.ts'
import { bare } from '../../functions.ts'

/** An entry to be added to an object, as source text; without a name it is added as it stands, like a spread. */
export interface NewEntry {
  readonly name: string | null
  readonly text: string
}

/** Columns of a line that code is kept within. */
const width = 110

/**
 * Adds entries to the options that a call is given as its argument at `index`: to an object written there, beside the
 * spread of any other value, or as a new argument. Entries that the object holds under the same name are replaced.
 * `fillers` are the arguments before it, where these are missing. Null where a spread stands among the arguments.
 */
export function withEntries(
  call: CallExpression,
  index: number,
  entries: readonly NewEntry[],
  fillers: readonly string[] = [],
): FileEdit[] | null {
  const args = call.getArguments()
  if (args.some((argument) => Node.isSpreadElement(argument))) return null
  const given = args[index]
  if (!given) return appended(call, index, entries, fillers)
  const value = bare(given)
  if (Node.isObjectLiteralExpression(value)) return inLiteral(value, entries)
  const isNothing = given.getText() === 'undefined'
  return [
    replacement(
      given,
      isNothing
        ? objectText(entries)
        : objectText([{ name: null, text: `...${spreadable(given)}` }, ...entries]),
    ),
  ]
}

/** Adds entries to an object literal, or replaces those it holds under the same name. */
export function inLiteral(object: ObjectLiteralExpression, entries: readonly NewEntry[]): FileEdit[] {
  const replaced = entries.flatMap((entry): FileEdit[] => {
    const property = entry.name === null ? undefined : object.getProperty(entry.name)
    return property ? [replacement(property, entryText(entry))] : []
  })
  const added = entries.filter(({ name }) => name === null || !object.getProperty(name))
  if (added.length === 0) return replaced
  const properties = object.getProperties()
  const last = properties.at(-1)
  if (!last) {
    if (object.getText().replaceAll(/\s/g, '') !== '{}')
      return [...replaced, insertion(object, object.getStart() + 1, ` ${added.map(entryText).join(', ')},`)]
    return [...replaced, replacement(object, objectText(added))]
  }
  const { lineBreak } = styleOf(object.getSourceFile())
  const texts = added.map(entryText)
  const isOnLines = properties[0]?.getStartLineNumber() !== object.getStartLineNumber()
  const rest = object.getSourceFile().getFullText().slice(last.getEnd(), object.getEnd())
  const hasComma = /^\s*(?:\/\*[\s\S]*?\*\/\s*)?,/.test(rest)
  if (isOnLines) {
    const indent = indentOf(last)
    const at = last.getEnd() + (hasComma ? rest.indexOf(',') + 1 : 0)
    const lines = texts.map((text) => lineBreak + indent + text).join(',')
    return [...replaced, insertion(object, at, `${hasComma ? '' : ','}${lines}${hasComma ? ',' : ''}`)]
  }
  return [...replaced, insertion(object, last.getEnd(), `, ${texts.join(', ')}`)]
}

/** Source text of an object with these entries. */
export function objectText(entries: readonly NewEntry[]): string {
  return entries.length === 0 ? '{}' : `{ ${entries.map(entryText).join(', ')} }`
}

/** Source text of an expression as it can stand after `...`. */
export function spreadable(node: Node): string {
  const isPlain =
    Node.isIdentifier(node) ||
    Node.isPropertyAccessExpression(node) ||
    Node.isCallExpression(node) ||
    Node.isParenthesizedExpression(node)
  return isPlain ? node.getText() : `(${node.getText()})`
}

/** Source text of an object literal without some of its entries, and with others added. */
export function literalText(
  object: ObjectLiteralExpression,
  without: (name: string) => boolean,
  added: readonly NewEntry[] = [],
): string {
  const kept = object
    .getProperties()
    .filter((property) => !('getName' in property) || !without(unquoted(property.getName())))
  return objectText([...kept.map((property) => ({ name: null, text: property.getText() })), ...added])
}

function appended(
  call: CallExpression,
  index: number,
  entries: readonly NewEntry[],
  fillers: readonly string[],
): FileEdit[] | null {
  const args = call.getArguments()
  const missing = fillers.slice(args.length, index)
  if (args.length + missing.length !== index) return null
  const text = [...missing, objectText(entries)].join(', ')
  const last = args.at(-1)
  if (last) return [insertion(call, last.getEnd(), `, ${text}`)]
  const { lineBreak, indent } = styleOf(call.getSourceFile())
  const isLong = lineLength(call) + text.length > width && missing.length === 0
  const base = indentOf(call)
  const lines = entries.map((entry) => `${lineBreak}${base}${indent}${entryText(entry)},`).join('')
  return [insertion(call, call.getEnd() - 1, isLong ? `{${lines}${lineBreak}${base}}` : text)]
}

function entryText({ name, text }: NewEntry): string {
  return name === null || name === text ? text : `${name}: ${text}`
}

function unquoted(name: string): string {
  return name.replace(/^['"`](.*)['"`]$/, '$1')
}
