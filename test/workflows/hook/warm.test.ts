import assert from 'node:assert/strict'
import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { event, handler, isAlive, until } from './agent-event.ts'
import { runHook, type HookOutcome } from '../../../src/workflows/hook/hook.ts'
import {
  askWarm,
  connectWarm,
  startWarm,
  warmAddress,
  type TooLate,
} from '../../../src/workflows/hook/warm.ts'

const aMinute = (): AbortSignal => AbortSignal.timeout(60_000)
const within = (warm: number, cold = warm): TooLate => ({
  warm: AbortSignal.timeout(warm),
  cold: AbortSignal.timeout(cold),
})
const request = {
  touched: [{ file: 'src/app.ts', ranges: [{ startLine: 5, endLine: 11 }] }],
  command: 'headroom',
  prefix: '',
}

function hook(
  root: string,
  input: string,
  answerWithinMillis = 60_000,
  environment: NodeJS.ProcessEnv = {},
): Promise<HookOutcome> {
  return runHook(input, {
    directory: root,
    environment,
    cliFile: '/opt/headroom/dist/cli.cjs',
    answerWithinMillis,
    firstAnswerWithinMillis: answerWithinMillis,
  })
}

async function isListening(root: string): Promise<boolean> {
  const socket = await connectWarm((await warmAddress(root)) ?? '')
  socket?.destroy()
  return socket !== null
}

const kept = (root: string): Promise<string> =>
  readFile(join(root, '.headroom/attribution.json'), 'utf8').catch(() => '')

describe('the hook and its warm process', { skip: process.platform === 'win32' }, () => {
  const realTemporary = process.env['TMPDIR']
  let temporary = ''
  /** One project for all that is only asked: its first inspection takes seconds. */
  let shared: Awaited<ReturnType<typeof project>>
  const started: number[] = []

  before(async () => {
    temporary = await realpath(await mkdtemp(join(tmpdir(), 'hr-')))
    process.env['TMPDIR'] = temporary
    shared = await project({ 'src/other.ts': 'export const answer = 42\n' })
    await start(shared.root)
  })
  after(async () => {
    for (const pid of started.filter(isAlive)) process.kill(pid)
    if (realTemporary === undefined) delete process.env['TMPDIR']
    else process.env['TMPDIR'] = realTemporary
    await rm(temporary, { recursive: true, force: true })
  })

  async function project(
    files: Readonly<Record<string, string>> = {},
  ): Promise<{ root: string; write: (file: string, text: string) => Promise<void> }> {
    const root = await realpath(await mkdtemp(join(temporary, 'p-')))
    const write = async (file: string, text: string): Promise<void> => {
      await mkdir(dirname(join(root, file)), { recursive: true })
      await writeFile(join(root, file), text)
    }
    for (const [file, text] of Object.entries({ 'package.json': '{}', 'src/app.ts': handler, ...files })) {
      await write(file, text)
    }
    return { root, write }
  }

  async function start(root: string, idleMillis = 60_000): Promise<{ pid: number; address: string }> {
    const address = (await warmAddress(root)) ?? ''
    const pid = (await startWarm({ root, address, idleMillis }, aMinute())) ?? 0
    started.push(pid)
    return { pid, address }
  }

  it('writes down what was written and tells what it would break on, in the words of the caller', async () => {
    const { root } = shared
    const { stdout, problem } = await hook(root, event(root))
    assert.equal(problem, null)
    const said = JSON.parse(stdout ?? 'null')
    assert.deepEqual(Object.keys(said), ['hookSpecificOutput'])
    assert.equal(said.hookSpecificOutput.hookEventName, 'PostToolUse')
    assert.match(
      said.hookSpecificOutput.additionalContext,
      /^- src\/app\.ts:8 n-plus-one \(GET \/orders\): /m,
    )
    const store = JSON.parse(await kept(root))
    assert.deepEqual(
      store.attributions.map(({ file, source, score, startLine, endLine }: Record<string, unknown>) => [
        file,
        source,
        score,
        startLine,
        endLine,
      ]),
      [['src/app.ts', 'Claude Code hook', 1, 1, 11]],
    )
    assert.doesNotMatch(JSON.stringify(store), /SESSION-ID|PROMPT|orders|knex/, 'no code, prompt or session')
    const cursor = JSON.stringify({
      hook_event_name: 'afterFileEdit',
      workspace_roots: [root],
      file_path: join(root, 'src/app.ts'),
      edits: [{ old_string: '', new_string: "  const orders = await db('orders').select('*')" }],
    })
    await until(async () => {
      const answer = await hook(root, cursor)
      return answer.stdout !== null && 'additional_context' in JSON.parse(answer.stdout)
    })
    assert.match(await kept(root), /Cursor hook/)
  })

  it('says the same only once in a moment, and sees the file as it is by now', async () => {
    const { root, write } = shared
    await until(async () => (await hook(root, event(root))).stdout !== null)
    assert.equal((await hook(root, event(root))).stdout, null, 'a second agent reads the same settings')
    const mended = handler
      .replace(/ {2}for[^]*?\n {2}\}\n/, '')
      .replace(".select('*')", ".select('*').limit(20)")
    await write('src/app.ts', mended)
    const { stdout } = await hook(root, event(root, 'src/app.ts', mended))
    assert.doesNotMatch(stdout ?? '', /n-plus-one/)
    await write('src/app.ts', handler)
  })

  it('says the next time what it could not say in time', async () => {
    const { root } = await project({ 'src/other.ts': 'export const answer = 42\n' })
    const { address } = await start(root)
    const late = await connectWarm(address)
    await new Promise((resolve) => late?.write(`${JSON.stringify(request)}\n`, resolve))
    late?.destroy()
    const other = { ...request, touched: [{ file: 'src/other.ts', ranges: [{ startLine: 1, endLine: 1 }] }] }
    assert.match((await askWarm(root, other, within(60_000)))?.context ?? '', /n-plus-one/)
    assert.equal((await askWarm(root, other, within(60_000)))?.context, null, 'once')
  })

  it('waits longer for the first answer of all, which an agent with one edit has nothing after', async () => {
    const { root } = await project()
    assert.match((await askWarm(root, request, within(0, 60_000)))?.context ?? '', /n-plus-one/)
    assert.equal(await askWarm(root, request, within(0, 60_000)), null, 'the process runs by now')
  })

  it('writes down what was written even where no answer comes in time', async () => {
    const { root } = await project()
    assert.deepEqual(await hook(root, event(root), 0), { stdout: null, problem: null })
    assert.match(await kept(root), /Claude Code hook/)
  })

  it('leaves files outside the project alone, also through links, and what is not inspected', async () => {
    const { root, write } = await project({ 'README.md': '# text\n' })
    const { root: elsewhere } = await project()
    await symlink(join(elsewhere, 'src'), join(root, 'linked'))
    assert.deepEqual(await hook(root, event(root, 'linked/app.ts')), { stdout: null, problem: null })
    const outside = JSON.parse(event(elsewhere))
    for (const folders of [
      { cwd: root },
      { cwd: join(root, 'src') },
      { cwd: root, workspace_roots: [root] },
    ]) {
      const input = JSON.stringify({ ...outside, ...folders })
      assert.deepEqual(await hook(root, input), { stdout: null, problem: null })
    }
    await write('README.md', '# more\n')
    assert.deepEqual(await hook(root, event(root, 'README.md', '# more\n')), { stdout: null, problem: null })
    assert.deepEqual(await hook(root, event(root, 'src/gone.ts')), { stdout: null, problem: null })
    assert.equal(await kept(root), '')
    assert.equal(await kept(elsewhere), '')
  })

  it('goes by the project of the agent, not by the folder it has strayed to', async () => {
    const { root } = await project({ 'packages/api/package.json': '{}', 'packages/api/src/app.ts': handler })
    const input = JSON.stringify({
      ...JSON.parse(event(root, 'packages/api/src/app.ts')),
      cwd: join(root, 'packages'),
    })
    await hook(root, input, 0, { CLAUDE_PROJECT_DIR: root })
    assert.match(await kept(root), /packages\/api\/src\/app\.ts/)
    await mkdir(join(root, 'packages/api/.headroom'))
    await hook(root, input, 0, { CLAUDE_PROJECT_DIR: root })
    assert.match(await kept(join(root, 'packages/api')), /"src\/app\.ts"/)
  })

  it('says in one line what keeps it from answering, and never more', async () => {
    const { root, write } = shared
    await write('headroom.config.json', '{ "budget": ')
    const broken = await hook(root, event(root))
    assert.equal(broken.stdout, null)
    assert.match(broken.problem ?? '', /^headroom\.config\.json line 1 is not JSON/)
    await rm(join(root, 'headroom.config.json'))
    assert.match(
      (await hook(root, 'no event')).problem ?? '',
      /no event of Claude Code, Cursor, VS Code or Codex/,
    )
    const bare = await realpath(await mkdtemp(join(temporary, 'bare-')))
    await writeFile(join(bare, 'a.ts'), 'export {}\n')
    assert.match((await hook(bare, event(bare, 'a.ts'))).problem ?? '', /there is no project here/)
  })

  it('is one process, however many start it at once', async () => {
    const { root } = await project()
    const pids = (await Promise.all([start(root), start(root), start(root)])).map(({ pid }) => pid)
    await until(() => pids.filter(isAlive).length === 1)
    assert.ok(await isListening(root))
    assert.equal(pids.filter(isAlive).length, 1)
  })

  it('takes the place of one that was killed', async () => {
    const { root } = await project()
    const { pid, address } = await start(root)
    process.kill(pid, 'SIGKILL')
    await until(() => !isAlive(pid))
    assert.equal(await connectWarm(address), null, 'the socket is stale')
    const next = await start(root)
    assert.notEqual(next.pid, pid)
    assert.ok(await isListening(root))
  })

  it('ends when nobody asks, and takes its socket away', async () => {
    const { root } = await project()
    const { pid, address } = await start(root, 400)
    await until(() => !isAlive(pid))
    await assert.rejects(stat(address))
  })

  it('ends when the project is gone, or its socket', async () => {
    for (const gone of ['project', 'socket'] as const) {
      const { root } = await project()
      const { pid, address } = await start(root, 2_000)
      // Who asks keeps it alive as far as idling goes.
      const asking = setInterval(() => void askWarm(root, request, within(100)), 200)
      await rm(gone === 'project' ? root : address, { recursive: true })
      if (gone === 'socket') clearInterval(asking)
      await until(() => !isAlive(pid))
      clearInterval(asking)
    }
  })

  it('is in nobody else’s reach', async () => {
    const { root } = shared
    const folder = dirname((await warmAddress(root)) ?? '')
    assert.equal((await stat(folder)).mode & 0o777, 0o700)
    await chmod(folder, 0o755)
    assert.equal(await warmAddress(root), null)
    assert.equal(await askWarm(root, request, within(60_000)), null)
    await chmod(folder, 0o700)
    assert.ok(await isListening(root))
  })

  it('survives whatever is sent to it', async () => {
    const { root } = shared
    const address = (await warmAddress(root)) ?? ''
    for (const sent of ['\n', 'x\n', '{}\n', 'null\n', '{"touched": 1}\n', 'x'.repeat(2_000_000)]) {
      const socket = await connectWarm(address)
      assert.ok(socket)
      socket.end(sent)
      socket.resume()
      await new Promise((resolve) => socket.once('close', resolve))
    }
    assert.notEqual(await askWarm(root, request, within(60_000)), null)
  })

  it('leaves no file of its own behind in the project', async () => {
    const { root } = shared
    await hook(root, event(root))
    assert.deepEqual((await readdir(join(root, '.headroom'))).toSorted(), ['.gitignore', 'attribution.json'])
  })
})
