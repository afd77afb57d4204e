import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, beforeEach, describe, it } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Verification } from '../../src/model/verification.ts'
import { isListening } from '../../src/workflows/server-probe.ts'
import { closedPort, headroom, sampleCopy, startHeadroom } from './command-line.ts'

const execute = promisify(execFile)
const route = 'GET /users/:userId/activities'
const file = 'src/routes/activities.ts'

describe('headroom verify, on a copy of the sample', () => {
  let copy: Awaited<ReturnType<typeof sampleCopy>>
  let port = 0
  const git = async (...args: readonly string[]): Promise<string> => {
    const identity = [
      '-c',
      'user.name=test',
      '-c',
      'user.email=test@example.com',
      '-c',
      'commit.gpgsign=false',
    ]
    return (await execute('git', ['-C', copy.root, ...identity, ...args])).stdout
  }
  before(async () => {
    copy = await sampleCopy()
    port = await closedPort()
    const inFolder = { cwd: copy.root, shell: process.platform === 'win32' }
    await execute('npm', ['run', '--silent', 'db:migrate'], inFolder)
    await headroom(copy.root, 'seed', '--yes', '--rows', 'users=40', '--per', 'activities=100', '--json')
    await writeFile(join(copy.root, '.gitignore'), 'node_modules\ndata/\n.headroom/\n')
    await git('init', '-q')
    await git('add', '-A')
    await git('commit', '-qm', 'as it was')
  })
  after(() => copy[Symbol.asyncDispose]())
  beforeEach(() => git('checkout', '-q', '--', '.'))

  const options = (): string[] => [
    '--base-url',
    `http://localhost:${port}`,
    '--start',
    '--users',
    '4',
    '--seconds',
    '1',
  ]
  const verify = (...more: readonly string[]) => headroom(copy.root, 'verify', route, ...options(), ...more)
  const whenUp = async (): Promise<void> => {
    while (!(await isListening('127.0.0.1', port))) await nextTurn()
  }
  const whenGone = async (): Promise<void> => {
    while (await isListening('127.0.0.1', port)) await nextTurn()
  }
  const fix = (): Promise<unknown> =>
    headroom(copy.root, 'fix', file, '--rule', 'n-plus-one', '--route', route, '--write')

  it("verifies Headroom's fix of the N+1: better beyond noise, with the same answers", async () => {
    await fix()
    const { stdout, stderr, exitCode } = await verify('--json')
    const { schema, verdict, checks, route: named } = JSON.parse(stdout) as Verification
    assert.equal(verdict, 'verified', stdout + stderr)
    assert.deepEqual([schema, named, exitCode], ['headroom.verification/1', route, 0])
    assert.ok(checks.every(({ outcome }) => outcome === 'passed'))
    const faster = checks.find(({ id }) => id === 'faster')?.message ?? ''
    assert.match(faster, /queries a request \d+ → [\d.]+ at 4 users, [48] turns each: better beyond noise$/)
    assert.equal(await isListening('127.0.0.1', port), false)
  })

  it('prints a refuted change, takes it back, and leaves a new file where it is', async () => {
    const text = await readFile(join(copy.root, file), 'utf8')
    await appendFile(join(copy.root, file), 'export const broken = (')
    await writeFile(join(copy.root, 'src/new.ts'), 'export {}\n')
    const { stdout, stderr, exitCode } = await verify('--revert')
    assert.equal(exitCode, 1, stderr)
    assert.match(stdout, /^ {2}FAIL {2}Parses +it does not parse: src\/routes\/activities\.ts:\d+$/m)
    assert.match(stdout, /^Refuted\.$/m)
    assert.match(stderr, /^Reverted: src\/routes\/activities\.ts\.$/m)
    assert.match(stderr, /^New, and left where it is: src\/new\.ts\.$/m)
    assert.equal(await readFile(join(copy.root, file), 'utf8'), text)
    assert.equal(await git('status', '--porcelain'), '?? src/new.ts\n')
    await git('clean', '-fdq', 'src')
  })

  for (const [signal, exitCode] of [
    ['SIGINT', 3],
    ['SIGKILL', null],
  ] as const) {
    it(`ends at ${signal} with nothing left running and the code as it was`, async () => {
      await appendFile(join(copy.root, file), '// changed\n')
      const changed = await git('diff')
      const running = startHeadroom(copy.root, 'verify', route, ...options())
      await whenUp()
      running.child.kill(signal)
      const outcome = await running.outcome
      assert.equal(outcome.exitCode, exitCode, outcome.stderr)
      await whenGone()
      const copies = (await readdir(tmpdir())).filter((name) =>
        name.startsWith(`headroom-verify-${running.child.pid}-`),
      )
      // A process that is killed can't remove its copies; the next verification after an hour does.
      if (signal === 'SIGINT') assert.deepEqual(copies, [])
      for (const name of copies) await rm(join(tmpdir(), name), { recursive: true })
      assert.equal(await git('diff'), changed)
      assert.equal(await git('status', '--porcelain'), ` M ${file}\n`)
    })
  }

  it('refuses wrong usage in a sentence', async () => {
    const unchanged = await verify()
    assert.deepEqual([unchanged.exitCode, /Nothing differs from HEAD/.test(unchanged.stderr)], [2, true])
    const unknown = await verify('--before', 'no-such-commit')
    assert.deepEqual([unknown.exitCode, /is no commit/.test(unknown.stderr)], [2, true])
    const writes = await headroom(copy.root, 'verify', 'POST /users')
    assert.deepEqual([writes.exitCode, /--yes/.test(writes.stderr)], [2, true])
    const many = await headroom(copy.root, 'verify', route, '--users', '10000')
    assert.equal(many.exitCode, 2)
  })

  it('measures nothing where the change is in the handler of another endpoint, and names that one', async () => {
    const users = join(copy.root, 'src/routes/users.ts')
    const text = await readFile(users, 'utf8')
    const changed = text.replace('storage.getAllUsers()', '(await storage.getAllUsers()).slice(0, 20)')
    await writeFile(users, changed)
    const { exitCode, stdout, stderr } = await verify('--revert')
    assert.deepEqual([exitCode, stdout], [2, ''], stderr)
    assert.match(
      stderr,
      /^headroom: This change doesn't reach GET \/users\/:userId\/activities: it is in src\/routes\/users\.ts, which its handler does not use\. Name the route that it concerns: GET \/users$/m,
    )
    assert.doesNotMatch(stderr, /Loading the code/)
    assert.equal(await readFile(users, 'utf8'), changed)
  })

  it('sends nothing to another machine', async () => {
    await appendFile(join(copy.root, file), '// changed\n')
    const remote = ['verify', route, '--base-url', 'http://192.0.2.1:3000', '--start']
    const { exitCode, stderr } = await headroom(copy.root, ...remote)
    assert.equal(exitCode, 2, stderr)
    assert.match(stderr, /192\.0\.2\.1/)
  })

  it('is not measured, and says why, where starting the server was not agreed to', async () => {
    await appendFile(join(copy.root, file), '// changed\n')
    const { stdout, exitCode } = await headroom(
      copy.root,
      'verify',
      route,
      '--base-url',
      `http://localhost:${port}`,
    )
    assert.equal(exitCode, 3)
    assert.match(stdout, /^ +– +Under load +not measured: .* may be started \(--start\)$/m)
    assert.match(stdout, /^Not measured\.$/m)
  })
})
