import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { Client, type Progress } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import type { Run } from '../../src/model/run.ts'
import { isListening } from '../../src/workflows/server-probe.ts'
import { closedPort, sampleCopy } from '../cli/command-line.ts'

const execute = promisify(execFile)
const headroom = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url))
const route = 'GET /users'

interface Called {
  readonly name: string
  readonly input: Readonly<Record<string, unknown>>
  readonly text: string
  readonly isError: boolean
}

/** The first call that a line such as `next: headroom_x a=1 b="two words", then …` asks for; null where it asks for none. */
function callIn(text: string): Pick<Called, 'name' | 'input'> | null {
  const [, name, values = ''] =
    /^next: (?:.*?, then )??(headroom_\w+)((?: \w+=(?:"(?:[^"\\]|\\.)*"|[^\s,]+))*)/.exec(lastLine(text)) ??
    []
  if (name === undefined) return null
  const pairs = [...values.matchAll(/(\w+)=("(?:[^"\\]|\\.)*"|[^\s,]+)/g)].map(([, key = '', value = '']) => [
    key,
    /^(?:true|false|")/.test(value) ? (JSON.parse(value) as unknown) : value,
  ])
  return { name, input: Object.fromEntries(pairs) as Record<string, unknown> }
}

/**
 * A quarter of what the endpoint takes with its 250 queries a request, in milliseconds; the fix makes it a fifteenth and
 * less. The rows are taken away again, for the agent to add.
 */
async function budgetForThisMachine(root: string): Promise<number> {
  const run = async (...args: readonly string[]): Promise<string> =>
    (await execute(process.execPath, [headroom, ...args], { cwd: root, maxBuffer: 1e8 })).stdout
  await run('seed', '--yes')
  const measured = JSON.parse(await run('load', route, '--start', '--budget', 'p95<60s', '--json')) as Run
  await run('seed', '--undo')
  const { p95 } = measured.steps.findLast(({ phase }) => phase === 'ramp')?.latencyMicros ?? {}
  if (typeof p95 !== 'number') throw new Error('The endpoint could not be measured.')
  return Math.round(p95 / 4000)
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) ?? ''
}

describe('an agent that knows nothing but the answers, on a copy of the sample', () => {
  let copy: Awaited<ReturnType<typeof sampleCopy>>
  let client: Client
  let port = 0
  let budgetMillis = 0
  const questions: string[] = []
  const progress: string[] = []
  const calls: Called[] = []

  before(async () => {
    copy = await sampleCopy()
    port = await closedPort()
    await execute(process.execPath, ['src/migrate.ts'], { cwd: copy.root })
    const config = {
      baseUrl: `http://localhost:${port}`,
      startCommand: 'npm run dev',
      database: 'sqlite:./data/app.sqlite',
      users: [4],
      stepSeconds: 2,
      factory: { rows: { users: 250, authors: 10, posts: 10, tags: 5 }, per: { activities: 5 } },
    }
    const configFile = join(copy.root, 'headroom.config.json')
    await writeFile(configFile, JSON.stringify(config))
    budgetMillis = await budgetForThisMachine(copy.root)
    const budgets = { [route]: `p95<${budgetMillis}ms,errors<1%` }
    await writeFile(configFile, JSON.stringify({ ...config, budgets }))
    client = new Client({ name: 'scripted-agent', version: '1.0.0' }, { capabilities: { elicitation: {} } })
    client.setRequestHandler('elicitation/create', ({ params }) => {
      questions.push(params.message)
      return { action: 'accept', content: {} }
    })
    const args = [headroom, 'mcp', copy.root]
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'inherit' }))
  })
  after(async () => {
    await client.close()
    await copy[Symbol.asyncDispose]()
  })

  async function call(name: string, input: Readonly<Record<string, unknown>> = {}): Promise<Called> {
    const options = {
      timeout: 120_000,
      resetTimeoutOnProgress: true,
      onprogress: ({ message = '' }: Progress) => void progress.push(message),
    }
    const { content, isError } = await client.callTool({ name, arguments: input }, options)
    const [part] = content
    if (part?.type !== 'text') throw new Error(`${name} answered no text`)
    const called = { name, input, text: part.text, isError: isError === true }
    calls.push(called)
    return called
  }

  it('is offered six tools with strict schemas, and what each may do', async () => {
    const { tools } = await client.listTools()
    assert.deepEqual(
      tools.map(({ name, annotations }) => [name, annotations?.readOnlyHint, annotations?.openWorldHint]),
      [
        ['headroom_list_routes', true, false],
        ['headroom_inspect_route', true, false],
        ['headroom_seed_data', false, false],
        ['headroom_load_test_route', false, false],
        ['headroom_apply_fix', false, false],
        ['headroom_get_last_result', true, false],
      ],
    )
    for (const { name, inputSchema, description } of tools) {
      assert.equal(inputSchema['additionalProperties'], false, name)
      assert.ok((description ?? '').length > 100, name)
    }
  })

  it('finds the N+1, seeds, sees it break, applies the fix, and stops when it holds', async () => {
    const listed = await call('headroom_list_routes')
    assert.match(listed.text, /"GET \/users" src\/routes\/users\.ts:\d+; 2 findings \(n-plus-one/)
    let { text } = await call('headroom_inspect_route', { route })
    for (let turn = 0; turn < 8 && lastLine(text) !== 'next: done'; turn += 1) {
      const next = callIn(text)
      assert.ok(next, text)
      ;({ text } = await call(next.name, next.input))
    }
    const told = calls.map(({ name, text: answer }) => `${name}\n${answer}`).join('\n\n')
    assert.equal(lastLine(text), 'next: done', told)
    assert.match(text, new RegExp(`^HOLDS p95 .* at 4 users, budget p95<${budgetMillis}ms`), told)
    const steps = calls.map(({ name }) => name.replace('headroom_', ''))
    const story = ['list_routes', 'inspect_route', 'seed_data', 'seed_data', 'load_test_route', 'apply_fix']
    assert.deepEqual(steps.slice(0, 7), [...story, 'load_test_route'], told)
    const broken = calls[4]?.text ?? ''
    assert.match(
      broken,
      /^FAIL p95 .* at 4 users; 25\d queries\/request; cause src\/routes\/users\.ts:\d+ n-plus-one$/m,
    )
    assert.match(text, /^HOLDS .*; [23] queries\/request$/m, told)
    assert.match(text, /^compared with the run before: /m, told)
    assert.match(text, /^fix VERIFIED/m, told)
    assert.match(await readFile(join(copy.root, 'src/routes/users.ts'), 'utf8'), /countActivitiesByUserIds/)
  })

  it('asked a person before each change and each load, with what it would do', () => {
    assert.ok(questions.length >= 4, questions.join('\n\n'))
    assert.match(questions[0] ?? '', /^Add rows to .*\n[^]*users: \+250 rows/)
    assert.match(
      questions[1] ?? '',
      new RegExp(`^Load test GET /users\\?\\n[^]*localhost:${port}[^]*npm run dev`),
    )
    assert.match(questions[2] ?? '', /^Apply "Count all activities[^]*```diff\n--- a\/src/)
    assert.ok(
      progress.some((line) => line.includes('4 users')),
      progress.join('\n'),
    )
  })

  it('reads the last result, compared with the one before', async () => {
    const { text, isError } = await call('headroom_get_last_result', { route, compare_to: 'previous' })
    assert.equal(isError, false, text)
    assert.match(text, /^HOLDS /)
    assert.match(text, /^compared with the run before: /m)
  })

  it('answers are short, and end with what to do next', () => {
    for (const { text } of calls) {
      const lines = text.split('\n')
      assert.ok(lines.length <= 40)
      assert.ok(lines.every((line) => line.length <= 310))
      assert.match(lastLine(text), /^next: /)
    }
  })

  it('leaves no server running', async () => {
    assert.equal(await isListening('127.0.0.1', port), false)
  })
})
