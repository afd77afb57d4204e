import { Project, ts, type CallExpression, Node, type SourceFile } from 'ts-morph'
import type { Problem } from '../../model/finding.ts'
import type { FileEdit, Span } from '../../model/source.ts'
import { isSource, isSupportFile } from '../source-tree.ts'
import { specifierOf } from './declarations.ts'
import { calleeName } from './functions.ts'
import { Modules } from './modules.ts'

/**
 * The parsed source files of one folder, with symbols resolved between them and nowhere else: packages and the standard
 * library are never loaded, so that imports of packages stay what they are, a module specifier.
 * Everything lives in memory below a virtual root; no disk is touched here.
 */
export class Program {
  readonly #texts = new Map<string, string>()
  /** Calls by their callee's name, for each state of a file. */
  readonly #calls = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly CallExpression[]>>()
  readonly #tooDeep = new Set<string>()
  /** All files and all calls by name, for one state of the program. */
  #files: SourceFile[] | null = null
  #allByName: ReadonlyMap<string, readonly CallExpression[]> | null = null
  readonly #modules = new Modules(this.#texts, baseOptions)
  readonly #project = new Project({
    useInMemoryFileSystem: true,
    skipFileDependencyResolution: true,
    skipLoadingLibFiles: true,
    compilerOptions: baseOptions,
    resolutionHost: () => ({
      resolveModuleNames: (names, containingFile) =>
        names.map((name) => this.#modules.resolve(name, containingFile)),
    }),
  })

  /** Takes over the texts of source and tsconfig files and tells whether any changed; only these are parsed again. */
  update(texts: ReadonlyMap<string, string>): boolean {
    let changed = false
    let filesChanged = false
    for (const file of this.#texts.keys()) {
      if (texts.has(file)) continue
      changed = true
      filesChanged = true
      this.#texts.delete(file)
      this.sourceFile(file)?.forget()
      this.#tooDeep.delete(file)
    }
    let configsChanged = false
    for (const [file, text] of texts) {
      if (this.#texts.get(file) === text) continue
      changed = true
      filesChanged ||= !this.#texts.has(file)
      this.#texts.set(file, text)
      if (isSource(file)) this.#parse(file, withoutMark(text))
      else configsChanged = true
    }
    if (changed) {
      this.#files = null
      this.#allByName = null
    }
    if (configsChanged) this.#modules.forget('all')
    else if (filesChanged) this.#modules.forget('files')
    return changed
  }

  /** All source files, in a stable order. */
  sourceFiles(): SourceFile[] {
    this.#files ??= this.#project.getSourceFiles()
    return this.#files
  }

  /** The source file with this name relative to the root. */
  sourceFile(file: string): SourceFile | undefined {
    return this.#project.getSourceFile(`/${file}`)
  }

  /** All calls of something with this name, `name(…)` or `object.name(…)`, in the order of the files; also in tests and scripts. */
  callsNamed(name: string): readonly CallExpression[] {
    this.#allByName ??= this.#indexCalls()
    return this.#allByName.get(name) ?? []
  }

  /** All calls in all files. */
  allCalls(): readonly CallExpression[] {
    return this.sourceFiles().flatMap((file) => [...this.#callsByName(file).values()].flat())
  }

  /** All calls in one file. */
  callsIn(file: SourceFile): readonly CallExpression[] {
    return [...this.#callsByName(file).values()].flat()
  }

  /** The files of this program that a file imports, re-exports or requires by a literal name. */
  importsOf(file: SourceFile): SourceFile[] {
    const declared = [...file.getImportDeclarations(), ...file.getExportDeclarations()].map(
      (declaration) => specifierOf(declaration) ?? undefined,
    )
    const called = ['require', 'import'].flatMap((name) =>
      (this.#callsByName(file).get(name) ?? []).map((call) => {
        const specifier = call.getArguments()[0]
        return Node.isStringLiteral(specifier) ? specifier.getLiteralValue() : undefined
      }),
    )
    return [...declared, ...called].flatMap((specifier) =>
      specifier === undefined ? [] : (this.resolve(specifier, file) ?? []),
    )
  }

  /** Like {@link callsNamed}, in the application's own files only. */
  applicationCallsNamed(name: string): readonly CallExpression[] {
    return this.callsNamed(name).filter((call) => !isSupportFile(fileOf(call)))
  }

  /** The file that a module specifier leads to, or undefined for packages. */
  resolve(specifier: string, from: SourceFile): SourceFile | undefined {
    const path = this.#modules.resolve(specifier, from.getFilePath())?.resolvedFileName
    return path === undefined ? undefined : this.#project.getSourceFile(path)
  }

  /** The version range of a dependency in the nearest package.json above a file that names it, or null. */
  dependencyVersion(file: string, name: string): string | null {
    return this.#modules.dependencyVersion(file, name)
  }

  /** The folder of the nearest package.json above a file, relative to the root; empty where there is none. */
  packageFolder(file: string): string {
    return this.#modules.packageFolder(file)
  }

  /** The texts of files that are not source code, by name: schemas, package.json, tsconfig.json. */
  dataFiles(ending: string): ReadonlyMap<string, string> {
    return new Map([...this.#texts].filter(([file]) => file.endsWith(ending)))
  }

  /** An edit of the parsed text as one of the text that was given, which may start with a byte order mark. */
  inGivenText(edit: FileEdit): FileEdit {
    const text = this.#texts.get(edit.file) ?? ''
    const shift = text.length - withoutMark(text).length
    return shift === 0 ? edit : { ...edit, start: edit.start + shift, end: edit.end + shift }
  }

  /** The first syntax error of every file that has one. */
  problems(): Problem[] {
    const program = this.#project.getProgram()
    const tooDeep = [...this.#tooDeep].map((file): Problem => ({
      kind: 'parse',
      file,
      line: 1,
      message: 'Nested too deeply to be inspected.',
    }))
    const broken = this.sourceFiles().flatMap((sourceFile): Problem[] => {
      const diagnostic = program.getSyntacticDiagnostics(sourceFile)[0]
      if (!diagnostic) return []
      const text = diagnostic.getMessageText()
      const message = typeof text === 'string' ? text : text.getMessageText()
      return [{ kind: 'parse', file: fileOf(sourceFile), line: diagnostic.getLineNumber(), message }]
    })
    return [...broken, ...tooDeep]
  }

  /** Parses one file; one that is nested deeper than recursive walks can go is left out. */
  #parse(file: string, text: string): void {
    this.#tooDeep.delete(file)
    try {
      const sourceFile = this.#project.createSourceFile(`/${file}`, text, { overwrite: true })
      if (!isDeeperThan(maximumNesting, sourceFile.compilerNode)) return
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    this.#tooDeep.add(file)
    this.sourceFile(file)?.forget()
  }

  #indexCalls(): ReadonlyMap<string, readonly CallExpression[]> {
    const all = new Map<string, CallExpression[]>()
    for (const file of this.sourceFiles())
      for (const [name, calls] of this.#callsByName(file)) {
        const sameName = all.get(name)
        if (sameName === undefined) all.set(name, [...calls])
        else sameName.push(...calls)
      }
    return all
  }

  #callsByName(file: SourceFile): ReadonlyMap<string, readonly CallExpression[]> {
    const known = this.#calls.get(file.compilerNode)
    if (known) return known
    const calls = new Map<string, CallExpression[]>()
    for (const call of file.getDescendantsOfKind(ts.SyntaxKind.CallExpression)) {
      const name = calleeName(call) ?? ''
      const sameName = calls.get(name)
      if (sameName === undefined) calls.set(name, [call])
      else sameName.push(call)
    }
    this.#calls.set(file.compilerNode, calls)
    return calls
  }
}

const baseOptions: ts.CompilerOptions = {
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

/** Code that people write nests far less; generated code may overflow the stack of a recursive walk. */
const maximumNesting = 1000

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

function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** The name of a node's file, relative to the root. */
export function fileOf(node: Node): string {
  return node.getSourceFile().getFilePath().slice(1)
}

/** Where a node stands, without the comments before it. */
export function spanOf(node: Node): Span {
  const { compilerNode } = node.getSourceFile()
  const start = ts.getLineAndCharacterOfPosition(compilerNode, node.getStart())
  const end = ts.getLineAndCharacterOfPosition(compilerNode, node.getEnd())
  return {
    file: fileOf(node),
    line: start.line + 1,
    column: start.character + 1,
    endLine: end.line + 1,
    endColumn: end.character + 1,
  }
}

/** A name for a node that is unique in its program. */
export function idOf(node: Node): string {
  return `${fileOf(node)}:${node.getStart()}-${node.getEnd()}`
}
