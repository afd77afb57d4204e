import { Node, type SourceFile, type Symbol } from 'ts-morph'
import { specifierOf } from '../../declarations.ts'
import { isFunction, type FunctionNode } from '../../functions.ts'
import type { Resolver } from '../../resolver.ts'

/** Something a module exports, under the name importers see. */
export interface NextExport {
  readonly name: string
  readonly symbol: Symbol
  /** Where it is declared; for what is exported on, the place that does so. */
  readonly declaration: Node
}

/** All values that a module exports, re-exported ones included. */
export function exportsOf(file: SourceFile): NextExport[] {
  return file.getExportSymbols().flatMap((symbol) => {
    const [declaration] = symbol.getDeclarations()
    return declaration ? [{ name: symbol.getName(), symbol, declaration }] : []
  })
}

/** The default export of a module, also as `module.exports`. */
export function defaultExportOf(file: SourceFile): NextExport | null {
  const exported = exportsOf(file).find(({ name }) => name === 'default')
  if (exported) return exported
  const symbol = file.getSymbol()?.getExport('export=')
  const [declaration] = symbol?.getDeclarations() ?? []
  return symbol && declaration ? { name: 'default', symbol, declaration } : null
}

/** Whether a file hands its requests to another framework, whose routes are found by themselves. */
export function isServedByOther(file: SourceFile): boolean {
  return file
    .getImportDeclarations()
    .some((declaration) => /^(?:@trpc\/server\/adapters|hono\/vercel)/.test(specifierOf(declaration) ?? ''))
}

/** Where an export is written: its declaration, or the function that `export default name` names in the same file. */
export function placeOf({ declaration }: NextExport, resolver: Resolver): { start: Node; end: Node } {
  const value = Node.isExportAssignment(declaration) ? resolver.definition(declaration.getExpression()) : null
  const isHere = value !== null && value.getSourceFile() === declaration.getSourceFile()
  const place = isHere && isFunction(value) ? value : declaration
  return { start: place, end: place }
}

/** The functions behind an export, also inside the calls that wrap them: `withAuth(async () => …)`. */
export function functionsIn({ symbol }: NextExport, resolver: Resolver): FunctionNode[] {
  const value = resolver.declaredValue(symbol)
  return value ? functionsBehind(value, resolver) : []
}

/** The functions that an expression stands for or, where its wrapper is unknown, that it is given. */
export function functionsBehind(value: Node, resolver: Resolver, depth = 0): FunctionNode[] {
  const known = resolver.functions(value)
  if (known.length > 0 || depth > 3) return [...known]
  const node = resolver.definition(value)
  if (!Node.isCallExpression(node)) return []
  return node.getArguments().flatMap((argument) => {
    if (isFunction(argument) || Node.isIdentifier(argument) || Node.isCallExpression(argument))
      return functionsBehind(argument, resolver, depth + 1)
    return []
  })
}
