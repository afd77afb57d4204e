import { Node, type SourceFile } from 'ts-morph'
import { isSupportFile } from '../../../source-tree.ts'
import { isFunction, nameOf, type FunctionNode } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import type { RouteDefinition } from '../framework.ts'
import { exportsOf, functionsIn } from './exports.ts'
import { pageFolderOf } from './files.ts'

/** Server actions as routes: `POST /page#action`, where the page is that of the folder the action stands in. */
export function serverActions(program: Program, resolver: Resolver): RouteDefinition[] {
  return program.filesWith(/['"]use server['"]/).flatMap((file) => {
    if (isSupportFile(fileOf(file))) return []
    const actions = isActionFile(file) ? exportedActions(file, resolver) : inlineActions(file)
    const folder = pageFolderOf(file, program)
    return actions.map(({ name, at, functions }): RouteDefinition => {
      return { method: 'POST', path: `${folder}#${name}`, start: at, end: at, functions }
    })
  })
}

/** Whether a function is called by clients as it is: exported from a `'use server'` file, or marked itself. */
export function isServerAction(fn: FunctionNode): boolean {
  return isMarked(fn) || (isActionFile(fn.getSourceFile()) && fn.isAsync())
}

interface Action {
  readonly name: string
  readonly at: Node
  readonly functions: readonly FunctionNode[]
}

function exportedActions(file: SourceFile, resolver: Resolver): Action[] {
  return exportsOf(file).flatMap((exported) => {
    const functions = functionsIn(exported, resolver)
    return functions.length > 0 ? [{ name: exported.name, at: exported.declaration, functions }] : []
  })
}

function inlineActions(file: SourceFile): Action[] {
  return file.forEachDescendantAsArray().flatMap((node) => {
    if (!isFunction(node) || !isMarked(node)) return []
    return [{ name: nameOf(node) ?? 'action', at: node, functions: [node] }]
  })
}

function isActionFile(file: SourceFile): boolean {
  return isDirective(file.getStatements()[0])
}

function isMarked(fn: FunctionNode): boolean {
  const body = fn.getBody()
  return Node.isBlock(body) && isDirective(body.getStatements()[0])
}

function isDirective(statement: Node | undefined): boolean {
  return /^['"]use server['"];?$/.test(statement?.getText() ?? '')
}
