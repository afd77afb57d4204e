import type { SourceFile, ts } from 'ts-morph'
import { Topic } from '../memo.ts'
import { fileOf, type Program } from '../program.ts'

/** Whether any file of the package that a file belongs to imports or requires a module whose name matches. */
export function importsAny(names: RegExp, file: string, program: Program): boolean {
  return packageImports(names, program.packageFolder(file), program)
}

/** The same of the package in a folder. */
export function packageImports(names: RegExp, folder: string, program: Program): boolean {
  return program.memo.recall(answers, [folder, names.source], () =>
    program
      .sourceFiles()
      .some((other) => isInside(other, folder) && modulesOf(other).some((name) => names.test(name))),
  )
}

const answers = new Topic<boolean>(false)

function isInside(file: SourceFile, folder: string): boolean {
  return folder === '' || fileOf(file).startsWith(`${folder}/`)
}

const modules = new WeakMap<ts.SourceFile, readonly string[]>()

/** The names of the packages that a file imports or requires, read off its text. */
function modulesOf(file: SourceFile): readonly string[] {
  const known = modules.get(file.compilerNode)
  if (known) return known
  const found = file
    .getFullText()
    .matchAll(/(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"]([^'".\n][^'"\n]*)['"]/g)
  const names = [...new Set([...found].map((match) => match[1] ?? ''))]
  modules.set(file.compilerNode, names)
  return names
}
