import { mkdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { buildAll } from './build.ts'
import { run, runScript, SetupError } from './lifetime.ts'
import { inRepository, repository } from './repository.ts'
import { copySample, freePort, type SampleCopy } from './sample-copy.ts'
import { findDesktopVscode } from './setup/desktop-vscode.ts'

const route = 'GET /users/:userId/activities'
const volume = ['--rows', 'users=1000', '--per', 'activities=500', '--yes']
const commandLine = inRepository('dist', 'cli.cjs')
const results = inRepository('.headroom', 'demo')

/** 0 is fine, 1 is "findings" or "budget broken": here, the point of the story. */
const toldWell = [0, 1]

function heading(text: string): void {
  console.log(`\n${process.stdout.isTTY ? `\u001B[1m${text}\u001B[0m` : text}`)
}

/** Runs a command of the story in the foreground, as a user would type it. */
async function tell(signal: AbortSignal, directory: string, shown: string, command: string, args: string[]) {
  console.log(`\n$ ${shown}`)
  const code = await run(command, args, { cwd: directory, signal, stdio: ['ignore', 'inherit', 'inherit'] })
  signal.throwIfAborted()
  if (!toldWell.includes(code)) throw new SetupError(`"${shown}" ended with exit code ${code}.`)
}

/** Quotes what a shell would split, and shows files of this repository relative to it. */
function shownArgument(argument: string): string {
  const short = argument.startsWith(repository) ? relative(repository, argument) : argument
  return short.includes(' ') ? `"${short}"` : short
}

function headroom(signal: AbortSignal, directory: string, ...args: string[]): Promise<void> {
  const shown = ['headroom', ...args.map(shownArgument)].join(' ')
  return tell(signal, directory, shown, process.execPath, [commandLine, ...args])
}

async function seedAndLoad(signal: AbortSignal, { folder }: SampleCopy, output: string, ...more: string[]) {
  await tell(signal, folder, 'npm run db:migrate', process.execPath, ['src/migrate.ts'])
  await headroom(signal, folder, 'seed', ...volume)
  const baseUrl = `http://localhost:${await freePort()}`
  await headroom(signal, folder, 'load', route, '--start', '--base-url', baseUrl, '--output', output, ...more)
}

async function story(signal: AbortSignal, before: SampleCopy, after: SampleCopy): Promise<void> {
  mkdirSync(results, { recursive: true })
  const beforeRun = join(results, 'before.json')
  const afterRun = join(results, 'after.json')
  const report = join(results, 'report.html')

  heading('1. Find what would break under load')
  await headroom(signal, before.folder, 'check')

  heading('2. Seed realistic data, ramp load until it breaks, name the cause')
  await seedAndLoad(signal, before, beforeRun)

  heading('3. Fix: one query instead of one per activity, and a page instead of everything')
  for (const [rule, file] of [
    ['n-plus-one', 'src/routes/activities.ts'],
    ['unbounded-result-set', 'src/storage.ts'],
  ] as const) {
    const place = [file, '--rule', rule, '--route', route]
    await headroom(signal, after.folder, 'fix', ...place)
    await headroom(signal, after.folder, 'fix', ...place, '--write')
  }

  heading('4. Prove it: the same rows, the same load')
  await seedAndLoad(signal, after, afterRun, '--baseline', beforeRun)

  heading('5. Report')
  const runs = [beforeRun, afterRun].map((file) => relative(repository, file))
  const output = relative(repository, report)
  await headroom(signal, repository, 'report', ...runs, '--format', 'html', '--output', output)
}

/** Shows the sample in a desktop VS Code with the extension; resolves when its window is closed. */
async function inEditor(signal: AbortSignal, { folder }: SampleCopy): Promise<void> {
  const editor = await findDesktopVscode(signal)
  if (editor === null) {
    throw new SetupError('No desktop VS Code can be had here. Open this folder in VS Code and press F5.')
  }
  console.log('VS Code opens the sample. Click "Load test this endpoint". Close the window to end the demo.')
  const args = [...editor.args, '--wait', `--extensionDevelopmentPath=${repository}`, folder]
  await run(editor.command, args, { signal })
}

await runScript(async ({ signal, cleanup }) => {
  const started = performance.now()
  console.log('Building Headroom.')
  await buildAll(true)
  const before = cleanup.use(await copySample())
  if (process.argv.includes('--editor')) {
    await inEditor(signal, before)
    return 0
  }
  await story(signal, before, cleanup.use(await copySample()))
  console.log(`\nThe whole story took ${Math.round((performance.now() - started) / 1000)} s.`)
  return 0
})
