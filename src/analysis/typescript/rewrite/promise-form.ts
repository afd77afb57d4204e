import { Node, type CallExpression } from 'ts-morph'
import type { FileEdit } from '../../../model/source.ts'
import type { SiteIntention } from '../../intentions.ts'
import type { Context } from './context.ts'
import { addImports } from './imports.ts'
import { insertion, replacement } from './placement.ts'

/** Modules whose functions have a promise form in a module of its own. */
const promiseModules: Readonly<Record<string, string>> = { fs: 'node:fs/promises' }
/** Modules whose functions give a promise when they get no callback. */
const promising = /^(?:bcrypt|bcryptjs|fs-extra|@node-rs\/.+)$/
/** Modules whose functions take a callback that is given the same result. */
const callbackApis = /^(?:crypto|zlib)$/

/** Replaces a blocking call by the promise form of the same function, awaited; null outside asynchronous functions. */
export function promiseForm({ site }: SiteIntention, { sites }: Context): FileEdit[] | null {
  const found = sites.get(site)
  if (found?.facts.detail.kind !== 'blocking-call' || !Node.isCallExpression(found.node)) return null
  const { api, hasPromiseForm } = found.facts.detail
  const dot = api.lastIndexOf('.')
  const module = api.slice(0, dot)
  const name = api.slice(dot + 1).replace(/Sync$/, '')
  if (!hasPromiseForm) return null
  const form = formOf(found.node, module, name)
  if (!form) return null
  const imports = addImports(found.node.getSourceFile(), form.imports)
  return imports && [...imports, ...awaited(found.node, form.callee)]
}

interface Form {
  readonly callee: string
  readonly imports: Readonly<Record<string, readonly string[]>>
}

function formOf(call: CallExpression, module: string, name: string): Form | null {
  const callee = call.getExpression()
  const owner = Node.isPropertyAccessExpression(callee) ? callee.getExpression().getText() : null
  if (promising.test(module)) {
    return owner === null
      ? { callee: name, imports: { [module]: [name] } }
      : { callee: `${owner}.${name}`, imports: {} }
  }
  const promises = promiseModules[module]
  if (promises !== undefined) return { callee: name, imports: { [promises]: [name] } }
  if (!callbackApis.test(module)) return null
  const original = owner === null ? name : `${owner}.${name}`
  const imports = { 'node:util': ['promisify'], ...(owner === null && { [`node:${module}`]: [name] }) }
  return { callee: `promisify(${original})`, imports }
}

/** The edits that put `await` before a call of another function, in parentheses where its result is used at once. */
function awaited(call: CallExpression, callee: string): FileEdit[] {
  const parent = call.getParent()
  const isUsedAtOnce =
    (Node.isPropertyAccessExpression(parent) || Node.isElementAccessExpression(parent)) &&
    parent.getExpression() === call
  const replaced = replacement(call.getExpression(), `${isUsedAtOnce ? '(' : ''}await ${callee}`)
  return isUsedAtOnce ? [replaced, insertion(call, call.getEnd(), ')')] : [replaced]
}
