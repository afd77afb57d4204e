import { Node } from 'ts-morph'
import type { FunctionNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'
import type { RouteDefinition } from '../framework.ts'
import { defaultExportOf, exportsOf, functionsIn, placeOf, type NextExport } from './exports.ts'
import type { NextFile } from './files.ts'

/** Components in components: how deep server components are looked for. */
const maximumDepth = 3

/**
 * The pages that load data on the server: those with `getServerSideProps`, and below `app` those that are asynchronous or hold
 * components that are. The layouts around a page run with it; a layout without such a page is listed by itself.
 */
export function pageRoutes(files: readonly NextFile[], resolver: Resolver): RouteDefinition[] {
  const parts = files.flatMap((file) => partOf(file, resolver) ?? [])
  const layouts = parts.filter(({ file }) => file.kind === 'layout')
  const pages = parts.filter(({ file }) => file.kind === 'page')
  const lonely = layouts.filter((layout) => !pages.some((page) => isAround(layout, page)))
  const loaded = [...pages, ...lonely].map(({ file, exported, functions }): RouteDefinition => {
    const around = layouts.filter((layout) => layout.file !== file && isAround(layout, { file }))
    const outer = around.toSorted((a, b) => folderOf(a.file).length - folderOf(b.file).length)
    return {
      method: 'GET',
      path: file.path,
      ...placeOf(exported, resolver),
      functions: [...outer.flatMap((layout) => [...layout.functions]), ...functions],
    }
  })
  return [...loaded, ...files.flatMap((file) => propsRoute(file, resolver))]
}

interface Part {
  readonly file: NextFile
  readonly exported: NextExport
  readonly functions: readonly FunctionNode[]
}

/** A page or layout whose component loads something on the server. */
function partOf(file: NextFile, resolver: Resolver): Part | null {
  if (file.kind !== 'page' && file.kind !== 'layout') return null
  if (/^\s*['"]use client['"]/.test(file.file.getFullText())) return null
  const exported = defaultExportOf(file.file)
  if (!exported) return null
  const functions = [...new Set(componentsIn(functionsIn(exported, resolver), resolver, 0))]
  return functions.some((fn) => fn.isAsync()) ? { file, exported, functions } : null
}

/** A component's function, after those of the asynchronous components in its markup. */
function componentsIn(fns: readonly FunctionNode[], resolver: Resolver, depth: number): FunctionNode[] {
  return fns.flatMap((fn) => {
    if (depth > maximumDepth) return []
    const inner = fn.forEachDescendantAsArray().flatMap((node) => {
      if (!Node.isJsxOpeningElement(node) && !Node.isJsxSelfClosingElement(node)) return []
      const tag = node.getTagNameNode()
      if (!Node.isIdentifier(tag) || !/^[A-Z]/.test(tag.getText())) return []
      const functions = resolver.functions(tag).filter((component) => !isClientSide(component))
      return componentsIn(functions, resolver, depth + 1).filter((component) => component.isAsync())
    })
    return [...inner, fn]
  })
}

function isClientSide(fn: FunctionNode): boolean {
  return /^\s*['"]use client['"]/.test(fn.getSourceFile().getFullText())
}

function isAround(layout: Pick<Part, 'file'>, inner: Pick<Part, 'file'>): boolean {
  const folder = folderOf(inner.file)
  return folder === folderOf(layout.file) || folder.startsWith(`${folderOf(layout.file)}/`)
}

function folderOf({ file }: NextFile): string {
  return file.getDirectoryPath()
}

function propsRoute({ kind, path, file }: NextFile, resolver: Resolver): RouteDefinition[] {
  if (kind !== 'pages-page') return []
  return exportsOf(file)
    .filter(({ name }) => name === 'getServerSideProps')
    .map((exported) => ({
      method: 'GET',
      path,
      ...placeOf(exported, resolver),
      functions: functionsIn(exported, resolver),
    }))
}
