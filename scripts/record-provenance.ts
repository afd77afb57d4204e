import { cp, rm, writeFile } from 'node:fs/promises'
import { globSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { HostTestResult } from '../test/editor/run.ts'
import { capture, runScript, SetupError } from './lifetime.ts'
import { inRepository, repository } from './repository.ts'
import { copySample } from './sample-copy.ts'
import { ensureChromium } from './setup/chromium.ts'
import { ensureVscodeServer } from './setup/vscode-server.ts'
import { bundleSuite, readResults } from './testing/host-suite.ts'
import { launchChromium, runInHost, startVscodeServer } from './vscode-server.ts'

/*
 * Records what a real VS Code tells the extension while somebody types, pastes, accepts completions and so on, and what real
 * git and real scripts do to files: `node scripts/record-provenance.ts [kind…]` writes
 * test/recordings/provenance/<kind>.ndjson, all of them without a kind. Needs `npm run build` once. The code in the recordings
 * is that of the sample and of the analysis' fixtures.
 */

const suite = 'test/editor/recording'
const output = inRepository('test', 'output', `recording-${process.pid}`)
const results = join(output, 'results.ndjson')

async function bundle(kinds: readonly string[]): Promise<string> {
  const files = globSync(`${suite}/*.test.ts`, { cwd: repository }).filter(
    (file) => kinds.length === 0 || kinds.includes(basename(file, '.test.ts')),
  )
  if (files.length === 0) throw new SetupError(`There is no recording of ${kinds.join(', ')}.`)
  return bundleSuite(files, output, ['prettier'])
}

/** The sample and the fixtures as a git repository of one commit. */
async function prepare(folder: string): Promise<void> {
  const fixtures = inRepository('test', 'fixtures', 'analysis')
  for (const name of ['carets', 'commonjs']) {
    await cp(join(fixtures, name), join(folder, 'fixtures', name), { recursive: true })
  }
  await writeFile(join(folder, '.gitignore'), 'node_modules\n.headroom\nsrc/recorded\n')
  for (const args of [
    ['init', '--quiet', '--initial-branch=main'],
    ['config', 'user.name', 'Recorder'],
    ['config', 'user.email', 'recorder@example.com'],
    ['config', 'core.autocrlf', 'false'],
    ['add', '--all'],
    ['commit', '--quiet', '--message=Sample'],
  ]) {
    const { code, output: said } = await capture('git', args, { cwd: folder })
    if (code !== 0) throw new SetupError(`git ${args.join(' ')} failed:\n${said}`)
  }
}

await runScript(async ({ signal, cleanup }) => {
  cleanup.defer(() => rm(output, { recursive: true, force: true }))
  const tests = await bundle(process.argv.slice(2))
  await writeFile(results, '')
  const { folder: workspace } = cleanup.use(await copySample())
  await prepare(workspace)
  const executable = await ensureChromium(signal)
  const env = {
    HEADROOM_HOST_RESULTS: results,
    HEADROOM_RECORDINGS: inRepository('test', 'recordings', 'provenance'),
  }
  const folder = await ensureVscodeServer(signal)
  const server = cleanup.use(await startVscodeServer({ folder, env }))
  const browser = await launchChromium(executable)
  cleanup.defer(() => browser.close())
  // Pasting reads the clipboard, for which a browser asks its user.
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const log: string[] = []
  const code = await runInHost(context, server, {
    workspace,
    extension: repository,
    tests,
    signal,
    onLog(line) {
      log.push(line)
      const shown = /headroom-test (.*)/.exec(line)?.[1]
      if (shown !== undefined) console.log(shown)
    },
  })
  const all = await readResults<HostTestResult>(results)
  for (const { title, error } of all) if (error !== null) console.log(`\n✖ ${title}\n${error}`)
  if (all.length === 0) console.log(log.slice(-40).join('\n'))
  return code
})
