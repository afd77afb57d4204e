import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { type BuildOptions, type Metafile, type Plugin, build, context } from 'esbuild'
import { parseArgs } from 'node:util'
import { buildSamplePackages } from './build-sample.ts'
import { buildWebview } from './build-webview.ts'
import { runScript, SetupError } from './lifetime.ts'
import { inRepository } from './repository.ts'

/** Everything that runs in Node, one CommonJS file each: dist/<name>.cjs from src/<entry>. */
const bundles = [
  { name: 'extension', entry: 'editor/extension.ts' },
  { name: 'later', entry: 'editor/later.ts' },
  { name: 'workflows', entry: 'editor/workflows.ts' },
  { name: 'cli', entry: 'cli/main.ts' },
  { name: 'mcp', entry: 'agent/mcp.ts' },
  { name: 'analysis-worker', entry: 'analysis/worker.ts' },
  { name: 'load-child', entry: 'load/child.ts' },
  { name: 'factory-child', entry: 'factory/child.ts' },
  { name: 'evidence-worker', entry: 'evidence/worker.ts' },
  { name: 'workflow-worker', entry: 'workflows/worker.ts' },
  { name: 'origins-worker', entry: 'workflows/origins/worker.ts' },
  { name: 'headroom-hook', entry: 'cli/hook.ts' },
  { name: 'hook-child', entry: 'workflows/hook/child.ts' },
  { name: 'server-guard', entry: 'workflows/server-guard.ts' },
  // Loaded into users' own servers, which may run on an older Node.js than Headroom does.
  { name: 'server-preload', entry: 'evidence/inside/preload.ts', target: 'node14' },
] as const satisfies readonly Bundle[]

interface Bundle {
  readonly name: string
  readonly entry: string
  /** The oldest Node.js that runs it; left out, the one of the oldest editor. */
  readonly target?: string
}

/** CommonJS has no `import.meta.url`; every bundle gets its own file's URL under this name. */
const ownUrl = `const bundleUrl = require('node:url').pathToFileURL(__filename).href;`

/** Keeps modules out of the bundles that import them dynamically: they are required, as bundles of their own, when they are first used. */
const bundledApart: Plugin = {
  name: 'bundled-apart',
  setup(building) {
    building.onResolve({ filter: /\/(workflows|later|mcp)\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import' ? { path: `./${basename(path, '.ts')}.cjs`, external: true } : undefined,
    )
  },
}

/**
 * Binds the editor's API once. An `import * as vscode` of every file would be compiled to a copy of its several hundred
 * members each, which costs half of the activation.
 */
const editorApiOnce: Plugin = {
  name: 'editor-api-once',
  setup(building) {
    building.onLoad({ filter: /[\\/]src[\\/]editor[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source.replace("import * as vscode from 'vscode'", 'const vscode = editorApi')
      return { contents, loader: 'ts' }
    })
  },
}

/** What the extension's bundle holds of the model is translated by the editor, as its own texts are. */
const editorTexts: Plugin = {
  name: 'editor-texts',
  setup(building) {
    building.onResolve({ filter: /^@vscode\/l10n$/ }, ({ path }) => ({ path, namespace: 'editor-texts' }))
    building.onLoad({ filter: /^/, namespace: 'editor-texts' }, () => ({
      contents: 'export const t = (...text) => editorApi.l10n.t(...text)',
    }))
  },
}
const editorApi = `const loadingStartedAt = performance.now(), editorApi = require('vscode');`

/** Whether a bundle runs on the editor's own thread, with its API. */
function isEditors(name: Bundle['name']): boolean {
  return name === 'extension' || name === 'later'
}

function options(
  { name, entry, target = 'node22' }: Bundle,
  production: boolean,
): BuildOptions & { metafile: true } {
  return {
    entryPoints: [inRepository('src', entry)],
    outfile: inRepository('dist', `${name}.cjs`),
    absWorkingDir: inRepository(),
    bundle: true,
    platform: 'node',
    // Prefer ES modules: the CommonJS side of jsonc-parser requires its own files in a way no bundler can follow.
    mainFields: ['module', 'main'],
    format: 'cjs',
    target,
    external: ['vscode', 'node:sqlite'],
    ...(isEditors(name) && {
      plugins: [bundledApart, editorApiOnce, editorTexts],
      supported: { 'dynamic-import': false },
    }),
    ...(name === 'cli' && { plugins: [bundledApart], supported: { 'dynamic-import': false } }),
    define: { 'import.meta.url': 'bundleUrl' },
    banner: { js: bannerOf(name) },
    minify: production,
    sourcemap: production ? false : 'linked',
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
  }
}

/** Says in one sentence why nothing works on an older Node.js. An agent's hook must not fail for it. */
function needsNode22(exitCode: 0 | 2): string {
  const sentence = 'headroom: Node.js 22.13 or newer is needed, and this is ${process.versions.node}.'
  return `if (+process.versions.node.split('.')[0] < 22) { console.error(\`${sentence}\`); process.exit(${exitCode}) }`
}

function bannerOf(name: Bundle['name']): string {
  if (name === 'cli') return `#!/usr/bin/env node\n${needsNode22(2)}\n${ownUrl}`
  if (name === 'headroom-hook') return `${needsNode22(0)}\n${ownUrl}`
  return isEditors(name) ? `${ownUrl}\n${editorApi}` : ownUrl
}

/** The files that a bundle would be made of, relative to the repository, and its size; nothing is written. */
export async function composition(name: Bundle['name']): Promise<{ files: string[]; bytes: number }> {
  const bundle = bundles.find((each) => each.name === name)
  if (bundle === undefined) throw new SetupError(`There is no bundle ${name}.`)
  const { metafile } = await build({ ...options(bundle, true), write: false })
  const outputs = Object.values(metafile.outputs)
  return {
    files: outputs.flatMap(({ inputs }) => Object.keys(inputs)),
    bytes: outputs.reduce((sum, { bytes }) => sum + bytes, 0),
  }
}

/** Removes bundles of earlier builds that are made no more: everything in dist/ is packaged. */
async function removeStale(production: boolean): Promise<void> {
  const made = new Set([
    'metafile.json',
    'sample-packages',
    'webview',
    ...bundles.flatMap(({ name }) => (production ? [`${name}.cjs`] : [`${name}.cjs`, `${name}.cjs.map`])),
  ])
  const stale = (await readdir(inRepository('dist'))).filter((file) => !made.has(file))
  await Promise.all(stale.map((file) => rm(inRepository('dist', file), { recursive: true })))
}

/** Which modules each bundle holds, as esbuild says; `dist/metafile.json` by bundle name. */
export type Metafiles = Readonly<Record<string, Metafile>>

/**
 * Builds all bundles and the webview into dist/. `production` minifies and leaves source maps out.
 * Resolves to esbuild's metafiles, which are also written to dist/metafile.json. Throws {@link SetupError} where a
 * source doesn't build.
 */
export async function buildAll(production: boolean): Promise<Metafiles> {
  await mkdir(inRepository('dist'), { recursive: true })
  const [built] = await Promise.all([
    Promise.all(
      bundles.map(
        async (bundle) => [bundle.name, (await build(options(bundle, production))).metafile] as const,
      ),
    ),
    buildWebview({ outDir: inRepository('dist', 'webview'), minify: production }),
    buildSamplePackages(inRepository('dist', 'sample-packages')),
  ]).catch((error: unknown) => {
    throw new SetupError(`The build failed: ${error instanceof Error ? error.message : String(error)}`)
  })
  await removeStale(production)
  const metafiles = Object.fromEntries(built)
  await writeFile(inRepository('dist', 'metafile.json'), JSON.stringify(metafiles))
  return metafiles
}

/** Rebuilds the Node bundles as their sources change, until `signal` aborts. The webview is built once. */
async function watch(signal: AbortSignal): Promise<void> {
  await buildWebview({ outDir: inRepository('dist', 'webview'), minify: false })
  const contexts = await Promise.all(bundles.map((bundle) => context(options(bundle, false))))
  await Promise.all(contexts.map((each) => each.watch()))
  console.log('Watching for changes; Ctrl-C ends.')
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }))
  await Promise.all(contexts.map((each) => each.dispose()))
}

if (import.meta.main) {
  await runScript(async ({ signal }) => {
    const { values } = parseArgs({ options: { production: { type: 'boolean' }, watch: { type: 'boolean' } } })
    if (values.watch) {
      await watch(signal)
      return 0
    }
    const startedAt = performance.now()
    await buildAll(values.production ?? false)
    console.error(`headroom: built dist/ in ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`)
    return 0
  })
}
