import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { Failure } from '../../src/model/failure.ts'
import { startDevServer } from '../../src/workflows/server.ts'
import { isListening } from '../../src/workflows/server-probe.ts'

const directory = fileURLToPath(new URL('.', import.meta.url))

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

/** A server two processes deep, as `npm run dev` is: the shell's child starts a grandchild that listens. */
function nested(port: number): string {
  const server = `require("http").createServer((q,s)=>s.end("ok")).listen(${port},"127.0.0.1")`
  const script = `require("child_process").spawn(process.execPath,["-e",${JSON.stringify(server)}],{stdio:"inherit"})`
  return `"${process.execPath}" -e ${JSON.stringify(script).replaceAll('$', '\\$')}`
}

async function eventuallyClosed(port: number): Promise<void> {
  const deadline = performance.now() + 10_000
  while (await isListening('127.0.0.1', port)) {
    assert.ok(performance.now() < deadline, `port ${port} is still served`)
    await delay(50)
  }
}

describe('startDevServer', () => {
  it('waits until the port answers and stops the whole process tree', async () => {
    const port = await freePort()
    const order = { command: nested(port), directory, environment: {}, host: '127.0.0.1', port }
    const server = await startDevServer(order)
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200)
    await server.stop()
    await eventuallyClosed(port)
  })

  it('says why a server that ends at once did not start', async () => {
    const port = await freePort()
    const command = `"${process.execPath}" -e "console.error('no such module: express'); process.exit(1)"`
    const order = { command, directory, environment: {}, host: '127.0.0.1', port }
    await assert.rejects(startDevServer(order), (error: unknown) => {
      assert.ok(error instanceof Failure)
      assert.equal(error.data.code, 'HR_START_FAILED')
      assert.match(error.message, /no such module: express/)
      return true
    })
  })

  it('gives up when stopped before the server is up, and leaves nothing', async () => {
    const port = await freePort()
    const stop = new AbortController()
    const command = `"${process.execPath}" -e "setInterval(() => {}, 1000)"`
    const started = startDevServer({
      command,
      directory,
      environment: {},
      host: '127.0.0.1',
      port,
      signal: stop.signal,
    })
    stop.abort()
    await assert.rejects(started, /Stopped before the server was up/)
  })

  it('ends the server when the process that started it is killed with its whole group', async () => {
    const port = await freePort()
    const script = `
      import { startDevServer } from ${JSON.stringify(new URL('../../src/workflows/server.ts', import.meta.url).href)}
      const order = ${JSON.stringify({ command: nested(port), directory, environment: {}, host: '127.0.0.1', port })}
      await startDevServer(order)
      console.log('up')
    `
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: process.platform !== 'win32',
    })
    await once(parent.stdout, 'data')
    assert.equal(await isListening('127.0.0.1', port), true)
    if (process.platform === 'win32' || parent.pid === undefined) parent.kill('SIGKILL')
    else process.kill(-parent.pid, 'SIGKILL')
    await eventuallyClosed(port)
  })
})
