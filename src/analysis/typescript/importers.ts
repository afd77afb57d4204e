import { Node, type CallExpression, type SourceFile } from 'ts-morph'
import { Topic } from './memo.ts'
import { fileOf, type Program } from './program.ts'

/** Modules are re-exported through so many others. */
const maximumReExports = 3

const callsOfModule = new Topic<readonly CallExpression[]>([])
const importsOfFile = new Topic<readonly string[]>([])
const importersByFile = new Topic<ReadonlyMap<string, ReadonlySet<string>>>(new Map())

/** The files that import each file of a program, by their names. */
export function importersIn(program: Program): ReadonlyMap<string, ReadonlySet<string>> {
  return program.memo.recall(importersByFile, 'all', () => {
    const importers = new Map<string, Set<string>>()
    for (const file of program.sourceFiles())
      for (const imported of importedBy(file, program)) {
        const known = importers.get(imported) ?? new Set()
        importers.set(imported, known.add(fileOf(file)))
      }
    return importers
  })
}

/** The names of the files that a file imports. */
export function importedBy(file: SourceFile, program: Program): readonly string[] {
  return program.memo.recall(importsOfFile, file, () => program.importsOf(file).map(fileOf))
}

/** Knows which files use what a file exports, for functions that importers name as they like. */
export class Importers {
  readonly #program: Program

  constructor(program: Program) {
    this.#program = program
  }

  /** The calls that may run all that a file exports: `routes(app)`, `require('./routes').default(app)`. */
  callsInto(file: SourceFile): readonly CallExpression[] {
    return this.#program.memo.recall(callsOfModule, file, () =>
      [file, ...this.#importersOf(file)].flatMap((importer) =>
        this.#program.callsIn(importer).filter(mayCallModule),
      ),
    )
  }

  /** The files that import a file, also through files that export it again. */
  #importersOf(file: SourceFile): Set<SourceFile> {
    const found = new Set<SourceFile>()
    let open = [file]
    for (let depth = 0; depth <= maximumReExports && open.length > 0; depth++) {
      const next = open
        .flatMap((module) => [...(importersIn(this.#program).get(fileOf(module)) ?? [])])
        .flatMap((name) => this.#program.sourceFile(name) ?? [])
        .filter((one) => !found.has(one))
      for (const importer of next) found.add(importer)
      open = next.filter((importer) => importer.getExportDeclarations().length > 0)
    }
    return found
  }
}

function mayCallModule(call: CallExpression): boolean {
  const callee = call.getExpression()
  return !Node.isPropertyAccessExpression(callee) || callee.getName() === 'default'
}
