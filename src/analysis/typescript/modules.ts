import { posix } from 'node:path'
import * as l10n from '@vscode/l10n'
import { ts } from 'ts-morph'
import type { Problem } from '../../model/finding.ts'

/** What resolving needs of a package.json. */
interface Manifest {
  readonly folder: string
  readonly name: string | null
  readonly entries: readonly string[]
  /** Names that the package module-alias puts before folders, longest first: `@models` for `app/models`. */
  readonly aliases: readonly (readonly [name: string, path: string])[]
  readonly versions: ReadonlyMap<string, string>
}

/**
 * Finds the files that module specifiers lead to, among texts in memory: relative paths, the path aliases of the nearest
 * tsconfig.json or jsconfig.json, the packages of a workspace by the names in their package.json, and its module aliases.
 */
export class Modules {
  readonly #texts: ReadonlyMap<string, string>
  readonly #options: ts.CompilerOptions
  readonly #optionsByFolder = new Map<string, ts.CompilerOptions>()
  readonly #host: ts.ModuleResolutionHost
  #manifests: readonly Manifest[] | null = null
  #problems: readonly Problem[] | null = null
  #resolved = new Map<string, ts.ResolvedModule | undefined>()

  /** `texts` are by file, relative to the root; `options` those of the whole program. */
  constructor(texts: ReadonlyMap<string, string>, options: ts.CompilerOptions) {
    this.#texts = texts
    this.#options = options
    this.#host = {
      fileExists: (path) => texts.has(path.slice(1)),
      readFile: (path) => texts.get(path.slice(1)),
    }
  }

  /** Forgets what was read; to be called where files came or went, or a configuration changed. */
  forget(): void {
    this.#resolved = new Map()
    this.#optionsByFolder.clear()
    this.#manifests = null
    this.#problems = null
  }

  /** The file of this program that a specifier leads to, by absolute paths below the root; undefined for packages. */
  resolve(specifier: string, containingFile: string): ts.ResolvedModule | undefined {
    const folder = posix.dirname(containingFile)
    const key = `${folder} ${specifier}`
    if (this.#resolved.has(key)) return this.#resolved.get(key)
    const options = this.#optionsFor(folder)
    const found =
      ts.resolveModuleName(specifier, containingFile, options, this.#host).resolvedModule ??
      this.#inWorkspace(specifier, containingFile) ??
      this.#byModuleAlias(specifier, containingFile)
    // The checker fails on this flag where the specifier itself doesn't end in `.ts`.
    const module = found && { ...found, resolvedUsingTsExtension: false }
    this.#resolved.set(key, module)
    return module
  }

  /** The version range of a dependency in the nearest package.json above a file that names it, or null. */
  dependencyVersion(file: string, name: string): string | null {
    for (const manifest of this.#manifestsAbove(`/${file}`)) {
      const version = manifest.versions.get(name)
      if (version !== undefined) return version
    }
    return null
  }

  /** The folder of the nearest package.json above a file, relative to the root; empty where there is none. */
  packageFolder(file: string): string {
    return this.#manifestsAbove(`/${file}`)[0]?.folder.slice(1) ?? ''
  }

  /** The configurations that don't parse: what they say about paths and packages isn't used. */
  problems(): readonly Problem[] {
    this.#problems ??= [...this.#texts].flatMap(([file, text]): Problem[] => {
      if (!/(?:^|\/)(?:[jt]sconfig[^/]*|package)\.json$/.test(file)) return []
      const { error } = ts.parseConfigFileTextToJson(file, text)
      if (!error) return []
      const line = text.slice(0, error.start ?? 0).split('\n').length
      const reason = ts.flattenDiagnosticMessageText(error.messageText, ' ')
      return [
        { kind: 'config', file, line, message: l10n.t('It does not parse ({0}), and is not used.', reason) },
      ]
    })
    return this.#problems
  }

  #inWorkspace(specifier: string, containingFile: string): ts.ResolvedModule | undefined {
    if (/^[./]/.test(specifier)) return undefined
    const manifest = this.#allManifests().find(
      ({ name }) => name !== null && (specifier === name || specifier.startsWith(`${name}/`)),
    )
    if (!manifest?.name) return undefined
    const rest = specifier.slice(manifest.name.length)
    const entries = rest === '' ? [...manifest.entries, '/src/index', '/index'] : [rest, `/src${rest}`]
    for (const entry of entries) {
      const path = posix.join(manifest.folder, entry)
      const found = ts.resolveModuleName(path, containingFile, this.#options, this.#host).resolvedModule
      if (found) return found
    }
    return undefined
  }

  #byModuleAlias(specifier: string, containingFile: string): ts.ResolvedModule | undefined {
    for (const { folder, aliases } of this.#manifestsAbove(containingFile)) {
      const alias = aliases.find(([name]) => specifier === name || specifier.startsWith(`${name}/`))
      if (!alias) continue
      const path = posix.join(folder, alias[1], specifier.slice(alias[0].length))
      return ts.resolveModuleName(path, containingFile, this.#options, this.#host).resolvedModule
    }
    return undefined
  }

  #manifestsAbove(path: string): Manifest[] {
    return this.#allManifests()
      .filter(({ folder }) => folder === '/' || path.startsWith(`${folder}/`))
      .toSorted((a, b) => b.folder.length - a.folder.length)
  }

  #allManifests(): readonly Manifest[] {
    this.#manifests ??= [...this.#texts]
      .filter(([file]) => posix.basename(file) === 'package.json')
      .flatMap(([file, text]) => manifestOf(posix.join('/', posix.dirname(file)), text) ?? [])
    return this.#manifests
  }

  /** Compiler options with the path aliases of the nearest configuration above a folder. */
  #optionsFor(folder: string): ts.CompilerOptions {
    const known = this.#optionsByFolder.get(folder)
    if (known) return known
    const config = ['tsconfig.json', 'jsconfig.json']
      .map((name) => posix.join(folder, name))
      .find((path) => this.#texts.has(path.slice(1)))
    const options = config
      ? { ...this.#options, ...this.#pathAliases(config) }
      : folder === '/'
        ? this.#options
        : this.#optionsFor(posix.dirname(folder))
    this.#optionsByFolder.set(folder, options)
    return options
  }

  #pathAliases(config: string): ts.CompilerOptions {
    const { config: json } = ts.readConfigFile(config, (path) => this.#texts.get(path.slice(1)))
    const host: ts.ParseConfigHost = {
      useCaseSensitiveFileNames: true,
      readDirectory: () => [],
      fileExists: (path) => this.#texts.has(path.slice(1)),
      readFile: (path) => this.#texts.get(path.slice(1)),
    }
    const { options } = ts.parseJsonConfigFileContent(json ?? {}, host, posix.dirname(config))
    const { baseUrl, paths, pathsBasePath } = options
    return { ...(baseUrl !== undefined && { baseUrl }), ...(paths && { paths, pathsBasePath }) }
  }
}

/** Reads a package.json; null for one that doesn't parse. */
function manifestOf(folder: string, text: string): Manifest | null {
  const { config } = ts.parseConfigFileTextToJson('package.json', text)
  if (!isRecord(config)) return null
  const versions = ['devDependencies', 'peerDependencies', 'dependencies'].flatMap((field) => {
    const listed = config[field]
    return isRecord(listed)
      ? Object.entries(listed).map(([name, range]) => [name, String(range)] as const)
      : []
  })
  const entries = ['source', 'types', 'module', 'main'].flatMap((field) => {
    const entry = config[field]
    return typeof entry === 'string' ? [`/${entry}`] : []
  })
  const name = typeof config['name'] === 'string' ? config['name'] : null
  const listed = config['_moduleAliases']
  const aliases = (isRecord(listed) ? Object.entries(listed) : [])
    .flatMap(([alias, path]) => (typeof path === 'string' ? [[alias, path] as const] : []))
    .toSorted(([a], [b]) => b.length - a.length)
  return { folder, name, entries, aliases, versions: new Map(versions) }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
