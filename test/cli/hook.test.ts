import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sampleCopy, type Outcome } from './command-line.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

describe('headroom hook', { skip: process.platform === 'win32' }, () => {
  let copy: Awaited<ReturnType<typeof sampleCopy>>
  let root = ''
  let temporary = ''
  before(async () => {
    copy = await sampleCopy()
    root = await realpath(copy.root)
    // The socket of the warm process goes with this folder, and the process with its socket.
    temporary = await mkdtemp(join(tmpdir(), 'hr-'))
  })
  after(async () => {
    await copy[Symbol.asyncDispose]()
    await rm(temporary, { recursive: true, force: true })
  })

  /** Calls the hook as agents do; it is over when its pipes are closed, whatever it has started. */
  async function hook(input: string | null, ...args: readonly string[]): Promise<Outcome> {
    const child = spawn(process.execPath, ['--no-warnings', main, 'hook', ...args], {
      cwd: root,
      env: { ...process.env, TMPDIR: temporary },
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.stdin.on('error', () => undefined)
    if (input !== null) child.stdin.end(input)
    const [exitCode] = await once(child, 'close')
    return { exitCode, stdout, stderr }
  }

  it('tells an agent what the handler that it wrote would break on, and writes down that it did', async () => {
    const file = join(root, 'src/routes/users.ts')
    const content = await readFile(file, 'utf8')
    const event = {
      cwd: root,
      hook_event_name: 'PostToolUse',
      tool_name: 'Write',
      tool_input: { file_path: file, content },
    }
    let outcome = await hook(JSON.stringify(event))
    // Until the warm process has read the project, the answer is none.
    for (let attempt = 0; outcome.stdout === '' && attempt < 60; attempt += 1)
      outcome = await hook(JSON.stringify(event))
    assert.equal(outcome.exitCode, 0)
    assert.equal(outcome.stderr, '')
    const { additionalContext } = JSON.parse(outcome.stdout).hookSpecificOutput
    assert.match(additionalContext, /src\/routes\/users\.ts:28 n-plus-one \(GET \/users\)/)
    assert.match(
      additionalContext,
      /fix src\/routes\/users\.ts --rule n-plus-one --line 28 --fix \S+ --write/,
    )
    assert.ok(additionalContext.split('\n').length <= 15)
    assert.match(await readFile(join(root, '.headroom/attribution.json'), 'utf8'), /Claude Code hook/)
  })

  it('never vetoes: whatever comes, it exits with 0, says nothing on stdout, and one line on stderr', async () => {
    const inputs = ['', 'not JSON', '{"hook_event_name":', '[]', '\u0000\u001b[31m', '{"a":'.repeat(50_000)]
    for (const input of inputs) {
      const outcome = await hook(input)
      assert.deepEqual([outcome.exitCode, outcome.stdout], [0, ''], input.slice(0, 40))
      assert.match(outcome.stderr, /^headroom hook: [^\n]+\n$/)
    }
  })

  it('takes options that it does not know, as a later version may', async () => {
    const outcome = await hook('{"hook_event_name": "Stop"}', '--for', 'claude', 'extra')
    assert.deepEqual(outcome, { exitCode: 0, stdout: '', stderr: '' })
  })

  it('does not wait for a pipe that is named like code', async () => {
    const file = join(root, 'src/pipe.ts')
    execFileSync('mkfifo', [file])
    const tool_input = { file_path: file, content: 'x' }
    const event = { cwd: root, hook_event_name: 'PostToolUse', tool_name: 'Write', tool_input }
    try {
      assert.deepEqual(await hook(JSON.stringify(event)), { exitCode: 0, stdout: '', stderr: '' })
    } finally {
      await rm(file)
    }
  })

  it('ends itself where something holds it for ever', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'headroom-held-')))
    const packages = join(folder, 'node_modules/headroom')
    await mkdir(packages, { recursive: true })
    execFileSync('mkfifo', [join(packages, 'package.json')])
    for (const name of ['package.json', 'a.ts']) await writeFile(join(folder, name), '{}')
    const tool_input = { file_path: join(folder, 'a.ts'), content: '{}' }
    const event = { cwd: folder, hook_event_name: 'PostToolUse', tool_name: 'Write', tool_input }
    try {
      const outcome = await hook(JSON.stringify(event))
      assert.equal(outcome.stdout, '')
      assert.match(outcome.stderr, /^headroom hook: something took too long[^\n]+\n$/)
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('does not wait for an agent that sends nothing', async () => {
    const outcome = await hook(null)
    assert.deepEqual([outcome.exitCode, outcome.stdout], [0, ''])
    assert.match(outcome.stderr, /^headroom hook: [^\n]+\n$/)
  })
})
