import { createWriteStream, existsSync, globSync, mkdirSync } from 'node:fs'
import type { HostTestResult } from '../../test/editor/run.ts'
import { run, SetupError } from '../lifetime.ts'
import { inRepository, repository, sampleFolder } from '../repository.ts'
import { ensureChromium } from '../setup/chromium.ts'
import { ensureDatabaseServers } from '../setup/database-servers.ts'
import { ensureOrms } from '../setup/orms.ts'
import { ensureVscodeServer } from '../setup/vscode-server.ts'
import { readResults, runHostSuite } from './host-suite.ts'
import { runCounted } from './node-tests.ts'
import { type Outcome, single, total } from './outcome.ts'

/** One part of `npm test`. */
export interface Step {
  /** What `npm test -- <name>` runs alone. */
  readonly name: string
  readonly title: string
  /** Works on dist/, and is not run where the build has failed. */
  readonly needsBuild?: true
  readonly run: (signal: AbortSignal) => Promise<Outcome>
}

function packageFile(...parts: string[]): string {
  return inRepository('node_modules', ...parts)
}

/** A tool's JavaScript entry, run with this Node; counts as one test. */
async function tool(signal: AbortSignal, script: string, ...args: string[]): Promise<Outcome> {
  return single(await run(process.execPath, [script, ...args], { cwd: repository, signal }))
}

interface TestOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Files at a time. */
  readonly concurrency?: number
}

async function tests(
  signal: AbortSignal,
  files: readonly string[],
  { env = {}, concurrency }: TestOptions = {},
): Promise<Outcome> {
  if (files.length === 0)
    throw new SetupError('This step found no test files, which would pass without proof.')
  const flags = concurrency === undefined ? [] : [`--test-concurrency=${concurrency}`]
  return runCounted(process.execPath, ['--test', ...flags, ...files], {
    cwd: repository,
    signal,
    // Tests start hundreds of processes from the sources; without it each strips the types of all of them again.
    env: { NODE_COMPILE_CACHE: inRepository('test', 'output', 'compile-cache'), ...env },
  })
}

function find(pattern: string, except: readonly string[] = []): readonly string[] {
  const exclude = [...except.flatMap((path) => [path, `${path}/**`]), '**/node_modules/**']
  return globSync(pattern, { cwd: repository, exclude }).toSorted()
}

async function typeCheck(signal: AbortSignal): Promise<Outcome> {
  const projects = ['.', 'webview', ...find('test/**/tsconfig.json', ['test/fixtures'])]
  const outcomes: Outcome[] = []
  for (const project of projects) {
    outcomes.push(await tool(signal, packageFile('typescript', 'bin', 'tsc'), '--noEmit', '-p', project))
  }
  return total(outcomes)
}

async function generated(signal: AbortSignal): Promise<Outcome> {
  const outcomes: Outcome[] = []
  for (const script of find('scripts/generate*.ts')) outcomes.push(await tool(signal, script, '--check'))
  return total(outcomes)
}

async function sampleTests(signal: AbortSignal): Promise<Outcome> {
  const script = process.env['npm_execpath']
  const options = { cwd: sampleFolder, signal }
  return script?.endsWith('npm-cli.js')
    ? runCounted(process.execPath, [script, 'test'], options)
    : runCounted('npm', ['test'], { ...options, shell: process.platform === 'win32' })
}

async function editorHost(signal: AbortSignal): Promise<Outcome> {
  const results = inRepository('test', 'output', 'editor.ndjson')
  mkdirSync(inRepository('test', 'output'), { recursive: true })
  const log = createWriteStream(inRepository('test', 'output', 'editor.log'))
  const exitCode = await runHostSuite({
    folder: 'test/editor/suite',
    results,
    signal,
    onLog(line) {
      log.write(`${line}\n`)
      const shown = /headroom-test (.*)/.exec(line)?.[1]
      if (shown !== undefined) console.log(shown)
    },
  })
  log.end()
  const all = await readResults<HostTestResult>(results)
  const count = (state: HostTestResult['state']) => all.filter((result) => result.state === state).length
  for (const { title, error } of all) if (error !== null) console.log(`\n✖ ${title}\n${error}`)
  const failed = count('failed')
  const crashed = all.length === 0 || (exitCode !== 0 && failed === 0)
  if (crashed) console.log(`The editor ended without a result (${exitCode}): see test/output/editor.log.`)
  return { passed: count('passed'), failed: failed + (crashed ? 1 : 0), skipped: count('skipped') }
}

/** Without servers the tests that start them are skipped with the reason, or fail in CI. */
async function databaseServers(signal: AbortSignal): Promise<void> {
  try {
    await ensureDatabaseServers(signal)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.log(error.message)
  }
}

/** Tests that drive a VS Code server through a browser: not on Windows, where that server can't be installed. */
async function editorUi(signal: AbortSignal, files: readonly string[]): Promise<Outcome> {
  if (process.platform === 'win32') {
    console.log('Skipped: the VS Code server from npm does not install on Windows.')
    return { passed: 0, failed: 0, skipped: files.length }
  }
  const chromium = await ensureChromium(signal)
  await ensureVscodeServer(signal)
  return tests(signal, files, { env: { HEADROOM_CHROMIUM: chromium } })
}

/** Their tests send load and judge what they measure, for which they need the machine to themselves. */
const underLoad = ['test/agent', 'test/cli', 'test/evidence', 'test/load', 'test/workflows']

const notUnits = [
  ...underLoad,
  'test/factory',
  'test/webview',
  'test/editor/{suite,bench,ui,recording}',
  'test/editor/package.test.ts',
  'test/fixtures',
  'test/orms',
  'test/output',
]

/** Everything `npm test` runs, what is fast first. */
export const steps: readonly Step[] = [
  {
    name: 'format',
    title: 'Format (prettier)',
    run: (signal) =>
      tool(signal, packageFile('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'),
  },
  {
    name: 'lint',
    title: 'Lint (oxlint)',
    run: (signal) => tool(signal, packageFile('oxlint', 'bin', 'oxlint'), '--type-aware', '--quiet'),
  },
  { name: 'types', title: 'Types (tsc)', run: typeCheck },
  { name: 'generated', title: 'Generated files are up to date', run: generated },
  {
    name: 'build',
    title: 'Build',
    run: (signal) => tool(signal, inRepository('scripts', 'build.ts'), '--production'),
  },
  {
    name: 'unit',
    title: 'Unit tests',
    needsBuild: true,
    run: (signal) => tests(signal, find('test/**/*.test.ts', notUnits), { concurrency: 2 }),
  },
  {
    name: 'load',
    title: "Load tests, the command line and agents' tools",
    needsBuild: true,
    async run(signal) {
      await databaseServers(signal)
      return tests(signal, find(`{${underLoad.join(',')}}/**/*.test.ts`), { concurrency: 1 })
    },
  },
  {
    name: 'factory',
    title: 'The data factory, on real databases',
    needsBuild: true,
    async run(signal) {
      await databaseServers(signal)
      // PGlite is seeded through the project's own, and Mongoose's names are compared with its own.
      await ensureOrms(signal)
      // These wait for databases more than they compute, and none of them measures time.
      return tests(signal, find('test/factory/**/*.test.ts'), { concurrency: 2 })
    },
  },
  { name: 'sample', title: "The sample's own tests", run: sampleTests },
  {
    name: 'orms',
    title: 'Fixes against the real ORMs',
    async run(signal) {
      await ensureOrms(signal)
      return tests(signal, find('test/orms/*.test.ts'))
    },
  },
  {
    name: 'webview',
    title: 'The panel in a browser',
    needsBuild: true,
    async run(signal) {
      const chromium = await ensureChromium(signal)
      return tests(signal, find('test/webview/**/*.test.ts'), { env: { HEADROOM_CHROMIUM: chromium } })
    },
  },
  { name: 'editor', title: 'The extension in the host of a real VS Code', needsBuild: true, run: editorHost },
  {
    name: 'ui',
    title: 'The extension as a user sees it',
    needsBuild: true,
    run: (signal) => editorUi(signal, find('test/editor/ui/*.test.ts')),
  },
  {
    name: 'package',
    title: 'The packaged extension',
    needsBuild: true,
    run: (signal) => editorUi(signal, find('test/editor/package.test.ts')),
  },
]

/** Whether dist/ holds a build; steps that run it alone need one. */
export function isBuilt(): boolean {
  return existsSync(inRepository('dist', 'metafile.json'))
}
