import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const withoutScript =
  (process.platform !== 'linux' || spawnSync('script', ['--version']).status !== 0) &&
  'there is no terminal to be had here'

const hideCursor = '\u001B[?25l'
const showCursor = '\u001B[?25h'
const red = '\u001B[31m'
const bold = '\u001B[1m'

/** What stands above the report: everything up to the last time the view was taken away. */
const partsOf = (screen: string): { live: string; report: string } => {
  const end = screen.lastIndexOf(showCursor)
  return { live: screen.slice(0, end), report: screen.slice(end) }
}

describe('a load test on a terminal', { skip: withoutScript }, () => {
  let server: Server
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-terminal-'))
    await writeFile(join(root, 'app.js'), '// Served from elsewhere.\n')
    server = createServer((_request, response) => setTimeout(() => response.end('[1,2]'), 5))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    await rm(root, { recursive: true, force: true })
  })

  /** Runs a load test on a terminal of 60 columns; `keys` are typed once the live view is there. */
  async function onTerminal(
    environment: NodeJS.ProcessEnv,
    duration: string,
    keys = '',
  ): Promise<{ readonly screen: string; readonly exitCode: number }> {
    const address = server.address()
    assert.ok(address !== null && typeof address === 'object')
    const load = `load http://127.0.0.1:${address.port}/x --dir ${root} --users 2,4 --duration ${duration}`
    const command = `stty cols 60 rows 20; exec ${process.execPath} --no-warnings ${main} ${load}`
    const { CI: _ci, NO_COLOR: _noColour, ...inherited } = process.env
    const child = spawn('script', ['-qefc', command, '/dev/null'], {
      env: { ...inherited, TERM: 'xterm', ...environment },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    let screen = ''
    let typed = false
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      screen += text
      if (typed || keys === '' || !screen.includes('in flight')) return
      typed = true
      child.stdin.write(keys)
    })
    const [exitCode] = await once(child, 'close')
    return { screen, exitCode }
  }

  it('redraws a few lines while it runs, and leaves the report alone behind', async () => {
    const { screen, exitCode } = await onTerminal({}, '1s')
    assert.equal(exitCode, 0)
    const { live, report } = partsOf(screen)
    assert.equal(live.split(hideCursor).length, live.split(showCursor).length + 1, 'hidden as often as shown')
    assert.ok(live.split('requests/s ·').length > 6, 'drawn again and again')
    assert.match(live, /2 users · step 2 of \d/)
    assert.match(live, /█+.*░*.*\d+%, about \d s left/)
    assert.match(report, /Holds to 4/)
    assert.doesNotMatch(report, /in flight|step \d of/)
    assert.ok(live.includes(bold))
  })

  it('gives the cursor back when Ctrl-C stops it, with what was measured', async () => {
    const { screen, exitCode } = await onTerminal({}, '30s', '\u0003')
    assert.equal(exitCode, 3)
    const { report } = partsOf(screen)
    assert.ok(screen.lastIndexOf(hideCursor) < screen.lastIndexOf(showCursor))
    assert.match(report, /Stopped/)
  })

  it('has no colours where NO_COLOR is set', async () => {
    const { screen } = await onTerminal({ NO_COLOR: '1' }, '500ms')
    assert.ok(screen.includes(hideCursor))
    assert.ok(!screen.includes(bold) && !screen.includes(red))
  })

  for (const environment of [{ CI: 'true' }, { TERM: 'dumb' }]) {
    it(`writes a line for each step where ${JSON.stringify(environment)}`, async () => {
      const { screen } = await onTerminal(environment, '500ms')
      assert.ok(!screen.includes(hideCursor))
      assert.match(screen, /\n +2 users {3}[\d,]+ requests\/s/)
      assert.match(screen, /\n +4 users {3}[\d,]+ requests\/s/)
    })
  }
})
