import { isUtf8 } from 'node:buffer'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'
import type { Problem } from '../model/finding.ts'
import type { Overlay } from '../model/source.ts'

const sourceName = /\.(?:[cm]?[jt]s|[jt]sx)$/
const configName = /^(?:[jt]sconfig(?:\..+)?|package)\.json$|\.prisma$/
const generatedName = /\.d\.[cm]?ts$|\.min\.[cm]?js$/
const skippedFolder = /^(?:node_modules|bower_components|dist|build|out|coverage|vendor|tmp)$|^\../
/** Larger files are bundles or data, not handlers. */
const maximumBytes = 1_000_000

const supportFolder =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|e2e|spec|fixtures|scripts|[\w-]+-scripts?|seeds?|seeders|migrations|mocks|stories|examples?)\//
const supportFile = /\.(?:test|spec|e2e|stories|config|mock|fixture|seed)\.[^/.]+$|(?:^|\/)seed\.[^/.]+$/

/** The files of one moment: texts by file, relative with forward slashes. */
export interface Snapshot {
  readonly texts: ReadonlyMap<string, string>
  readonly problems: readonly Problem[]
}

/** Whether a file is made of tests, scripts, seeds or the like: its callers count, its queries don't. */
export function isSupportFile(file: string): boolean {
  return supportFolder.test(file) || supportFile.test(file)
}

/** The source files below one folder, read again only when they changed on disk. */
export class SourceTree {
  readonly #root: string
  readonly #cache = new Map<string, KeptFile>()

  constructor(root: string) {
    this.#root = root
  }

  /**
   * Reads what changed and lays the overlays on top. Files that can't be read become problems.
   * Throws `HR_NO_FOLDER` when the folder is missing and `HR_NO_SOURCE` when it holds no JavaScript or TypeScript.
   */
  read(overlays: readonly Overlay[]): Snapshot {
    if (!statSync(this.#root, { throwIfNoEntry: false })?.isDirectory()) {
      throw new Failure('HR_NO_FOLDER', l10n.t('There is no folder {0} to inspect.', this.#root))
    }
    const problems: Problem[] = []
    const files = this.#list('', problems)
    const texts = new Map<string, string>()
    for (const file of files) {
      const text = this.#readFile(file, problems)
      if (text !== null) texts.set(file, text)
    }
    for (const overlay of overlays) if (isSource(overlay.file)) texts.set(overlay.file, overlay.text)
    const present = new Set(files)
    for (const file of this.#cache.keys()) if (!present.has(file)) this.#cache.delete(file)
    if (![...texts.keys()].some(isSource)) {
      throw new Failure(
        'HR_NO_SOURCE',
        l10n.t('There are no JavaScript or TypeScript files in {0} to inspect.', this.#root),
      )
    }
    return { texts, problems }
  }

  #list(folder: string, problems: Problem[]): string[] {
    const files: string[] = []
    try {
      for (const entry of readdirSync(join(this.#root, folder), { withFileTypes: true })) {
        const path = folder === '' ? entry.name : `${folder}/${entry.name}`
        if (entry.isDirectory()) {
          if (!skippedFolder.test(entry.name)) files.push(...this.#list(path, problems))
        } else if (isSource(path) || configName.test(entry.name)) files.push(path)
      }
    } catch (error) {
      problems.push(readProblem(folder, error))
    }
    return files
  }

  #readFile(file: string, problems: Problem[]): string | null {
    const path = join(this.#root, file)
    try {
      const { mtimeMs, size } = statSync(path)
      const stamp = `${mtimeMs}:${size}`
      const known = this.#cache.get(file)
      const kept = known?.stamp === stamp ? known : { stamp, ...contentOf(file, path, size) }
      this.#cache.set(file, kept)
      if (kept.problem) problems.push(kept.problem)
      return kept.text
    } catch (error) {
      problems.push(readProblem(file, error))
      return null
    }
  }
}

/** A file as it was when last read; without a text where it isn't inspected. */
interface KeptFile {
  /** Time and size by which a change is noticed. */
  readonly stamp: string
  readonly text: string | null
  readonly problem: Problem | null
}

function contentOf(file: string, path: string, sizeBytes: number): Omit<KeptFile, 'stamp'> {
  const problem = (message: string): Problem => ({ kind: 'read', file, line: 0, message })
  if (sizeBytes > maximumBytes)
    return {
      text: null,
      problem: problem(l10n.t('Larger than 1 MB, so it is taken for a bundle and not inspected.')),
    }
  const bytes = readFileSync(path)
  const text = bytes.toString('utf8')
  return isUtf8(bytes)
    ? { text, problem: null }
    : {
        text,
        problem: problem(l10n.t('Not UTF-8: it is inspected as far as it can be read, and never changed.')),
      }
}

/** Whether there is anything to inspect in or below a folder; what can't be read holds nothing. */
export function holdsSource(folder: string): boolean {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return (
      entries.some((entry) => !entry.isDirectory() && isSource(entry.name)) ||
      entries.some(
        (entry) =>
          entry.isDirectory() && !skippedFolder.test(entry.name) && holdsSource(join(folder, entry.name)),
      )
    )
  } catch {
    return false
  }
}

/** Whether a file is JavaScript or TypeScript that people write. */
export function isSource(file: string): boolean {
  return sourceName.test(file) && !generatedName.test(file)
}

function readProblem(file: string, error: unknown): Problem {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return { kind: 'read', file, line: 0, message: l10n.t('{0} could not be read ({1}).', file, code) }
}
