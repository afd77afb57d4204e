import { Node, type CallExpression, type SourceFile } from 'ts-morph'
import type { Program } from './program.ts'

/** Modules are re-exported through so many others. */
const maximumReExports = 3

/** Knows which files use what a file exports, for functions that importers name as they like. */
export class Importers {
  readonly #program: Program
  readonly #calls = new Map<SourceFile, readonly CallExpression[]>()
  #direct: ReadonlyMap<SourceFile, ReadonlySet<SourceFile>> | null = null

  constructor(program: Program) {
    this.#program = program
  }

  /** The calls that may run all that a file exports: `routes(app)`, `require('./routes').default(app)`. */
  callsInto(file: SourceFile): readonly CallExpression[] {
    const known = this.#calls.get(file)
    if (known) return known
    const calls = [file, ...this.#importersOf(file)].flatMap((importer) =>
      this.#program.callsIn(importer).filter(mayCallModule),
    )
    this.#calls.set(file, calls)
    return calls
  }

  /** The files that import a file, also through files that export it again. */
  #importersOf(file: SourceFile): Set<SourceFile> {
    this.#direct ??= this.#read()
    const found = new Set<SourceFile>()
    let open = [file]
    for (let depth = 0; depth <= maximumReExports && open.length > 0; depth++) {
      const next = open
        .flatMap((module) => [...(this.#direct?.get(module) ?? [])])
        .filter((one) => !found.has(one))
      for (const importer of next) found.add(importer)
      open = next.filter((importer) => importer.getExportDeclarations().length > 0)
    }
    return found
  }

  #read(): ReadonlyMap<SourceFile, ReadonlySet<SourceFile>> {
    const direct = new Map<SourceFile, Set<SourceFile>>()
    for (const importer of this.#program.sourceFiles())
      for (const imported of this.#program.importsOf(importer)) {
        const importers = direct.get(imported) ?? new Set()
        direct.set(imported, importers.add(importer))
      }
    return direct
  }
}

function mayCallModule(call: CallExpression): boolean {
  const callee = call.getExpression()
  return !Node.isPropertyAccessExpression(callee) || callee.getName() === 'default'
}
