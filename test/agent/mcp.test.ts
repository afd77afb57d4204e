import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Client, type ClientOptions } from '@modelcontextprotocol/client'
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio'
import { isListening } from '../../src/workflows/server-probe.ts'
import { closedPort } from '../cli/command-line.ts'
import { apiWithLoop, writeFiles } from './project.ts'

const headroom = fileURLToPath(new URL('../../dist/cli.cjs', import.meta.url))

/** Answers slowly, on the port that it is told. */
const server = `require('node:http')
  .createServer((_, response) => setTimeout(() => response.end('[]'), 20))
  .listen(Number(process.env.PORT), '127.0.0.1')`

async function textOf(client: Client, name: string, input: Record<string, unknown>): Promise<string> {
  const { content } = await client.callTool({ name, arguments: input })
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
}

async function offeredFix(client: Client): Promise<Record<string, string>> {
  const text = await textOf(client, 'headroom_inspect_route', { route: 'GET /users' })
  const call = /headroom_apply_fix (.*)/.exec(text)?.[1] ?? ''
  return Object.fromEntries(call.split(' ').map((pair) => pair.split('=')))
}

describe('headroom mcp', () => {
  let root = ''
  let port = 0
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-mcp-'))
    port = await closedPort()
    const config = {
      baseUrl: `http://127.0.0.1:${port}`,
      startCommand: 'node server.cjs',
      users: [1],
      stepSeconds: 60,
    }
    await writeFiles(root, {
      ...apiWithLoop,
      'server.cjs': server,
      'headroom.config.json': JSON.stringify(config),
    })
  })
  after(() => rm(root, { recursive: true, force: true }))

  async function connect(options: ClientOptions, ...more: readonly string[]): Promise<Client> {
    const client = new Client({ name: 'test', version: '1.0.0' }, options)
    const args = [headroom, 'mcp', ...more, root]
    await client.connect(new StdioClientTransport({ command: process.execPath, args, stderr: 'ignore' }))
    return client
  }

  for (const [mode, version] of [
    ['legacy', /^2025-/],
    ['auto', /^2026-/],
  ] as const) {
    it(`asks a person where the client can, and takes no for an answer (${mode})`, async () => {
      const client = await connect({ capabilities: { elicitation: {} }, versionNegotiation: { mode } })
      try {
        assert.match(client.getNegotiatedProtocolVersion() ?? '', version)
        const questions: string[] = []
        client.setRequestHandler('elicitation/create', ({ params }) => {
          questions.push(params.message)
          return { action: mode === 'auto' ? 'cancel' : 'decline' }
        })
        const text = await textOf(client, 'headroom_apply_fix', await offeredFix(client))
        assert.match(
          text,
          /^REFUSED Nobody agreed to it: Apply Fix\. Nothing was done\.\nnext: ask the person/,
        )
        assert.equal(questions.length, 1)
        assert.match(questions[0] ?? '', /```diff\n--- a\/src\/app\.ts/)
        assert.equal(await readFile(join(root, 'src/app.ts'), 'utf8'), apiWithLoop['src/app.ts'])
      } finally {
        await client.close()
      }
    })
  }

  it('does nothing when what was agreed to is changed while the question is open, or can’t be worked out', async () => {
    const client = await connect({
      capabilities: { elicitation: {} },
      versionNegotiation: { mode: 'legacy' },
    })
    const file = join(root, 'headroom.config.json')
    const config = await readFile(file, 'utf8')
    try {
      const questions: string[] = []
      client.setRequestHandler('elicitation/create', async ({ params }) => {
        questions.push(params.message)
        await writeFile(file, config.replace('node server.cjs', 'node other.cjs'))
        return { action: 'accept', content: {} }
      })
      const route = { route: 'GET /users' }
      const text = await textOf(client, 'headroom_load_test_route', route)
      assert.match(text, /^REFUSED It would do something else by now .*\nnext: call it again/)
      assert.match(questions.join(), /node server\.cjs/)
      await writeFile(file, '{')
      const unknown = await textOf(client, 'headroom_load_test_route', route)
      assert.match(unknown, /^REFUSED headroom\.config\.json .*\nnext: mend/)
      assert.equal(questions.length, 1)
    } finally {
      await client.close()
      await writeFile(file, config)
    }
  })

  for (const [where, options, ...more] of [
    ['where the client can’t ask', {}],
    ['where it is told that nobody is there', { capabilities: { elicitation: {} } }, '--unattended'],
  ] as const) {
    it(`leaves the question to the client’s own permission ${where}`, async () => {
      const client = await connect(options, ...more)
      try {
        const text = await textOf(client, 'headroom_apply_fix', await offeredFix(client))
        assert.match(text, /^APPLIED .*: changed src\/app\.ts\n/)
        assert.notEqual(await readFile(join(root, 'src/app.ts'), 'utf8'), apiWithLoop['src/app.ts'])
      } finally {
        await client.close()
        await writeFiles(root, apiWithLoop)
      }
    })
  }

  it('stops a load test, and the server it started, when the call is cancelled', async () => {
    const client = await connect({})
    try {
      const abort = new AbortController()
      const call = client.callTool(
        { name: 'headroom_load_test_route', arguments: { route: 'GET /users' } },
        {
          signal: abort.signal,
          onprogress: ({ message = '' }) => void (message.endsWith('left') && abort.abort()),
        },
      )
      await assert.rejects(call)
      let text = ''
      while (!text.startsWith('STOPPED')) text = await textOf(client, 'headroom_get_last_result', {})
      while (await isListening('127.0.0.1', port)) await new Promise((resolve) => setTimeout(resolve, 50))
    } finally {
      await client.close()
    }
  })

  it('ends with its client in the middle of a load test, and takes the server along', async () => {
    const child = spawn(process.execPath, [headroom, 'mcp', root], { stdio: ['pipe', 'pipe', 'ignore'] })
    const exited = once(child, 'exit')
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const send = (message: object): void =>
      void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`)
    const clientInfo = { name: 'raw', version: '1' }
    send({
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo },
    })
    await lines.next()
    send({ method: 'notifications/initialized' })
    const params = {
      name: 'headroom_load_test_route',
      arguments: { route: 'GET /users' },
      _meta: { progressToken: 7 },
    }
    send({ id: 2, method: 'tools/call', params })
    for (;;) {
      const { value, done } = await lines.next()
      assert.notEqual(done, true, 'it ended by itself')
      const message: { jsonrpc?: string; params?: { message?: string } } = JSON.parse(value as string)
      assert.equal(message.jsonrpc, '2.0', 'nothing but the protocol is on stdout')
      if (message.params?.message?.endsWith('left') === true) break
    }
    assert.equal(await isListening('127.0.0.1', port), true)
    child.stdin.end()
    assert.deepEqual(await exited, [0, null])
    assert.equal(await isListening('127.0.0.1', port), false)
  })

  it('says what is wrong with a folder that is none', async () => {
    const child = spawn(process.execPath, [headroom, 'mcp', join(root, 'nowhere')])
    let stderr = ''
    child.stderr.on('data', (chunk) => (stderr += String(chunk)))
    const [code] = await once(child, 'exit')
    assert.equal(code, 2)
    assert.match(stderr, /There is no folder .*nowhere/)
  })
})
