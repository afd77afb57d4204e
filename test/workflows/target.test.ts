import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { describe, it } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { Failure } from '../../src/model/failure.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { portInScript } from '../../src/workflows/dev-script.ts'
import { projectEnvironment } from '../../src/workflows/env-files.ts'
import { askPort, isListening } from '../../src/workflows/server-probe.ts'
import { startDevServer } from '../../src/workflows/server.ts'
import { bringUp, findTarget, type Target } from '../../src/workflows/target.ts'

interface Project extends AsyncDisposable {
  readonly root: string
  readonly find: (baseUrl?: string) => Promise<Target>
  /** Runs a program in the project's folder; resolves to the ports that it prints. */
  readonly run: (program: string, ...args: readonly string[]) => Promise<number[]>
}

/** A project of these files in a folder of its own. */
async function project(files: Readonly<Record<string, string | object>> = {}): Promise<Project> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-target-'))
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(root, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  const stop = new AbortController()
  const ended: Promise<unknown>[] = []
  return {
    root,
    find: async (baseUrl) =>
      findTarget(root, await readConfig(root, baseUrl === undefined ? {} : { baseUrl })),
    async run(program, ...args) {
      const child = spawn(process.execPath, [...args, '-e', program], {
        cwd: root,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      stop.signal.addEventListener('abort', () => child.kill('SIGKILL'))
      ended.push(once(child, 'exit'))
      const [said] = await once(child.stdout.setEncoding('utf8'), 'data')
      return String(said).trim().split(' ').map(Number)
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.all(ended)
      await rm(root, { recursive: true, force: true })
    },
  }
}

const web = `
  const server = require('http').createServer((_, answer) => answer.end('ok'))
  server.listen(0, '127.0.0.1', () => console.log(server.address().port))`
const twoWebServers = `
  const start = () => new Promise((up) => {
    const server = require('http').createServer((_, answer) => answer.end('ok'))
    server.listen(0, '127.0.0.1', () => up(server.address().port))
  })
  Promise.all([start(), start()]).then((ports) => console.log(ports.join(' ')))`
const webAndDatabase = `${web}
  require('net').createServer((socket) => socket.once('data', () => socket.end('-ERR unknown command'))).listen(0, '127.0.0.1')
  require('net').createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')`

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  assert.ok(address !== null && typeof address === 'object')
  return address.port
}

const neverStop = (): { signal: AbortSignal; start: true; onActivity: () => void } => ({
  start: true,
  signal: new AbortController().signal,
  onActivity: () => undefined,
})

describe('findTarget, where nothing runs', () => {
  it('takes the configured address before everything else', async () => {
    await using app = await project({
      '.env': 'PORT=4001',
      'package.json': { scripts: { dev: 'next -p 4002' } },
    })
    const { baseUrl, port, source, given } = await app.find('http://localhost:4003/')
    assert.deepEqual([baseUrl, port, source, given], ['http://localhost:4003', 4003, 'configuration', true])
    const prefixed = await app.find('http://localhost:4003/api/v1/?page=1')
    assert.equal(prefixed.baseUrl, 'http://localhost:4003/api/v1')
  })

  const packageJson = { scripts: { dev: 'PORT=4002 node app.js' }, dependencies: { '@nestjs/core': '11' } }
  const cases: [what: string, files: Record<string, string | object>, port: number, source: string][] = [
    ['PORT in .env', { '.env': 'PORT=4001', 'package.json': packageJson }, 4001, 'PORT in .env'],
    [
      'the file that wins over .env',
      { '.env': 'PORT=4001', '.env.local': 'PORT="4005" # mine', '.env.development': 'PORT=4006' },
      4005,
      'PORT in .env.local',
    ],
    [
      'a file without a usable PORT',
      { '.env': 'PORT=auto', 'package.json': packageJson },
      4002,
      'the script "dev" in package.json',
    ],
    ['the script', { 'package.json': packageJson }, 4002, 'the script "dev" in package.json'],
    [
      'the framework',
      { 'package.json': { dependencies: { '@nestjs/core': '11' } } },
      3000,
      "Nest's usual port",
    ],
    [
      'Vite under its framework',
      { 'package.json': { devDependencies: { vite: '7', astro: '5' } } },
      4321,
      "Astro's usual port",
    ],
    [
      'a server before the tool for its pages',
      { 'package.json': { dependencies: { vite: '7', express: '5' } } },
      3000,
      "Express's usual port",
    ],
    ['a broken package.json', { 'package.json': '{ "scripts": { "dev": ' }, 3000, 'default port'],
    ['nothing at all', {}, 3000, 'default port'],
  ]
  for (const [what, files, port, source] of cases) {
    it(`goes by ${what}`, async () => {
      await using app = await project(files)
      const target = await app.find()
      assert.deepEqual([target.port, target.source, target.given], [port, source, false])
    })
  }

  it('reads variables as the dev server does, those of the process first', async () => {
    await using app = await project({ '.env': 'TOKEN=a\nONLY=here', '.env.local': 'TOKEN=b\nPATH=none' })
    const environment = await projectEnvironment(app.root)
    assert.deepEqual([environment['TOKEN'], environment['ONLY']], ['b', 'here'])
    assert.equal(environment['PATH'], process.env['PATH'])
  })
})

const withoutPorts = process.platform === 'win32' && 'Windows does not say where processes work'

describe('findTarget, where servers run', { skip: withoutPorts }, () => {
  it('takes the only one, whatever port is written down', async () => {
    await using app = await project({ '.env': 'PORT=4001' })
    const [port] = await app.run(web)
    const target = await app.find()
    assert.deepEqual([target.port, target.source, target.listening], [port, 'it runs in this folder', true])
  })

  it('passes over debuggers, databases and what hangs up', async () => {
    await using app = await project()
    const [port] = await app.run(webAndDatabase, '--inspect=0')
    assert.equal((await app.find()).port, port)
  })

  it('does not see servers of other folders', async () => {
    await using other = await project()
    await using app = await project({ '.env': 'PORT=4001' })
    await other.run(web)
    assert.equal((await app.find()).source, 'PORT in .env')
  })

  it('of several takes the one that is written down', async () => {
    await using app = await project()
    const [first = 0, second = 0] = (await app.run(twoWebServers)).toSorted((a, b) => a - b)
    await writeFile(
      join(app.root, 'package.json'),
      JSON.stringify({ scripts: { dev: `next dev -p ${first}` } }),
    )
    const byScript = await app.find()
    assert.deepEqual(
      [byScript.port, byScript.source],
      [first, 'it runs in this folder; the script "dev" in package.json'],
    )
    await writeFile(join(app.root, '.env'), `PORT=${second}`)
    assert.equal((await app.find()).port, second)
  })

  it('of several that nobody wrote down asks for one', async () => {
    await using app = await project()
    const ports = (await app.run(twoWebServers)).toSorted((a, b) => a - b)
    await assert.rejects(app.find(), (error: unknown) => {
      assert.ok(error instanceof Failure)
      assert.equal(error.data.code, 'HR_SEVERAL_SERVERS')
      assert.match(error.message, new RegExp(`on ports ${ports.join(' and ')}\\. Say which`))
      assert.deepEqual(
        error.data.actions.map(({ title }) => title),
        [...ports.map((port) => `Use ${port}`), 'Change Port'],
      )
      return true
    })
  })
})

describe('askPort', () => {
  const programs: [answer: string, program: string][] = [
    ['http', web],
    [
      'closed',
      `const s = require('net').createServer((c) => c.destroy()).listen(0, '127.0.0.1', () => console.log(s.address().port))`,
    ],
    [
      'silent',
      `const s = require('net').createServer(() => {}).listen(0, '127.0.0.1', () => console.log(s.address().port))`,
    ],
    [
      'other',
      `const s = require('net').createServer((c) => c.once('data', () => c.end('500 what'))).listen(0, '127.0.0.1', () => console.log(s.address().port))`,
    ],
  ]
  for (const [answer, program] of programs) {
    it(`says ${answer}`, async () => {
      await using app = await project()
      const [port = 0] = await app.run(program)
      assert.equal(await askPort({ host: '127.0.0.1', port }, 300), answer)
    })
  }

  it('says none where nobody listens, and gives up when stopped', async () => {
    assert.equal(await askPort({ host: '127.0.0.1', port: await freePort() }, 300), 'none')
    await using app = await project()
    const [port = 0] = await app.run(programs[2]?.[1] ?? '')
    const begun = performance.now()
    assert.equal(await askPort({ host: '127.0.0.1', port }, 60_000, AbortSignal.timeout(100)), 'closed')
    assert.ok(performance.now() - begun < 5000)
  })
})

describe('portInScript', () => {
  const cases: [command: string, port: number | null][] = [
    ['next dev -p 4000', 4000],
    ['vite --port=5174 --strictPort', 5174],
    ['cross-env NODE_ENV=development PORT=4000 tsx watch src/app.ts', 4000],
    ['set PORT=4000&& node app.js', 4000],
    ['tsc -p tsconfig.json && node app.js', null],
    ['docker run -p 5432:5432 postgres', null],
    ['node --inspect-port 9229 app.js', null],
    ['SUPPORT=4000 node app.js', null],
    ['next dev --port 99999', null],
    ['npm run prepare && npm run serve:api', 4100],
    ['pnpm loop', null],
  ]
  const others = { 'serve:api': 'PORT=4100 node api.js', prepare: 'prisma generate', loop: 'npm run dev' }
  for (const [command, port] of cases) {
    it(`${command}: ${port ?? 'no port'}`, () =>
      assert.equal(portInScript({ ...others, dev: command }, 'dev'), port))
  }
})

/** A server that takes the port it is told in its own file, whatever the environment says. */
function stubborn(port: number): string {
  return `require('http').createServer((_, answer) => answer.end('ok')).listen(${port}, '127.0.0.1')`
}

describe('bringUp', { skip: withoutPorts }, () => {
  it('follows the server to the port on which it comes up, where nobody wrote the address down', async () => {
    const port = await freePort()
    await using app = await project({
      'package.json': { scripts: { dev: 'node app.cjs' } },
      'app.cjs': stubborn(port),
    })
    await writeFile(join(app.root, '.env'), `PORT=${await freePort()}`)
    const { target, server } = await bringUp(app.root, await app.find(), neverStop())
    try {
      assert.deepEqual([target.port, target.baseUrl], [port, `http://localhost:${port}`])
      assert.equal(target.source, 'where `npm run dev` listens')
    } finally {
      await server?.stop()
    }
    assert.equal(await isListening('127.0.0.1', port), false)
  })

  it('says where the server listens when that is not where the developer said', async () => {
    const port = await freePort()
    await using app = await project({ 'app.cjs': stubborn(port) })
    const order = { directory: app.root, environment: {}, host: '127.0.0.1', timeoutSeconds: 4 }
    const started = startDevServer({ ...order, command: 'node app.cjs', port: await freePort() })
    await assert.rejects(
      started,
      new RegExp(`did not answer on port \\d+ in time; it listens on port ${port}`),
    )
    assert.equal(await isListening('127.0.0.1', port), false)
  })

  it('waits until the server answers, not only until it takes connections', async () => {
    const port = await freePort()
    await using app = await project({
      'app.cjs': `
        const hangsUp = require('net').createServer((socket) => socket.destroy()).listen(${port}, '127.0.0.1')
        setTimeout(() => hangsUp.close(() => { ${stubborn(port)} }), 1000)`,
    })
    const order = { directory: app.root, environment: {}, host: '127.0.0.1', timeoutSeconds: 20 }
    const server = await startDevServer({ ...order, command: 'node app.cjs', port })
    assert.equal((await fetch(`http://127.0.0.1:${port}/`)).status, 200)
    await server.stop()
  })

  it('starts nothing without being asked, and names the script', async () => {
    await using app = await project({ 'package.json': { scripts: { dev: 'node app.cjs' } } })
    await writeFile(join(app.root, '.env'), `PORT=${await freePort()}`)
    const target = await app.find()
    await assert.rejects(
      bringUp(app.root, target, { ...neverStop(), start: false }),
      /Start it with `npm run dev`/,
    )
    await delay(0)
  })
})
