import { globSync } from 'node:fs'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { build, type Plugin } from 'esbuild'
import { endGroup, exitOf, spawnGroup, temporaryFolder } from '../lifetime.ts'
import { inRepository, repository } from '../repository.ts'
import { copySample } from '../sample-copy.ts'
import { ensureChromium } from '../setup/chromium.ts'
import { type DesktopVscode, findDesktopVscode } from '../setup/desktop-vscode.ts'
import { ensureVscodeServer } from '../setup/vscode-server.ts'
import { launchChromium, runInHost, startVscodeServer } from '../vscode-server.ts'

/** A folder of mocha tests that run inside the extension host of a real VS Code. */
export interface HostSuite {
  /** Relative to the repository; its `*.test.ts` files are run. */
  readonly folder: string
  /** Where the suite writes what it found: one JSON document per line. */
  readonly results: string
  /** Called with the sample's copy before it is opened. */
  readonly prepare?: (folder: string) => Promise<void>
  readonly onLog: (line: string) => void
  readonly signal: AbortSignal
}

const output = inRepository('test', 'output', 'host')

/** Contributes a vendor of chat models, so that tests can be the model. */
const stubModel = inRepository('test', 'editor', 'stub-model')

/** The workflows find the files of their workers beside them: suites take them from the build, as the extension does. */
const workflowsFromBuild: Plugin = {
  name: 'workflows-from-build',
  setup(building) {
    building.onResolve({ filter: /\/workflows\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: inRepository('dist', 'workflows.cjs'), external: true } : undefined,
    )
  },
}

/**
 * Bundles the suite's entry and its files, relative to the repository, into a folder that is made anew; resolves to the entry's
 * path. `external` packages are loaded from `node_modules` as the suite runs.
 */
export async function bundleSuite(
  files: readonly string[],
  outdir: string,
  external: readonly string[] = [],
): Promise<string> {
  await rm(outdir, { recursive: true, force: true })
  await build({
    entryPoints: [
      { in: inRepository('test', 'editor', 'run.ts'), out: 'run' },
      ...files.map((file) => ({ in: inRepository(file), out: `suite/${basename(file, '.ts')}` })),
    ],
    outdir,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode', 'mocha', ...external],
    plugins: [workflowsFromBuild],
    define: { 'import.meta.dirname': '__dirname' },
    sourcemap: 'inline',
    logLevel: 'warning',
  })
  return join(outdir, 'run.cjs')
}

/**
 * Runs a suite on a copy of the sample, in desktop VS Code where there is one and else in the VS Code server, with the
 * extension as it is in dist/. Resolves to an exit code, 0 where all tests passed.
 */
export async function runHostSuite(suite: HostSuite): Promise<number> {
  const files = globSync(`${suite.folder}/*.test.ts`, { cwd: repository })
  const tests = await bundleSuite(files, output)
  await mkdir(inRepository('test', 'output'), { recursive: true })
  await writeFile(suite.results, '')
  await using sample = await copySample()
  await suite.prepare?.(sample.folder)
  const desktop = await findDesktopVscode(suite.signal)
  return desktop === null
    ? await runOnServer(suite, tests, sample.folder)
    : await runOnDesktop(desktop, suite, tests, sample.folder)
}

function hostEnvironment(suite: HostSuite): NodeJS.ProcessEnv {
  return { HEADROOM_HOST_RESULTS: suite.results }
}

async function runOnServer(suite: HostSuite, tests: string, workspace: string): Promise<number> {
  const { signal, onLog } = suite
  const executable = await ensureChromium(signal)
  const folder = await ensureVscodeServer(signal)
  await using cleanup = new AsyncDisposableStack()
  const options = { folder, extensions: [stubModel], env: hostEnvironment(suite) }
  const server = cleanup.use(await startVscodeServer(options))
  const browser = await launchChromium(executable)
  cleanup.defer(() => browser.close())
  return await runInHost(browser, server, { workspace, extension: repository, tests, onLog, signal })
}

async function runOnDesktop(
  desktop: DesktopVscode,
  suite: HostSuite,
  tests: string,
  workspace: string,
): Promise<number> {
  await using data = await temporaryFolder('hr-code-')
  const args = [
    workspace,
    '--no-sandbox',
    '--disable-gpu-sandbox',
    '--disable-updates',
    '--disable-workspace-trust',
    '--skip-welcome',
    '--skip-release-notes',
    '--disable-telemetry',
    `--user-data-dir=${join(data.path, 'user')}`,
    `--extensions-dir=${join(data.path, 'extensions')}`,
    `--extensionDevelopmentPath=${repository}`,
    `--extensionDevelopmentPath=${stubModel}`,
    `--extensionTestsPath=${tests}`,
  ]
  const child = spawnGroup(desktop.command, [...desktop.args, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...hostEnvironment(suite) },
  })
  const abort = () => void endGroup(child)
  suite.signal.addEventListener('abort', abort, { once: true })
  try {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null) createInterface(stream).on('line', suite.onLog)
    }
    return await exitOf(child)
  } finally {
    suite.signal.removeEventListener('abort', abort)
    await endGroup(child)
  }
}

/** The lines of a suite's results, parsed; `T` is what that suite records. */
export async function readResults<T>(file: string): Promise<T[]> {
  const text = await readFile(file, 'utf8')
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): T => JSON.parse(line))
}
