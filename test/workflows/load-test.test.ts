import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { readConfig } from '../../src/workflows/config.ts'
import { runLoadTest } from '../../src/workflows/load-test.ts'
import { prepareLoadTest } from '../../src/workflows/prepare.ts'
import { takeTarget } from '../../src/workflows/target-lock.ts'

describe('runLoadTest', () => {
  let root = ''
  let asked = 0
  const server = createServer((_, response) => {
    asked += 1
    response.end('[]')
  })
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-load-test-'))
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  })
  after(async () => {
    server.close()
    await rm(root, { recursive: true })
  })

  it('sends nothing where Stop came before, and leaves the target to others', async () => {
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
    const { port } = address
    const baseUrl = `http://127.0.0.1:${port}`
    const target = { baseUrl, host: '127.0.0.1', port, source: '', given: true, listening: true }
    const test = await prepareLoadTest({
      root,
      config: await readConfig(root),
      target: { ...target, startCommand: null },
      endpoint: { method: 'GET', path: '/items?sort=name:asc' },
      routes: [],
      findings: [],
    })
    assert.equal(test.plan.request.path, '/items?sort=name:asc')
    await assert.rejects(
      runLoadTest(test, () => undefined, AbortSignal.abort()),
      /^Failure: Stopped before/,
    )
    assert.equal(asked, 0)
    const claim = await takeTarget(port)
    await claim[Symbol.asyncDispose]()
  })
})
