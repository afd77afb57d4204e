import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const sample = join(root, 'samples', 'activity-api')
const results = join(root, '.headroom', 'demo')
const route = 'GET /users/:userId/activities'
const volume = ['--rows', 'users=1000', '--per', 'activities=500', '--yes']

/** The exit codes that a step of the story may end with: 1 is "findings" or "budget broken", which is the point. */
const toldWell = new Set([0, 1])

class Stopped extends Error {}

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort())

function say(text: string): void {
  process.stdout.write(`\n${text}\n`)
}

function heading(text: string): void {
  say(process.stdout.isTTY ? `\u001B[1m${text}\u001B[0m` : text)
}

/** Runs a program in the foreground. A signal to the demo is passed on once, so that the program can clean up. */
async function run(
  directory: string,
  shown: string,
  command: string,
  args: readonly string[],
): Promise<void> {
  if (stop.signal.aborted) throw new Stopped()
  say(`$ ${shown}`)
  const child = spawn(command, args, {
    cwd: directory,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  })
  const pass = (): void => void child.kill('SIGTERM')
  stop.signal.addEventListener('abort', pass, { once: true })
  const [code] = (await once(child, 'exit')) as [number | null]
  stop.signal.removeEventListener('abort', pass)
  if (stop.signal.aborted) throw new Stopped()
  if (code === null || !toldWell.has(code)) throw new Error(`"${shown}" ended with exit code ${code}.`)
}

function headroom(directory: string, ...args: readonly string[]): Promise<void> {
  const shown = args
    .map((arg) => (/[\s:&]/.test(arg) && !arg.startsWith('http') ? `"${arg}"` : arg))
    .join(' ')
  return run(directory, `headroom ${shown}`, process.execPath, [join(root, 'dist', 'cli.cjs'), ...args])
}

/** A private copy of the sample, so that neither its files nor its database are touched. */
async function copySample(workspace: string, name: string): Promise<string> {
  const copy = join(workspace, name)
  const skipped = new Set(['node_modules', 'data', '.headroom'].map((each) => join(sample, each)))
  await cp(sample, copy, { recursive: true, filter: (source) => !skipped.has(source) })
  await symlink(join(sample, 'node_modules'), join(copy, 'node_modules'), 'junction')
  return copy
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('No free port was found.')
  return address.port
}

async function seedAndLoad(directory: string, output: string, ...more: readonly string[]): Promise<void> {
  await run(directory, 'npm run db:migrate', 'npm', ['run', '--silent', 'db:migrate'])
  await headroom(directory, 'seed', ...volume)
  const baseUrl = `http://localhost:${await freePort()}`
  await headroom(directory, 'load', route, '--start', '--base-url', baseUrl, '--output', output, ...more)
}

async function tell(workspace: string): Promise<void> {
  const beforeRun = join(results, 'before.json')
  const afterRun = join(results, 'after.json')
  const report = join(results, 'report.html')
  await mkdir(results, { recursive: true })

  heading('1. Find: what would break under load?')
  const before = await copySample(workspace, 'before')
  await headroom(before, 'check')

  heading('2. Seed realistic data, ramp load until it breaks, name the cause')
  await seedAndLoad(before, beforeRun)

  heading('3. Fix: one query instead of one per activity, and a page instead of everything')
  const after = await copySample(workspace, 'after')
  for (const [rule, file] of [
    ['n-plus-one', 'src/routes/activities.ts'],
    ['unbounded-result-set', 'src/storage.ts'],
  ] as const) {
    const place = await findingPlace(after, rule, file)
    await headroom(after, 'fix', place.file, '--rule', rule, '--line', String(place.line))
    await headroom(after, 'fix', place.file, '--rule', rule, '--line', String(place.line), '--write')
  }

  heading('4. Prove: the same rows, the same load')
  await seedAndLoad(after, afterRun, '--baseline', beforeRun)

  heading('5. Report')
  await headroom(root, 'report', beforeRun, afterRun, '--format', 'html', '--output', report)
  say(`Open ${relative(process.cwd(), report)} in a browser.`)
}

/** Where the rule's finding on the demo's route stands now, asked from the command line's JSON. */
async function findingPlace(
  directory: string,
  rule: string,
  file: string,
): Promise<{ file: string; line: number }> {
  const child = spawn(process.execPath, [join(root, 'dist', 'cli.cjs'), 'check', '--json', '--rule', rule], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
  })
  await once(child, 'close')
  const { findings } = JSON.parse(text) as { findings: { file: string; line: number; routes: string[] }[] }
  const finding = findings.find((each) => each.file === file && each.routes.includes(route))
  if (finding === undefined) throw new Error(`No ${rule} finding for ${route}.`)
  return finding
}

const started = performance.now()
const workspace = await mkdtemp(join(tmpdir(), 'headroom-demo-'))
try {
  await tell(workspace)
  say(`Done in ${Math.round((performance.now() - started) / 1000)} s.`)
} catch (error) {
  if (!(error instanceof Stopped)) throw error
  say('Stopped. Nothing is left running.')
  process.exitCode = 130
} finally {
  await rm(workspace, { recursive: true, force: true })
}
