import { Project, ts, type SourceFile } from 'ts-morph'

/** The options of a program in memory, without packages and the standard library. */
export const baseOptions: ts.CompilerOptions = {
  allowJs: true,
  noLib: true,
  noResolve: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  jsx: ts.JsxEmit.Preserve,
  experimentalDecorators: true,
}

/** Where an import leads, or undefined for packages; `from` is the absolute path of the file that imports. */
type Resolve = (specifier: string, from: string) => ts.ResolvedModule | undefined

/** An empty project in memory whose imports lead where `resolve` says. */
export function makeProject(resolve: Resolve): Project {
  return new Project({
    useInMemoryFileSystem: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    compilerOptions: baseOptions,
    resolutionHost: () => ({
      resolveModuleNames: (names, from) => names.map((name) => resolve(name, from)),
    }),
  })
}

/** Code that people write nests far less; generated code may overflow the stack of a recursive walk. */
const maximumNesting = 1000

/** Whether a file is nested deeper than recursive walks can go. */
export function isNestedTooDeeply(file: SourceFile): boolean {
  return isDeeperThan(maximumNesting, file.compilerNode)
}

/** Whether what a file declares may be seen without importing it: it is no module, or adds to the global scope or others. */
export function isSeenEverywhere(file: SourceFile): boolean {
  const { compilerNode } = file
  const isCommonJs =
    'commonJsModuleIndicator' in compilerNode && Boolean(compilerNode.commonJsModuleIndicator)
  if (!isCommonJs && !ts.isExternalModule(compilerNode)) return true
  return /\bdeclare\s+(?:global|module)\b/.test(compilerNode.text)
}

function isDeeperThan(limit: number, root: ts.Node): boolean {
  let level: ts.Node[] = [root]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > limit) return true
    const below: ts.Node[] = []
    for (const node of level) ts.forEachChild(node, (child) => void below.push(child))
    level = below
  }
  return false
}
