import { posix } from 'node:path'
import { Node, type CallExpression, type SourceFile } from 'ts-morph'
import { isSupportFile } from '../../../source-tree.ts'
import { isFunction, type FunctionNode } from '../../functions.ts'
import { fileOf, type Program } from '../../program.ts'
import type { Resolver } from '../../resolver.ts'
import type { PathText } from '../reading/path-text.ts'
import type { RouterCall } from '../reading/route-reader.ts'
import { noBindings, type Value, type Values } from '../reading/values.ts'

const indexFile = /^index\.[cm]?[jt]s$/
const hooksFile = /^[_.]?auto_?hooks\.[cm]?[jt]s$/

/** A function that is given a Fastify instance, and the prefix below which it registers its routes. */
export interface Plugin {
  readonly fn: FunctionNode
  readonly prefix: string
  /** What it is given beside the instance. */
  readonly options: Value | null
}

/** What finding plugins needs. */
export interface PluginSource {
  readonly program: Program
  readonly values: Values
  readonly paths: PathText
}

/** The plugins that `register(plugin, { prefix })` or `register(autoload, { dir })` loads. */
export function pluginsOf({ call, bindings }: RouterCall, source: PluginSource): Plugin[] {
  const [plugin, given] = call.getArguments()
  if (!plugin) return []
  const options = given ? { node: given, bindings } : null
  const origin = source.values.resolver.origin(plugin) ?? ''
  if (/^"@?fastify[-/]autoload"/.test(origin)) return options ? autoloaded(options, call, source) : []
  const prefix = options ? source.values.member(options, 'prefix') : null
  const text = prefix ? source.paths.read(prefix) : ''
  return functionsOf({ node: plugin, bindings }, source.values, text).map((found) => ({ ...found, options }))
}

type Loaded = Omit<Plugin, 'options'>

/** The plugin functions behind a value; what `fastify-plugin` wraps shares its parent's instance, prefix included. */
function functionsOf(plugin: Value, values: Values, prefix: string): Loaded[] {
  const { node, bindings } = values.follow(plugin)
  if (isFunction(node)) return node.getBody() ? [{ fn: node, prefix }] : []
  if (Node.isCallExpression(node)) {
    const file = values.resolver.module(node)
    const loaded = file && exportOf(file, values.resolver)
    if (loaded) return functionsOf({ node: loaded, bindings: noBindings }, values, prefix)
    const [wrapped] = node.getArguments()
    const isShared = (values.resolver.origin(node.getExpression()) ?? '').startsWith('"fastify-plugin"')
    if (isShared && wrapped) return functionsOf({ node: wrapped, bindings }, values, '')
    const results = values.results({ node, bindings })
    if (results.length > 0) return results.flatMap((result) => functionsOf(result, values, prefix))
  }
  return values.resolver.functions(node).map((fn) => ({ fn, prefix }))
}

/** What a module exports as a plugin: its default, or all there is. */
function exportOf(file: SourceFile, resolver: Resolver): Node | null {
  const symbol = file.getSymbol()
  const exported = symbol?.getExport('default') ?? symbol?.getExport('export=')
  return exported ? resolver.declaredValue(exported) : null
}

/** Plugins by the folders they stand in: `routes/api/tasks/index.ts` is below `/api/tasks`. */
function autoloaded(options: Value, call: CallExpression, source: PluginSource): Plugin[] {
  const { program, values, paths } = source
  const dir = values.member(options, 'dir')
  if (!dir) return []
  const root = posix.join(posix.dirname(fileOf(call)), ...folderNames(dir, values))
  const given = values.member(options, 'options')
  const prefix = given ? values.member(given, 'prefix') : null
  const byFolder = isLiteral(values, options, 'dirNameRoutePrefix', 'false')
  const settings = {
    root,
    prefix: prefix ? paths.read(prefix) : null,
    byFolder: !byFolder,
    parameters: isLiteral(values, options, 'routeParams', 'true'),
  }
  const files = program.sourceFiles().filter((file) => isBelow(fileOf(file), root))
  const indexed = new Set(
    files
      .map(fileOf)
      .filter((file) => indexFile.test(posix.basename(file)))
      .map((file) => posix.dirname(file)),
  )
  return files
    .filter((file) => isLoaded(fileOf(file), indexed))
    .flatMap((file) => pluginIn(file, settings, source))
    .map((loaded) => ({ ...loaded, options: given }))
}

interface AutoloadSettings {
  readonly root: string
  readonly prefix: string | null
  readonly byFolder: boolean
  readonly parameters: boolean
}

function pluginIn(file: SourceFile, settings: AutoloadSettings, { values, paths }: PluginSource): Loaded[] {
  const loaded = exportOf(file, values.resolver)
  if (!loaded) return []
  const exported = (name: string): string | null => {
    const symbol = file.getSymbol()?.getExport(name)
    const value = symbol ? values.resolver.declaredValue(symbol) : null
    return value ? paths.known({ node: value, bindings: noBindings }) : null
  }
  const folder = posix.relative(settings.root, posix.dirname(fileOf(file)))
  const folders = settings.byFolder ? folder.split('/').map((name) => segmentOf(name, settings)) : []
  const own = exported('autoPrefix') ?? folders.join('/')
  const prefix =
    exported('prefixOverride') ?? `${settings.prefix ?? configuredPrefix(file, values, paths)}/${own}`
  return functionsOf({ node: loaded, bindings: noBindings }, values, prefix)
}

/** `export const autoConfig = { prefix: '/path' }` */
function configuredPrefix(file: SourceFile, values: Values, paths: PathText): string {
  const symbol = file.getSymbol()?.getExport('autoConfig')
  const config = symbol ? values.resolver.declaredValue(symbol) : null
  const prefix = config && values.member({ node: config, bindings: noBindings }, 'prefix')
  return prefix ? paths.read(prefix) : ''
}

function segmentOf(folder: string, { parameters }: AutoloadSettings): string {
  return parameters ? folder.replace(/^__?(.+)$/, ':$1') : folder
}

/** A folder with an index file loads that file alone. */
function isLoaded(file: string, indexed: ReadonlySet<string>): boolean {
  const name = posix.basename(file)
  if (hooksFile.test(name) || isSupportFile(file)) return false
  return indexFile.test(name) || !indexed.has(posix.dirname(file))
}

function isBelow(file: string, folder: string): boolean {
  return folder === '.' || file.startsWith(`${folder}/`)
}

/** The folder names in `path.join(__dirname, 'routes')` or `fileURLToPath(new URL('routes', import.meta.url))`. */
function folderNames(dir: Value, values: Values, depth = 0): string[] {
  const { node, bindings } = values.follow(dir)
  if (Node.isStringLiteral(node) || Node.isNoSubstitutionTemplateLiteral(node))
    return [node.getLiteralValue()]
  if (Node.isTemplateExpression(node))
    return node
      .getTemplateSpans()
      .flatMap((span) => [
        ...folderNames({ node: span.getExpression(), bindings }, values, depth + 1),
        span.getLiteral().getLiteralText(),
      ])
  if (depth > 4 || (!Node.isCallExpression(node) && !Node.isNewExpression(node))) return []
  return node
    .getArguments()
    .flatMap((argument) => folderNames({ node: argument, bindings }, values, depth + 1))
}

function isLiteral(values: Values, options: Value, name: string, text: string): boolean {
  const value = values.member(options, name)
  return value !== null && values.follow(value).node.getText() === text
}
