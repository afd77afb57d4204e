import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix } from 'node:path'
import { before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

interface Module {
  /** Relative to the repository, forward slashes. */
  readonly file: string
  readonly text: string
  /** Package or built-in names, and repository-relative files. */
  readonly imports: readonly string[]
  readonly runtimeImports: readonly string[]
}

const importPattern =
  /^\s*(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm

function readModule(file: string): Module {
  const text = readFileSync(join(root, file), 'utf8')
  const found = [...text.matchAll(importPattern)].map((match) => {
    const specifier = match[2] ?? match[3] ?? ''
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : specifier
    return { target, typeOnly: match[1] !== undefined }
  })
  return {
    file,
    text,
    imports: found.map(({ target }) => target).filter((target) => target !== language),
    runtimeImports: found.filter(({ typeOnly }) => !typeOnly).map(({ target }) => target),
  }
}

/** Not a part of the stages' order: it loads the language, and every entry may import it. */
const language = 'src/l10n.ts'

function modulesBelow(folder: string): Module[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => posix.join(folder, name.replaceAll('\\', '/')))
    .filter((file) => file.endsWith('.ts'))
    .map(readModule)
}

/** The files of `modules` that import something `matches` accepts. */
function importers(modules: readonly Module[], matches: (target: string) => boolean): string[] {
  return modules.filter(({ imports }) => imports.some(matches)).map(({ file }) => file)
}

function packageIs(...names: readonly string[]): (target: string) => boolean {
  return (target) => names.some((name) => target === name || target.startsWith(`${name}/`))
}

const stages = ['analysis', 'factory', 'load', 'evidence', 'verdict', 'report', 'provenance']
const faces = ['editor', 'cli', 'agent']

function stageOf(file: string): string {
  return file.split('/')[1] ?? ''
}

describe('architecture', () => {
  let source: Module[] = []
  let webview: Module[] = []
  before(() => {
    source = modulesBelow('src')
    webview = modulesBelow('webview')
    assert.ok(source.length > 40, 'the source was found')
    assert.ok(webview.length > 5, 'the webview was found')
  })

  const owned: [what: string, folder: string, packages: string[]][] = [
    ['vscode', 'src/editor/', ['vscode']],
    ['ts-morph', 'src/analysis/typescript/', ['ts-morph']],
    ['undici and hdr-histogram-js', 'src/load/', ['undici', 'hdr-histogram-js']],
    [
      'database drivers',
      'src/factory/databases/',
      ['node:sqlite', 'pg', 'mysql2', 'better-sqlite3', 'node-sqlite3-wasm', '@electric-sql/pglite'],
    ],
    ['the toolkit', 'webview/ui/', ['@vscode/webview-ui-toolkit']],
    ['uPlot', 'webview/ui/', ['uplot']],
  ]
  for (const [what, folder, packages] of owned) {
    it(`${what}: imported only in ${folder}, and there`, () => {
      const all = importers([...source, ...webview], packageIs(...packages))
      assert.deepEqual(
        all.filter((file) => !file.startsWith(folder)),
        [],
      )
      assert.ok(all.length > 0, `${what} is imported somewhere`)
    })
  }

  // Its words for numbers and loads are read by people, who may read another language than English.
  it('the model imports nothing of ours but itself, and no package but the one that translates', () => {
    for (const { file, imports } of source.filter((module) => stageOf(module.file) === 'model')) {
      assert.deepEqual(
        imports.filter((target) => !target.startsWith('src/model/') && target !== '@vscode/l10n'),
        [],
        file,
      )
    }
  })

  it('stages import the model and themselves, never each other, a workflow or a face', () => {
    for (const { file, imports } of source.filter((module) => stages.includes(stageOf(module.file)))) {
      const foreign = imports.filter(
        (target) => target.startsWith('src/') && !['model', stageOf(file)].includes(stageOf(target)),
      )
      assert.deepEqual(foreign, [], file)
    }
  })

  it('workflows import stages and the model, never a face', () => {
    for (const { file, imports } of source.filter((module) => stageOf(module.file) === 'workflows')) {
      const foreign = imports.filter((target) => target.startsWith('src/') && faces.includes(stageOf(target)))
      assert.deepEqual(foreign, [], file)
    }
  })

  // The tools are a face that two others serve: the editor to its models, the command line over MCP.
  it('faces import workflows, the model and themselves; editor and command line serve the tools', () => {
    for (const { file, imports } of source.filter((module) => faces.includes(stageOf(module.file)))) {
      const foreign = imports.filter(
        (target) =>
          target.startsWith('src/') &&
          !['workflows', 'model', 'agent', stageOf(file)].includes(stageOf(target)),
      )
      assert.deepEqual(foreign, [], file)
    }
  })

  it('the webview imports the model, the words it shares with the reports, and itself', () => {
    for (const { file, imports } of webview) {
      const foreign = imports.filter(
        (target) =>
          target.startsWith('src/') &&
          stageOf(target) !== 'model' &&
          !target.startsWith('src/report/content/'),
      )
      assert.deepEqual(foreign, [], file)
    }
  })

  it('has no import cycle at run time', () => {
    const graph = new Map([...source, ...webview].map((module) => [module.file, module.runtimeImports]))
    const done = new Set<string>()
    const visit = (file: string, trail: readonly string[]): void => {
      assert.ok(!trail.includes(file), `cycle: ${[...trail, file].join(' → ')}`)
      if (done.has(file)) return
      for (const target of graph.get(file) ?? []) if (graph.has(target)) visit(target, [...trail, file])
      done.add(file)
    }
    for (const file of graph.keys()) visit(file, [])
  })

  it('registries are the only index files, and list every file of their folder', () => {
    const indexes = [...source, ...webview].filter(({ file }) => file.endsWith('/index.ts'))
    assert.ok(indexes.length >= 7, 'the registries were found')
    for (const { file, text } of indexes) {
      assert.match(text, /as const satisfies readonly \w+\[\]/, `${file} is a static registry`)
    }
  })

  it('keeps files under 320 lines, names that say something, and no default exports', () => {
    for (const { file, text } of [...source, ...webview]) {
      assert.ok(text.split('\n').length <= 320, `${file} is too long`)
      assert.doesNotMatch(file, /\/(utils?|helpers?|misc|common|manager)(\.ts|\/)/, file)
      assert.doesNotMatch(text, /^export default /m, file)
    }
  })

  it('every fork and worker entry that the source names exists', () => {
    const entries = source.flatMap(({ file, text }) =>
      [...text.matchAll(/\? '(\.\/[\w-]+\.ts)' :/g)].map((match) =>
        join(root, dirname(file), match[1] ?? ''),
      ),
    )
    assert.ok(entries.length >= 4, 'entries were found')
    for (const entry of entries) assert.ok(readFileSync(entry, 'utf8').length > 0, entry)
  })

  it('every entry with texts that are translated loads the language before anything else', () => {
    const graph = new Map(source.map((module) => [module.file, module.runtimeImports]))
    const reaches = (file: string, seen: Set<string>): boolean => {
      if (seen.has(file)) return false
      seen.add(file)
      return (graph.get(file) ?? []).some((target) => target === '@vscode/l10n' || reaches(target, seen))
    }
    const entries = source.filter(({ file }) =>
      /^src\/\w+\/(?:origins\/)?(child|worker|workflows)\.ts$/.test(file),
    )
    const speaking = entries.filter(({ file }) => reaches(file, new Set([language])))
    assert.ok(speaking.length >= 3, 'entries were found')
    for (const { file, text } of speaking) {
      assert.match(importPattern.exec(text)?.[2] ?? '', /^(\.\.\/)+l10n\.ts$/, file)
      importPattern.lastIndex = 0
    }
  })
})
