import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { describe, it } from 'node:test'
import { startDevServer } from '../../src/workflows/server.ts'
import { startMariadb } from '../servers/mariadb.ts'
import { startPostgres } from '../servers/postgres.ts'
import { counted, freePort, program, queriesThrough, started } from './counting.ts'

describe('what a server that Headroom started counts in itself', { timeout: 120_000 }, () => {
  it('counts queries through node:sqlite', async () => {
    assert.equal(await queriesThrough('node:sqlite'), 3)
  })

  it('counts queries through pg', async () => {
    const database = await startPostgres()
    try {
      assert.equal(await queriesThrough('pg', database.url), 3)
    } finally {
      await database.stop()
    }
  })

  it('counts queries through mysql2', async () => {
    const database = await startMariadb()
    try {
      assert.equal(await queriesThrough('mysql2', database.url), 3)
    } finally {
      await database.stop()
    }
  })

  it('says that queries were not measured where none was ever seen, and removes its folder', async () => {
    const server = await started(`"${process.execPath}" "${program}" none`)
    try {
      const told = await counted(server, ({ eventLoopDelayMicros }) => eventLoopDelayMicros !== null)
      assert.equal(told.queriesPerRequest, null)
    } finally {
      await server.stop()
    }
    assert.equal(existsSync(server.countsFolder), false)
  })

  it('tells how long the event loop was held up', async () => {
    const blocking = `require('node:http').createServer((_, answer) => {
      const end = performance.now() + 60;
      while (performance.now() < end) {}
      answer.end('ok')
    }).listen(process.env.PORT, '127.0.0.1')`.replaceAll(/\s+/g, ' ')
    const server = await started(`"${process.execPath}" -e "${blocking}"`)
    try {
      const told = await counted(server, ({ eventLoopDelayMicros }) => (eventLoopDelayMicros ?? 0) > 40_000)
      assert.ok((told.eventLoopDelayMicros ?? 0) < 10_000_000)
    } finally {
      await server.stop()
    }
  })

  it('leaves alone what a project asks of Node.js itself', async () => {
    const printing = `console.log('options', process.env.NODE_OPTIONS); require('node:http').createServer((_, a) => a.end()).listen(process.env.PORT, '127.0.0.1')`
    const port = await freePort()
    const server = await startDevServer({
      command: `"${process.execPath}" -e "${printing}"`,
      directory: import.meta.dirname,
      environment: { PORT: String(port), NODE_OPTIONS: '--max-old-space-size=256' },
      host: '127.0.0.1',
      port,
    })
    await server.stop()
    assert.match(server.output(), /options --require ".*preload\.ts" --max-old-space-size=256/)
  })
})
