import { Node, type SourceFile } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { Table } from '../../facts.ts'
import type { Intention, PageLimits } from '../../intentions.ts'
import type { Step } from '../call-graph.ts'
import type { TracedCall } from '../call-graph.ts'
import type { FunctionNode } from '../functions.ts'
import { primaryKeyOf, tableOf } from '../tables.ts'
import type { Context } from './context.ts'
import { freeName, isUsed } from './names.ts'
import { pageByKey, pageByOffset, type PageForm } from './page-form.ts'
import { addArgument, addParameter } from './parameters.ts'
import { beforeStatement, belowImports } from './placement.ts'
import { styleOf } from './style.ts'

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
  const form = intention.by === 'key' ? keyForm(first, context.tables) : pageByOffset
  if (!form) return null
  const edits = [
    ...helperEdits(calls, intention.page, form),
    ...calls.map((call) => handlerEdits(call, form)),
    ...signatureEdits(calls, form, context),
    ...passingEdits(calls),
    queryEdits(first, calls, form, context),
  ]
  return edits.some((edit) => edit === null) ? null : edits.flatMap((edit) => edit ?? [])
}

/** How pages of a query's rows start after a key; null where they have an order, or the key isn't one number or text. */
function keyForm({ facts }: TracedCall, tables: readonly Table[]): PageForm | null {
  const key = facts.order?.length === 0 ? primaryKeyOf(facts, tables) : null
  const type = tableOf(facts, tables)?.columns.find(({ name }) => name === key)?.type ?? null
  if (key === null || type === null) return null
  const isNumber =
    /^(?:int(?:eger)?\d*|smallint|mediumint|serial|smallserial|increments|number|primarygenerated)/i.test(
      type,
    )
  if (isNumber) return pageByKey('number')
  return /^(?:string|text|varchar|char|uuid|cuid|ulid|nanoid|objectid)/i.test(type)
    ? pageByKey('string')
    : null
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

function helperEdits(calls: readonly TracedCall[], page: PageLimits, form: PageForm): (FileEdit[] | null)[] {
  const files = new Set(calls.map(({ trace }) => trace.steps[0].call.getSourceFile()))
  return [...files].map((file) => {
    if (file.getFunction(form.helper) || importsHelper(file, form)) return []
    return isUsed(form.helper, file) ? null : [belowImports(file, form.lines(file, page))]
  })
}

function importsHelper(file: SourceFile, { helper }: PageForm): boolean {
  return file
    .getImportDeclarations()
    .some((declaration) => declaration.getNamedImports().some((name) => name.getText() === helper))
}

/** In the handler: the page is handed to the first call, or unpacked where the handler queries by itself. */
function handlerEdits({ trace, framework }: TracedCall, form: PageForm): FileEdit[] | null {
  const [step, next] = trace.steps
  const query = framework.requestQuery(step.fn)
  const name = unpacked(step, form)
  if (!query) return null
  const page = `${form.helper}(${query.text})`
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
function unpacked({ fn }: Step, { start }: PageForm): string | null {
  if (!isUsed('limit', fn) && !isUsed(start, fn)) return `{ limit, ${start} }`
  return isUsed('page', fn) ? null : 'page'
}

function signatureEdits(
  calls: readonly TracedCall[],
  form: PageForm,
  context: Context,
): (FileEdit[] | null)[] {
  const functions = new Set(calls.flatMap((call) => enteredBy(call).map(({ fn }) => fn)))
  return [...functions].map((fn) => {
    const name = pageName(fn)
    return name === null
      ? null
      : addParameter(fn, { name, type: form.type, optional: isOptional(fn, calls, context) })
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

function queryEdits(
  first: TracedCall,
  calls: readonly TracedCall[],
  form: PageForm,
  context: Context,
): FileEdit[] | null {
  const { steps, orm, query } = first.trace
  const last = steps.at(-1) ?? steps[0]
  const isDirect = steps.length === 1
  if (calls.some((call) => (call.trace.steps.length === 1) !== isDirect)) return null
  const name = isDirect ? (unpacked(last, form) === 'page' ? 'page' : null) : pageName(last.fn)
  const prefix = name === null ? '' : `${name}.`
  const unless = !isDirect && isOptional(last.fn, calls, context) ? name : null
  const key = primaryKeyOf(first.facts, context.tables)
  const limit = `${prefix}limit`
  const start = prefix + form.start
  const page = { limit, offset: start, unless }
  if (Node.isTaggedTemplateExpression(last.call))
    return form.start === 'offset'
      ? (orm.templates?.paginate(last.call, page, context.resolver, key) ?? null)
      : null
  if (form.start === 'offset') return orm.paginate(last.call, query, page, context.resolver, key)
  if (key === null || unless !== null) return null
  return orm.paginateByKey?.(last.call, query, { limit, after: start }, context.resolver, key) ?? null
}
