import { Node, type CallExpression, type TypeNode } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { camelCase, capitalized, plural, singular } from '../../words.ts'
import type { TracedCall } from '../call-graph.ts'
import { identifiersIn, isInside } from '../loops.ts'
import type { Lookup } from '../orms/orm.ts'
import { bare, nameOf, symbolOf, type FunctionNode } from '../functions.ts'
import { placeBeside } from './batch-placement.ts'
import type { LoopShape } from './batch-loop.ts'
import type { Context } from './context.ts'
import { isUsed } from './names.ts'
import { belowImports } from './placement.ts'
import { styleOf, type Style } from './style.ts'

/** Keys a query is given at once: far below the bind limits of all databases. */
const keysPerQuery = 500

/** A function that reads the rows for many keys, and how to get from them to what the single look-up gave. */
export interface AddedLookup {
  readonly edits: readonly FileEdit[]
  /** Source text of the function, as the loop's code calls it. */
  readonly callee: string
  readonly column: string
  /** What one row is called. */
  readonly noun: string
  /** What the single look-up gives where there is no row; `never` where its type says that there always is one. */
  readonly missing: 'undefined' | 'null' | 'never'
  /** Whether the types say that keys and the column are the same kind of number or string. */
  readonly keysAreAlike: boolean
}

/** Adds the look-up for many keys beside the one in a function that the loop calls, or below the imports where the loop queries by itself. */
export function addLookup(call: TracedCall, loop: LoopShape, context: Context): AddedLookup | null {
  const between = call.trace.steps.length - 1 - loop.step
  if (between === 0) return addLocalLookup(call, loop, context)
  return between === 1 ? addSiblingLookup(call, loop, context) : null
}

function addLocalLookup({ trace, facts }: TracedCall, loop: LoopShape, context: Context): AddedLookup | null {
  const lookup = trace.orm.lookup(loop.call, (value) => value === loop.key, context.resolver)
  if (!lookup || !isVisibleAtTopLevel(loop)) return null
  const file = loop.call.getSourceFile()
  const noun = singular(camelCase(facts.table ?? 'rows'))
  const name = `load${capitalized(plural(noun))}By${keysName(lookup.column)}`
  if (isUsed(name, file)) return null
  const style = styleOf(file)
  const parameters = style.typed ? 'ids: readonly (number | string)[]' : 'ids'
  const lines = [`async function ${name}(${parameters}) {`, ...bodyLines(lookup, style), '}']
  return {
    edits: [belowImports(file, lines)],
    callee: name,
    column: lookup.column,
    noun,
    missing: 'undefined',
    keysAreAlike: false,
  }
}

/** Whether all but the key of a query is known outside every function. */
function isVisibleAtTopLevel({ call, key }: LoopShape): boolean {
  if (call.forEachDescendantAsArray().some((node) => Node.isThisExpression(node))) return false
  return identifiersIn(call)
    .filter((name) => !isInside(name, key))
    .every((name) => (symbolOf(name)?.getDeclarations() ?? []).every(isTopLevel))
}

function isTopLevel(declaration: Node): boolean {
  return declaration
    .getAncestors()
    .every((ancestor) => !Node.isBlock(ancestor) && !Node.isArrowFunction(ancestor))
}

function addSiblingLookup(
  { trace, facts }: TracedCall,
  loop: LoopShape,
  context: Context,
): AddedLookup | null {
  const inner = trace.steps.at(-1)
  if (!inner || inner.fn.getParameters().length !== 1) return null
  const [parameter] = inner.fn.getParameters()
  const isKey = (value: Node): boolean => Node.isIdentifier(value) && value.getText() === parameter?.getName()
  const lookup = trace.orm.lookup(inner.call, isKey, context.resolver)
  if (identifiersIn(inner.call).filter(isKey).length !== 1) return null
  const missing = lookup && declaredMissing(inner.fn, missingRow(inner.fn, inner.call))
  const oldName = nameOf(inner.fn)
  if (!lookup || !missing || oldName === null || !parameter) return null
  const style = styleOf(inner.fn.getSourceFile())
  const row = rowType(inner.fn)
  const key = parameter.getTypeNode()
  if (row && !row.getType().getProperty(lookup.column) && row.getType().getProperties().length > 0)
    return null
  const { name, noun } = namesFor(oldName, facts.table, lookup.column)
  const parameters =
    style.typed && key
      ? `ids: readonly ${inBrackets(key)}[]`
      : style.typed
        ? 'ids: readonly (number | string)[]'
        : 'ids'
  const signature = `(${parameters})${style.typed && row ? `: Promise<${inBrackets(row)}[]>` : ''}`
  const placed = placeBeside(inner.fn, loop.call, { name, signature, body: bodyLines(lookup, style) })
  return (
    placed && {
      ...placed,
      column: lookup.column,
      noun,
      missing,
      keysAreAlike: areAlike(key, row, lookup.column),
    }
  )
}

/** What a function that does nothing but one look-up gives where there is no row; null if it does more. */
function missingRow(fn: FunctionNode, query: CallExpression): 'undefined' | 'null' | null {
  const body = fn.getBody()
  if (!Node.isBlock(body)) return body ? missingIn(body, query) : null
  const [first, second, ...others] = body.getStatements()
  if (others.length > 0) return null
  if (Node.isReturnStatement(first) && !second) return missingIn(first.getExpression(), query)
  const [declaration, another] = Node.isVariableStatement(first) ? first.getDeclarations() : []
  const initializer = declaration?.getInitializer()
  if (
    !declaration ||
    another ||
    !initializer ||
    bare(initializer) !== query ||
    !Node.isReturnStatement(second)
  )
    return null
  const returned = second.getExpression()
  const name = declaration.getNameNode()
  const [value] = returned ? identifiersIn(returned) : []
  return value?.getText() === name.getText() ? missingIn(returned, value) : null
}

/** Squares what a function gives where there is no row with the type it declares; null where the two disagree. */
function declaredMissing(
  fn: FunctionNode,
  missing: 'undefined' | 'null' | null,
): AddedLookup['missing'] | null {
  const awaited = awaitedType(fn)
  if (!missing || !awaited || awaited.getText() === 'any') return missing
  const members = Node.isUnionTypeNode(awaited)
    ? awaited.getTypeNodes().map((member) => member.getText())
    : []
  if (members.includes(missing)) return missing
  return members.includes('null') || members.includes('undefined') ? null : 'never'
}

/** `T` of a function declared to return `Promise<T>`. */
function awaitedType(fn: FunctionNode): TypeNode | undefined {
  const type = fn.getReturnTypeNode()
  return Node.isTypeReference(type) && type.getTypeName().getText() === 'Promise'
    ? type.getTypeArguments()[0]
    : undefined
}

function missingIn(returned: Node | undefined, row: Node): 'undefined' | 'null' | null {
  if (!returned) return null
  const value = bare(returned)
  if (value === row) return 'undefined'
  if (!Node.isBinaryExpression(value) || bare(value.getLeft()) !== row) return null
  const isFallback = ['??', '||'].includes(value.getOperatorToken().getText())
  const fallback = value.getRight().getText()
  return isFallback && (fallback === 'null' || fallback === 'undefined') ? fallback : null
}

/** `T` of a function declared to return `Promise<T | undefined>`. */
function rowType(fn: FunctionNode): TypeNode | null {
  const awaited = awaitedType(fn)
  if (!Node.isUnionTypeNode(awaited)) return awaited ?? null
  const [only, ...others] = awaited
    .getTypeNodes()
    .filter((member) => !['undefined', 'null'].includes(member.getText()))
  return others.length === 0 ? (only ?? null) : null
}

function areAlike(key: TypeNode | undefined, row: TypeNode | null, column: string): boolean {
  const type = key?.getText()
  const property = row?.getType().getProperty(column)
  if (!row || !property || (type !== 'number' && type !== 'string')) return false
  return property.getTypeAtLocation(row).getText() === type
}

function inBrackets(type: TypeNode): string {
  const text = type.getText()
  return /^[\w.]+(?:<[\w., '"|]*>)?$/.test(text) ? text : `(${text})`
}

function keysName(column: string): string {
  return plural(capitalized(camelCase(column)))
}

/** `getPostById` of table `posts` becomes `getPostsByIds`, and a row of it a `post`. */
function namesFor(oldName: string, table: string | null, column: string): { name: string; noun: string } {
  const [, verb = '', rest = ''] =
    /^(get|find|fetch|load|read|retrieve|select|lookUp|lookup)?(.*)$/.exec(oldName) ?? []
  const thing = rest.replace(/By\w*$/, '').replace(/^One(?=[A-Z]|$)|One$/, '')
  const fallback = singular(camelCase(table ?? 'rows'))
  const noun = thing === '' ? fallback : thing.charAt(0).toLowerCase() + thing.slice(1)
  const things = thing === '' ? '' : verb === '' ? plural(thing) : capitalized(plural(thing))
  return { name: `${verb}${things}By${keysName(column)}`.replace(/^By/, 'by'), noun }
}

function bodyLines(lookup: Lookup, { indent, end }: Style): string[] {
  const query = lookup.forKeys(`unique.slice(start, start + ${keysPerQuery})`)
  return [
    `${indent}const unique = [...new Set(ids)]${end}`,
    `${indent}const chunks = []${end}`,
    `${indent}for (let start = 0; start < unique.length; start += ${keysPerQuery}) {`,
    `${indent}${indent}chunks.push(await ${query})${end}`,
    `${indent}}`,
    `${indent}return chunks.flat()${end}`,
  ]
}
