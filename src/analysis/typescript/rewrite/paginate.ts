import type { Node, SourceFile } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Intention, PageLimits } from '../../facts.ts'
import type { Step } from '../call-graph.ts'
import type { TracedCall } from '../call-graph.ts'
import type { FunctionNode } from '../functions.ts'
import type { Context } from './context.ts'
import { freeName, isUsed } from './names.ts'
import { addArgument, addParameter } from './parameters.ts'
import { beforeStatement, belowImports } from './placement.ts'
import { styleOf } from './style.ts'

const pageType = '{ limit: number; offset: number }'

/**
 * Lets every handler that reaches a query read the page from its request and hand it down the calls to the query.
 * Functions that others call too get an optional page, and read everything without one.
 */
export function paginate(
  intention: Extract<Intention, { kind: 'paginate' }>,
  context: Context,
): FileEdit[] | null {
  const calls = intention.queries.flatMap((id) => context.calls.get(id) ?? [])
  const [first] = calls
  if (!first || calls.length !== intention.queries.length) return null
  if (!calls.every((call) => enteredBy(call).every((entry) => isPlainCall(entry, context)))) return null
  const edits = [
    ...helperEdits(calls, intention.page),
    ...calls.map((call) => handlerEdits(call)),
    ...signatureEdits(calls, context),
    ...passingEdits(calls),
    queryEdits(first, calls, context),
  ]
  return edits.some((edit) => edit === null) ? null : edits.flatMap((edit) => edit ?? [])
}

/** A function between handler and query: `from` enters it, `step` is what it calls in turn. */
interface Entry {
  readonly fn: FunctionNode
  readonly step: Step
  readonly from: Step
}

/** Whether a function is called where it is entered, not handed on by name, as in `.then(load)`. */
function isPlainCall({ fn, from }: Entry, { resolver }: Context): boolean {
  return resolver.callees(from.call).includes(fn)
}

/** The functions between the handler and the query, outermost first, each with the call that enters it. */
function enteredBy(call: TracedCall): Entry[] {
  const { steps } = call.trace
  return steps.slice(1).flatMap((step, index) => {
    const from = steps[index]
    return from ? [{ fn: step.fn, step, from }] : []
  })
}

function helperEdits(calls: readonly TracedCall[], page: PageLimits): (FileEdit[] | null)[] {
  const files = new Set(calls.map(({ trace }) => trace.steps[0].call.getSourceFile()))
  return [...files].map((file) => {
    if (file.getFunction('parsePage') || importsParsePage(file)) return []
    return isUsed('parsePage', file) ? null : [belowImports(file, parsePageLines(file, page))]
  })
}

function importsParsePage(file: SourceFile): boolean {
  return file
    .getImportDeclarations()
    .some((declaration) => declaration.getNamedImports().some((name) => name.getText() === 'parsePage'))
}

function parsePageLines(file: SourceFile, { defaultLimit, maximumLimit }: PageLimits): string[] {
  const { typed, indent, end } = styleOf(file)
  const parameters = typed ? `query: { limit?: unknown; offset?: unknown }): ${pageType}` : 'query)'
  const number = typed ? '(value: unknown, fallback: number)' : '(value, fallback)'
  return [
    `/** The page a request asks for: ?limit (${defaultLimit} by default, ${maximumLimit} at most) and ?offset (0 by default). */`,
    `function parsePage(${parameters} {`,
    `${indent}const wholeNumber = ${number} => {`,
    `${indent}${indent}const parsed = Number.parseInt(String(value), 10)${end}`,
    `${indent}${indent}return Number.isSafeInteger(parsed) ? parsed : fallback${end}`,
    `${indent}}${end}`,
    `${indent}const limit = Math.min(Math.max(wholeNumber(query.limit, ${defaultLimit}), 1), ${maximumLimit})${end}`,
    `${indent}return { limit, offset: Math.max(wholeNumber(query.offset, 0), 0) }${end}`,
    '}',
  ]
}

/** In the handler: the page is handed to the first call, or unpacked where the handler queries by itself. */
function handlerEdits({ trace, framework }: TracedCall): FileEdit[] | null {
  const [step, next] = trace.steps
  const query = framework.requestQuery(step.fn)
  const name = unpacked(step)
  if (!query) return null
  const page = `parsePage(${query.text})`
  if (next) {
    const argument = addArgument(step.call, next.fn, page)
    return argument && [...query.edits, argument]
  }
  if (name === null) return null
  const statement = beforeStatement(step.call, [
    `const ${name} = ${page}${styleOf(step.fn.getSourceFile()).end}`,
  ])
  return statement && [...query.edits, statement]
}

/** How a handler that queries by itself names the page: two numbers, or one object where these names are taken. */
function unpacked({ fn }: Step): '{ limit, offset }' | 'page' | null {
  if (!isUsed('limit', fn) && !isUsed('offset', fn)) return '{ limit, offset }'
  return isUsed('page', fn) ? null : 'page'
}

function signatureEdits(calls: readonly TracedCall[], context: Context): (FileEdit[] | null)[] {
  const functions = new Set(calls.flatMap((call) => enteredBy(call).map(({ fn }) => fn)))
  return [...functions].map((fn) => {
    const name = pageName(fn)
    return name === null
      ? null
      : addParameter(fn, { name, type: pageType, optional: isOptional(fn, calls, context) })
  })
}

function pageName(fn: FunctionNode): string | null {
  return freeName(['page', 'pageRange'], fn)
}

/** Whether a function must go on working without a page: others call it, or an earlier parameter may be left out. */
function isOptional(
  fn: FunctionNode,
  calls: readonly TracedCall[],
  context: Context,
  seen: readonly FunctionNode[] = [],
): boolean {
  if (fn.getParameters().some((parameter) => parameter.isOptional())) return true
  const entered = calls.flatMap((call) => enteredBy(call)).filter((entry) => entry.fn === fn)
  const known = new Set(entered.map(({ from }) => from.call))
  if (context.resolver.callersOf(fn).some((caller) => !known.has(caller))) return true
  const handlers = new Set([...seen, fn, ...calls.map(({ trace }) => trace.steps[0].fn)])
  const above = entered.map(({ from }) => from.fn).filter((caller) => !handlers.has(caller))
  return above.some((caller) => isOptional(caller, calls, context, [...seen, fn]))
}

/** Between the functions: each hands its page on to the next. */
function passingEdits(calls: readonly TracedCall[]): (FileEdit[] | null)[] {
  const seen = new Set<Node>()
  return calls.flatMap((call) =>
    enteredBy(call)
      .slice(0, -1)
      .map(({ fn, step }, index) => {
        const next = call.trace.steps[index + 2]
        const name = pageName(fn)
        if (seen.has(step.call)) return []
        seen.add(step.call)
        const edit = next && name !== null ? addArgument(step.call, next.fn, name) : null
        return edit && [edit]
      }),
  )
}

function queryEdits(first: TracedCall, calls: readonly TracedCall[], context: Context): FileEdit[] | null {
  const { steps, orm, query } = first.trace
  const last = steps.at(-1) ?? steps[0]
  const isDirect = steps.length === 1
  if (calls.some((call) => (call.trace.steps.length === 1) !== isDirect)) return null
  const name = isDirect ? (unpacked(last) === 'page' ? 'page' : null) : pageName(last.fn)
  const prefix = name === null ? '' : `${name}.`
  const unless = !isDirect && isOptional(last.fn, calls, context) ? name : null
  return orm.paginate(
    last.call,
    query,
    { limit: `${prefix}limit`, offset: `${prefix}offset`, unless },
    context.resolver,
  )
}
