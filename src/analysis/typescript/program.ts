import * as l10n from '@vscode/l10n'
import { ts, type CallExpression, Node, type Project, type SourceFile } from 'ts-morph'
import type { Problem } from '../../model/finding.ts'
import type { FileEdit, Span } from '../../model/source.ts'
import { isSource } from '../source-tree.ts'
import { CallIndex, callsIn } from './call-index.ts'
import { noteQuestions } from './checker-questions.ts'
import { specifierOf } from './declarations.ts'
import { Memo } from './memo.ts'
import { Modules } from './modules.ts'
import { baseOptions, isNestedTooDeeply, isSeenEverywhere, makeProject } from './project.ts'
import { TextIndex, type Wanted } from './text-index.ts'

/** What an update came to: nothing, other texts of files that were there before, or more than that. */
export type Change = 'none' | 'texts' | 'all'

/**
 * The parsed source files of one folder, with symbols resolved between them and nowhere else: packages and the standard
 * library are never loaded, so that imports of packages stay what they are, a module specifier.
 * Everything lives in memory below a virtual root; no disk is touched here.
 */
export class Program {
  readonly #texts = new Map<string, string>()
  readonly #tooDeep = new Set<string>()
  readonly #modules = new Modules(this.#texts, baseOptions)
  /** The files that the type checker ever was led to from each file, by their absolute paths; it only asks for some again. */
  readonly #imports = new Map<string, Set<string>>()
  readonly #byName = new Map<string, SourceFile>()
  #project = this.#newProject()
  #memo = new Memo()
  /** All files, and their calls, as far as they were asked for. */
  #files: SourceFile[] | null = null
  #calls: CallIndex | null = null
  #textIndex: TextIndex | null = null

  /** What was found out about the program in its present state. */
  get memo(): Memo {
    return this.#memo
  }

  /** Takes over the texts of source and configuration files; only those that changed are parsed again. */
  update(texts: ReadonlyMap<string, string>): Change {
    const removed = [...this.#texts.keys()].filter((file) => !texts.has(file))
    const given = [...texts].filter(([file, text]) => this.#texts.get(file) !== text)
    if (removed.length === 0 && given.length === 0) return 'none'
    const isEdit = removed.length === 0 && given.every(([file]) => this.#isParsed(file))
    const edited = isEdit ? given.flatMap(([file]) => this.#byName.get(file) ?? []) : []
    const names = new Set(edited.flatMap((file) => [...callsIn(file).keys()]))
    const wasSeenEverywhere = edited.some(isSeenEverywhere)
    for (const file of removed) {
      this.#texts.delete(file)
      this.#tooDeep.delete(file)
      this.#imports.delete(`/${file}`)
      this.#forgetFile(file)
    }
    for (const [file, text] of given) {
      this.#texts.set(file, text)
      if (isSource(file)) this.#parse(file, withoutMark(text))
    }
    if (isEdit && given.every(([file]) => this.#isParsed(file))) {
      this.#forgetEdited(edited, names, wasSeenEverywhere)
      return 'texts'
    }
    const changed = [...removed, ...given.map(([file]) => file)]
    this.#forgetAll(changed.some((file) => !isSource(file) && !file.endsWith('.prisma')))
    return 'all'
  }

  #isParsed(file: string): boolean {
    return this.#byName.has(file)
  }

  #newProject(): Project {
    const project = makeProject((name, from) => {
      const module = this.#modules.resolve(name, from)
      const imported = this.#imports.get(from) ?? new Set()
      this.#imports.set(from, imported)
      if (module) imported.add(module.resolvedFileName)
      return module
    })
    noteQuestions(project.getTypeChecker(), () => this.#memo)
    return project
  }

  /** Starts afresh; where a configuration changed, also with the files, as the compiler keeps where their imports lead. */
  #forgetAll(isConfigured: boolean): void {
    this.#memo = new Memo()
    this.#files = null
    this.#calls = null
    this.#textIndex = null
    this.#modules.forget()
    if (!isConfigured) return
    this.#project = this.#newProject()
    for (const [file, text] of this.#texts) if (isSource(file)) this.#parse(file, withoutMark(text))
  }

  /** Tells the memo what an edit of some files may have changed; `names` are those of the calls that were in them. */
  #forgetEdited(edited: readonly SourceFile[], names: Set<string>, wasSeenEverywhere: boolean): void {
    for (const file of edited) this.#calls?.replace(file, names)
    for (const file of edited) for (const name of callsIn(file).keys()) names.add(name)
    for (const name of names) this.#memo.change(callsInput(name))
    for (const wanted of edited.flatMap((file) => this.#textIndex?.replace(file) ?? []))
      this.#memo.change(textInput(wanted))
    this.#memo.change(filesInput)
    for (const file of edited) this.#memo.changeFile(file)
    // Making the checker has the modules of the edited files resolved.
    void this.#project.getTypeChecker().compilerObject
    const isEverywhere = wasSeenEverywhere || edited.some(isSeenEverywhere)
    for (const file of isEverywhere ? this.#allFiles() : this.#importersOf(edited)) this.#memo.doubt(file)
  }

  /** Some files and all that import them, at any distance. */
  #importersOf(files: readonly SourceFile[]): SourceFile[] {
    const importers = new Map<string, string[]>()
    for (const [file, imported] of this.#imports)
      for (const path of imported) {
        const known = importers.get(path)
        if (known) known.push(file)
        else importers.set(path, [file])
      }
    const found = new Set(files.map((file): string => file.getFilePath()))
    for (const path of found) for (const importer of importers.get(path) ?? []) found.add(importer)
    return [...found].flatMap((path) => this.#byName.get(path.slice(1)) ?? [])
  }

  /** All source files, in a stable order. */
  sourceFiles(): SourceFile[] {
    this.#memo.look(filesInput)
    return this.#allFiles()
  }

  #allFiles(): SourceFile[] {
    this.#files ??= this.#project.getSourceFiles()
    return this.#files
  }

  /** The source files whose text holds what is wanted; a pattern without the flag `g`. */
  filesWith(wanted: Wanted): readonly SourceFile[] {
    this.#memo.look(textInput(wanted))
    this.#textIndex ??= new TextIndex(this.#allFiles())
    return this.#textIndex.filesWith(wanted)
  }

  /** The source file with this name relative to the root. */
  sourceFile(file: string): SourceFile | undefined {
    const found = this.#byName.get(file)
    if (found) this.#memo.lookAt(found)
    return found
  }

  /** All calls of something with this name, `name(…)` or `object.name(…)`, in the order of the files; also in tests and scripts. */
  callsNamed(name: string): readonly CallExpression[] {
    this.#memo.look(callsInput(name))
    this.#calls ??= new CallIndex(this.#allFiles())
    return this.#calls.named(name)
  }

  /** All calls in one file. */
  callsIn(file: SourceFile): readonly CallExpression[] {
    this.#memo.lookAt(file)
    return [...callsIn(file).values()].flat()
  }

  /** The files of this program that a file imports, re-exports or requires by a literal name. */
  importsOf(file: SourceFile): SourceFile[] {
    this.#memo.lookAt(file)
    const declared = [...file.getImportDeclarations(), ...file.getExportDeclarations()].map(
      (declaration) => specifierOf(declaration) ?? undefined,
    )
    const called = ['require', 'import'].flatMap((name) =>
      (callsIn(file).get(name) ?? []).map((call) => {
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
    this.#memo.look(callsInput(name))
    this.#calls ??= new CallIndex(this.#allFiles())
    return this.#calls.inApplication(name)
  }

  /** The file that a module specifier leads to, or undefined for packages. */
  resolve(specifier: string, from: SourceFile): SourceFile | undefined {
    const path = this.#modules.resolve(specifier, from.getFilePath())?.resolvedFileName
    const file = path === undefined ? undefined : this.#byName.get(path.slice(1))
    if (file) this.#memo.lookAt(file)
    return file
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

  /** The first syntax error of every file that has one, and the configurations that don't parse. */
  problems(): Problem[] {
    const program = this.#project.getProgram()
    const tooDeep = [...this.#tooDeep].map((file): Problem => ({
      kind: 'parse',
      file,
      line: 1,
      message: l10n.t('Nested too deeply to be inspected.'),
    }))
    const broken = this.#allFiles().flatMap((sourceFile): Problem[] => {
      const diagnostic = program.getSyntacticDiagnostics(sourceFile)[0]
      if (!diagnostic) return []
      const text = diagnostic.getMessageText()
      const message = typeof text === 'string' ? text : text.getMessageText()
      return [{ kind: 'parse', file: fileOf(sourceFile), line: diagnostic.getLineNumber(), message }]
    })
    return [...broken, ...tooDeep, ...this.#modules.problems()]
  }

  /** Parses one file; one that is nested deeper than recursive walks can go is left out. */
  #parse(file: string, text: string): void {
    this.#tooDeep.delete(file)
    try {
      const sourceFile = this.#project.createSourceFile(`/${file}`, text, { overwrite: true })
      if (!isNestedTooDeeply(sourceFile)) {
        this.#byName.set(file, sourceFile)
        return
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
    this.#tooDeep.add(file)
    this.#forgetFile(file)
  }

  #forgetFile(file: string): void {
    this.#project.getSourceFile(`/${file}`)?.forget()
    this.#byName.delete(file)
  }
}

/** The inputs of the memo: what changes with any file, with the calls of one name, with the files that hold a text. */
const filesInput = 'files'
const callsInput = (name: string): string => `calls of ${name}`
const textInput = (wanted: Wanted): string => `files with ${String(wanted)}`

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
