import { Node, type CallExpression, type Identifier } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import { capitalized, plural, singular } from '../../words.ts'
import type { Intention } from '../../intentions.ts'
import type { Step } from '../call-graph.ts'
import { isFunction, nameOf, type FunctionNode } from '../functions.ts'
import { placeBeside } from './batch-placement.ts'
import type { Context } from './context.ts'
import { otherImplementations } from './implementations.ts'
import { addImports } from './imports.ts'
import { freeName } from './names.ts'
import { hasComment, replacement } from './placement.ts'
import { returnedOf } from './result-path.ts'
import { holderOf, type Holder } from './rows.ts'
import { indentOf, linesAt, styleOf } from './style.ts'

/**
 * Lets the database count rows of which only the number is used: `(await query).length`, or a variable's `.length`. Where
 * a function reads the rows, one that counts them is added beside it.
 */
export function count(
  { query: id }: Extract<Intention, { kind: 'count' }>,
  context: Context,
): FileEdit[] | null {
  const call = context.calls.get(id)
  const last = call?.trace.steps.at(-1)
  if (!call || !Node.isCallExpression(last?.call) || hasComment(call.trace.query.value)) return null
  const { orm, query, steps } = call.trace
  const counted = orm.count?.(last.call, query, context.resolver)
  const imports = counted && addImports(last.call.getSourceFile(), counted.imports)
  if (!counted || !imports) return null
  const isSynchronous = orm.isSynchronous === true
  if (steps.length === 1) return join(imports, countedAt(query.value, counted.text, isSynchronous))
  const [outer, ...others] = steps.slice(0, -1)
  if (!Node.isCallExpression(outer?.call) || others.length > 0 || isSynchronous) return null
  const beside = addCounting({ ...last, call: last.call }, outer.call, counted.text, context)
  return beside && join([...imports, ...beside.edits], countedAt(outer.call, beside.text))
}

function join(edits: readonly FileEdit[], others: readonly FileEdit[] | null): FileEdit[] | null {
  return others && [...edits, ...others]
}

/** The number instead of the rows that an expression gives, where only their number is used. */
function countedAt(rows: Node, text: string, isSynchronous = false): FileEdit[] | null {
  const holder = holderOf(rows, isSynchronous)
  if (!holder || hasComment(holder.expression)) return null
  if (!holder.name) return inPlace(holder, rows, text, isSynchronous)
  const counted = isSynchronous ? replacement(holder.expression, text) : replacement(rows, text)
  return renamed(holder, holder.name, counted)
}

/** A function that counts, beside one that does nothing but read the rows; `text` is how it is called instead. */
function addCounting(
  { fn, call }: Omit<Step, 'call'> & { readonly call: CallExpression },
  outer: CallExpression,
  counted: string,
  context: Context,
): { readonly edits: readonly FileEdit[]; readonly text: string } | null {
  const name = nameOf(fn)
  const same: readonly FunctionNode[] = [fn, ...(otherImplementations(fn, context) ?? [])]
  const isOnly = context.resolver.callees(outer).every((callee) => same.includes(callee))
  const areNames = fn.getParameters().every((parameter) => Node.isIdentifier(parameter.getNameNode()))
  if (name === null || !isOnly || !areNames || returnedOf(fn, call)?.path.length !== 0) return null
  const { indent, end } = styleOf(fn.getSourceFile())
  const placed = placeBeside(
    fn,
    outer,
    {
      name: countingName(name),
      signatureBeside: countingSignature,
      body: linesAt(`return ${counted}${end}`, indentOf(call)).map((line) => indent + line),
      bodyOf: (method, style) => [
        `${style.indent}return (await this.${name}(${namesOf(method)})).length${style.end}`,
      ],
    },
    context,
  )
  const callee = outer.getExpression().getText()
  return placed && { edits: placed.edits, text: placed.callee + outer.getText().slice(callee.length) }
}

/** `getAllPostsByAuthor` counts as `countPostsByAuthor`. */
function countingName(name: string): string {
  const thing = name
    .replace(/^(?:get|find|fetch|load|list|read|select)(?=[A-Z]|$)/, '')
    .replace(/^All(?=[A-Z])/, '')
  return `count${capitalized(thing === '' ? 'all' : thing)}`
}

function countingSignature(fn: FunctionNode): string {
  const parameters = fn.getParameters().map((parameter) => parameter.getText())
  return `(${parameters.join(', ')})${styleOf(fn.getSourceFile()).typed ? ': Promise<number>' : ''}`
}

function namesOf(fn: FunctionNode): string {
  return fn
    .getParameters()
    .map((parameter) => parameter.getName())
    .join(', ')
}

/** `(await query).length` becomes `await count`, and `query.length` of a library that needs no `await` the count itself. */
function inPlace(
  { expression }: Holder,
  query: Node,
  text: string,
  isSynchronous: boolean,
): FileEdit[] | null {
  const length = lengthOf(expression)
  if (!length || hasComment(length)) return null
  if (isSynchronous) return [replacement(length, text)]
  const before = length.getText().slice(0, query.getStart() - length.getStart())
  const isAwaited = /\bawait\b/.test(before)
  if (!isAwaited) return null
  const parent = length.getParent()
  const needsParentheses = Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent)
  return [replacement(length, needsParentheses ? `(await ${text})` : `await ${text}`)]
}

/** The variable is named after what it holds now. */
function renamed({ reads }: Holder, name: Identifier, query: FileEdit): FileEdit[] | null {
  const lengths = reads.map(lengthOf)
  if (lengths.length === 0 || lengths.some((length) => length === null)) return null
  const scope = name.getFirstAncestor(isFunction) ?? name.getSourceFile()
  const text = name.getText()
  const noun = plural(singular(text)) === text ? singular(text) : text
  const countName = freeName([`${noun}Count`, `${noun}Total`, `numberOf${text}`], scope)
  if (countName === null) return null
  const uses = lengths.flatMap((length) => (length ? [replacement(length, countName)] : []))
  return [query, replacement(name, countName), ...uses]
}

/** `rows.length` around `rows`, where it is read and not changed. */
function lengthOf(rows: Node): Node | null {
  const access = rows.getParent()
  if (!Node.isPropertyAccessExpression(access) || access.getName() !== 'length') return null
  const parent = access.getParent()
  const isTarget =
    Node.isBinaryExpression(parent) &&
    parent.getLeft() === access &&
    /^[^=!<>]*=$/.test(parent.getOperatorToken().getText())
  return isTarget ? null : access
}
