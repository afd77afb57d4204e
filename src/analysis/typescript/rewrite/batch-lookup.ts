import { Node, type CallExpression, type TypeNode } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { camelCase, capitalized, lowerFirst, plural, singular } from '../../words.ts'
import type { Step, TracedCall } from '../call-graph.ts'
import { nameOf, type FunctionNode } from '../functions.ts'
import { identifiersIn } from '../loops.ts'
import type { LoopShape } from './batch-loop.ts'
import { placeBeside } from './batch-placement.ts'
import type { Context } from './context.ts'
import { otherImplementations } from './implementations.ts'
import { addImports } from './imports.ts'
import { listIn, readingOf, type Reading } from './reading.ts'
import { returnedOf } from './result-path.ts'
import { linesAt, styleOf, type Style } from './style.ts'

/** Keys a query is given at once: far below the bind limits of all databases. */
export const keysPerQuery = 500

/** A function that reads what a list of keys leads to, and what the single one gives. */
export interface AddedReading {
  readonly edits: readonly FileEdit[]
  /** Source text of the function, as the loop's code calls it. */
  readonly callee: string
  readonly reading: Reading
  /** What one row is called. */
  readonly noun: string
  /** What the single look-up gives where there is no row; `never` where its type says that there always is one. */
  readonly missing: 'undefined' | 'null' | 'never'
  /** Whether the types say that keys and the column are the same kind of number or string. */
  readonly keysAreAlike: boolean
}

/** A function as it will stand beside one that the loop's call leads through. */
interface Sibling extends AddedReading {
  readonly name: string
}

/** Adds a reading for many keys beside every function between the loop and its query, each of which must do nothing else. */
export function addSiblings(call: TracedCall, loop: LoopShape, context: Context): AddedReading | null {
  const steps = call.trace.steps.slice(loop.step)
  const last = steps.at(-1)
  let sibling = last ? addInnermost(call, last, steps.at(-2), context) : null
  for (let index = steps.length - 2; index > 0 && sibling; index--) {
    const step = steps[index]
    const from = steps[index - 1]
    sibling = step && from ? addAround(sibling, step, from, context) : null
  }
  return sibling
}

function addInnermost(
  call: TracedCall,
  step: Step,
  from: Step | undefined,
  context: Context,
): Sibling | null {
  if (!from || !Node.isCallExpression(step.call) || !Node.isCallExpression(from.call)) return null
  const isKey = keyParameter(step, context, from)
  const reading = isKey && readingOf(call, step.call, isKey, context.resolver)
  if (!isKey || !reading || identifiersIn(step.call).filter(isKey).length !== 1) return null
  const returned = returnedOf(step.fn, step.call, reading.reads?.numbers)
  const listAt = reading.gives === 'count' ? [] : (reading.listAt ?? [])
  const path = [...listAt, ...(reading.gives === 'row' && reading.listAt ? ['0'] : [])]
  if (!returned || returned.path.join('.') !== path.join('.')) return null
  const file = step.fn.getSourceFile()
  const imports = addImports(file, reading.imports)
  const names = namesFor(nameOf(step.fn), call.facts.table, reading)
  const body = bodyLines(reading, styleOf(file))
  const missing = returned.missing === 'null' ? 'null' : reading.missing
  const keysAreAlike = reading.gives !== 'count' && areAlike(step.fn, reading.column)
  return (
    imports &&
    added(step.fn, from.call, { reading, missing, keysAreAlike, ...names, edits: imports }, body, context)
  )
}

/** The same beside a function that hands its one parameter on to the next, and gives what that gives. */
function addAround(inner: Sibling, step: Step, from: Step, context: Context): Sibling | null {
  if (!Node.isCallExpression(step.call) || !Node.isCallExpression(from.call)) return null
  const isKey = keyParameter(step, context, from)
  const returned = returnedOf(step.fn, step.call)
  const [key, ...others] = step.call.getArguments()
  if (!isKey || !returned || returned.path.length > 0 || !key || others.length > 0 || !isKey(key)) return null
  const oldName = nameOf(step.fn)
  const names = oldName === null ? null : namesFor(oldName, inner.noun, inner.reading)
  const { indent, end } = styleOf(step.fn.getSourceFile())
  const missing = returned.missing === 'null' || inner.missing === 'null' ? 'null' : 'undefined'
  const body = [`${indent}return ${inner.callee}(ids)${end}`]
  return names && added(step.fn, from.call, { ...inner, missing, ...names }, body, context)
}

function added(
  fn: FunctionNode,
  call: CallExpression,
  inner: Omit<Sibling, 'callee'>,
  body: readonly string[],
  context: Context,
): Sibling | null {
  const { reading, name } = inner
  const missing = reading.gives === 'row' ? declaredMissing(fn, inner.missing) : inner.missing
  const row = reading.gives === 'count' ? null : rowType(fn, reading)
  if (!missing || (row && !hasColumn(row, reading.column))) return null
  const placed = placeBeside(
    fn,
    call,
    {
      name,
      signatureBeside: (existing) => signatureBeside(existing, reading),
      body,
      bodyOf: (method, style) => bodyOfCalls(`this.${nameOf(method)}`, reading, style),
    },
    context,
  )
  return placed && { ...inner, missing, callee: placed.callee, edits: [...inner.edits, ...placed.edits] }
}

function signatureBeside(fn: FunctionNode, reading: Reading): string {
  const { typed } = styleOf(fn.getSourceFile())
  if (!typed) return '(ids)'
  const key = fn.getParameters()[0]?.getTypeNode()
  const row = reading.gives === 'count' ? null : rowType(fn, reading)
  const result = reading.gives === 'count' ? 'Map<string, number>' : row && `${inBrackets(row)}[]`
  return `(ids: readonly ${key ? inBrackets(key) : '(number | string)'}[])${result ? `: Promise<${result}>` : ''}`
}

/** Where rows aren't read from a database, one after the other will do. */
function bodyOfCalls(method: string, { gives }: Reading, { indent, end, typed }: Style): string[] {
  if (gives === 'count') {
    const pair = `[String(id), await ${method}(id)]${typed ? ' as const' : ''}`
    return [`${indent}return new Map(await Promise.all(ids.map(async (id) => ${pair})))${end}`]
  }
  return [
    `${indent}const found = await Promise.all([...new Set(ids)].map((id) => ${method}(id)))${end}`,
    `${indent}return found.${gives === 'row' ? 'flatMap((row) => row ?? [])' : 'flat()'}${end}`,
  ]
}

/** Whether a node reads the only parameter of a function that a call runs, and no other function but its like; null where that isn't so. */
function keyParameter(
  step: Step,
  context: Context,
  from: Step | undefined,
): ((value: Node) => boolean) | null {
  const [parameter, another] = step.fn.getParameters()
  const same: readonly FunctionNode[] = [step.fn, ...(otherImplementations(step.fn, context) ?? [])]
  const runsAlone = from !== undefined && context.resolver.callees(from.call).every((fn) => same.includes(fn))
  if (!parameter || another || parameter.isRestParameter() || !runsAlone) return null
  return (value) => Node.isIdentifier(value) && value.getText() === parameter.getName()
}

/** Squares what a function gives where there is no row with the type it declares; null where the two disagree. */
function declaredMissing(fn: FunctionNode, missing: AddedReading['missing']): AddedReading['missing'] | null {
  const awaited = awaitedType(fn)
  if (!awaited || awaited.getText() === 'any') return missing
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

/** `T` of a function declared to return `Promise<T | undefined>`, or `Promise<T[]>` where it reads several rows. */
function rowType(fn: FunctionNode, { gives }: Reading): TypeNode | null {
  const awaited = awaitedType(fn)
  if (gives === 'rows') return Node.isArrayTypeNode(awaited) ? awaited.getElementTypeNode() : null
  if (!Node.isUnionTypeNode(awaited)) return awaited ?? null
  const [only, ...others] = awaited
    .getTypeNodes()
    .filter((member) => !['undefined', 'null'].includes(member.getText()))
  return others.length === 0 ? (only ?? null) : null
}

function hasColumn(row: TypeNode, column: string): boolean {
  const type = row.getType()
  return type.getProperty(column) !== undefined || type.getProperties().length === 0
}

function areAlike(fn: FunctionNode, column: string): boolean {
  const type = fn.getParameters()[0]?.getTypeNode()?.getText()
  const awaited = awaitedType(fn)
  const row = Node.isUnionTypeNode(awaited)
    ? awaited.getTypeNodes().find((member) => member.getType().getProperty(column) !== undefined)
    : awaited
  const property = row?.getType().getProperty(column)
  if (!row || !property || (type !== 'number' && type !== 'string')) return false
  return property.getTypeAtLocation(row).getText() === type
}

function inBrackets(type: TypeNode): string {
  const text = type.getText()
  return /^[\w.]+(?:<[\w., '"|]*>)?$/.test(text) ? text : `(${text})`
}

/** `getPostById` of table `posts` becomes `getPostsByIds`, and a row of it a `post`. */
function namesFor(
  oldName: string | null,
  table: string | null,
  { column, gives }: Reading,
): { name: string; noun: string } {
  const [, verb = '', rest = ''] =
    /^(get|find|fetch|load|read|retrieve|select|count|lookUp|lookup)?(.*)$/.exec(oldName ?? '') ?? []
  const thing = rest.replace(/By\w*$/, '').replace(/^(?:One|All)(?=[A-Z]|$)|One$|All$/, '')
  const fallback = lowerFirst(singular(camelCase(table ?? 'rows')))
  const noun = thing === '' ? fallback : lowerFirst(gives === 'row' ? thing : singular(thing))
  const things = thing === '' ? '' : verb === '' ? plural(lowerFirst(noun)) : capitalized(plural(noun))
  const keys = plural(capitalized(camelCase(column)))
  return { name: lowerFirst(`${verb}${things}By${keys}`), noun }
}

function bodyLines(reading: Reading, { indent, end }: Style): string[] {
  const query = `await ${reading.forKeys(`unique.slice(start, start + ${keysPerQuery})`)}`
  const push = `chunks.push(${listIn(query, reading.listAt)})${end}`
  const rows =
    reading.gives === 'count'
      ? `new Map(chunks.flat().map((row) => [String(${reading.keyOf('row')}), ${reading.valueOf('row')}]))`
      : 'chunks.flat()'
  return [
    `${indent}const unique = [...new Set(ids)]${end}`,
    `${indent}const chunks = []${end}`,
    `${indent}for (let start = 0; start < unique.length; start += ${keysPerQuery}) {`,
    ...linesAt(push, reading.indent).map((line) => indent + indent + line),
    `${indent}}`,
    `${indent}return ${rows}${end}`,
  ]
}
