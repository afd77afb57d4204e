import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { after, describe, it } from 'node:test'
import { watchForReload } from '../../src/workflows/server-reload.ts'

const host = '127.0.0.1'
const servers: ChildProcess[] = []

/** Starts a server in a process of its own; resolves to it and its port once it listens. */
async function serve(port: number): Promise<{ readonly server: ChildProcess; readonly port: number }> {
  const script = `const s=require("http").createServer((q,r)=>r.end("ok")).listen(${port},"${host}",()=>console.log(s.address().port))`
  const server = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  servers.push(server)
  const [data] = await once(server.stdout, 'data')
  return { server, port: Number(String(data)) }
}

describe('watchForReload', { timeout: 60_000 }, () => {
  after(() => {
    for (const server of servers) server.kill('SIGKILL')
  })

  it('sees that another process serves the port, and waits until it answers', async () => {
    const { server, port } = await serve(0)
    using watch = await watchForReload({ host, port })
    const reloaded = watch.reloaded(AbortSignal.timeout(30_000))
    server.kill('SIGKILL')
    await once(server, 'exit')
    await serve(port)
    assert.equal(await reloaded, true)
  })

  it('says so where the same process goes on', async () => {
    const { port } = await serve(0)
    using watch = await watchForReload({ host, port })
    assert.equal(await watch.reloaded(AbortSignal.timeout(1_000)), false)
  })
})
