import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { CheckReport } from '../../src/model/finding.ts'
import { closedPort, headroom, sampleCopy, serve, type Outcome } from './command-line.ts'

/** One clear sentence on stderr, nothing on stdout, the exit code that scripts rely on. */
function refused(outcome: Outcome, exitCode: number, says: RegExp): void {
  assert.match(outcome.stderr, says)
  assert.equal(outcome.exitCode, exitCode)
  assert.equal(outcome.stdout, '')
  assert.doesNotMatch(outcome.stderr, /\n\s+at .*:\d+:\d+/, 'no stack trace')
}

describe('bad input on the command line', () => {
  let copy: Awaited<ReturnType<typeof sampleCopy>>
  before(async () => {
    copy = await sampleCopy()
  })
  after(() => copy[Symbol.asyncDispose]())

  it('no server on the port', async () => {
    const port = await closedPort()
    const outcome = await headroom(copy.root, 'load', 'GET /tags', '--base-url', `http://localhost:${port}`)
    refused(
      outcome,
      3,
      new RegExp(`Nothing is listening on localhost:${port}\\. Start it with \`npm run dev\``),
    )
  })

  it('options of a volume sweep for another profile, and levels that are no numbers', async () => {
    const other = await headroom(copy.root, 'load', 'GET /tags', '--rows-at', '10,20')
    refused(other, 2, /^headroom: --rows-at is for --profile volume\.$/m)
    const words = await headroom(
      copy.root,
      'load',
      'GET /tags',
      '--profile',
      'volume',
      '--rows-at',
      '1k,many',
    )
    refused(words, 2, /Write numbers of rows, for example 100,1k,10k,1M\./)
  })

  it('the wrong app on the port', async () => {
    await using other = await serve((_, response) => {
      response.writeHead(404, { 'content-type': 'text/html' }).end('<h1>Other app</h1>')
    })
    const outcome = await headroom(
      copy.root,
      'load',
      'GET /tags',
      '--base-url',
      `http://127.0.0.1:${other.port}`,
    )
    refused(outcome, 3, new RegExp(`127\\.0\\.0\\.1:${other.port} answered, but GET /tags returned 404 HTML`))
  })

  it('another prefix than that of the base URL, which all requests have', async () => {
    await using app = await serve((request, response) => {
      response.writeHead(request.url === '/api/tags' ? 200 : 404).end('[]')
    })
    const load = (prefix: string): Promise<Outcome> => {
      const address = `http://127.0.0.1:${app.port}${prefix}`
      return headroom(
        copy.root,
        'load',
        'GET /tags',
        '--base-url',
        address,
        '--users',
        '1',
        '--duration',
        '1s',
      )
    }
    const other = await load('/v1/')
    refused(
      other,
      3,
      new RegExp(`127\\.0\\.0\\.1:${app.port}/v1 answered, but GET /tags returned 404: .*another prefix`),
    )
    const right = await load('/api/')
    assert.equal(right.exitCode, 0, right.stderr)
  })

  it(
    'the port of another server of the project is offered',
    { skip: process.platform !== 'linux' },
    async () => {
      const port = await closedPort()
      const script = `require('http').createServer((q, s) => s.end('[]')).listen(0, '127.0.0.1', function () { console.log(this.address().port) })`
      const mine = spawn(process.execPath, ['-e', script], {
        cwd: copy.root,
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      try {
        const [printed] = await once(mine.stdout, 'data')
        const other = Number(String(printed))
        const outcome = await headroom(
          copy.root,
          'load',
          'GET /tags',
          '--base-url',
          `http://localhost:${port}`,
        )
        refused(
          outcome,
          3,
          new RegExp(`Also listening: ${other}\\.[^]*try --base-url http://localhost:${other}`),
        )
      } finally {
        mine.kill()
        await once(mine, 'exit')
      }
    },
  )

  it('every answer 401', async () => {
    await using other = await serve((_, response) => response.writeHead(401).end())
    const outcome = await headroom(copy.root, 'load', `http://127.0.0.1:${other.port}/tags`)
    refused(outcome, 3, /this would measure your auth check\. Add a token[^]*try --header/)
  })

  it('a handler with unknown parameters', async () => {
    await using other = await serve((_, response) => response.end('[]'))
    await writeFile(join(copy.root, 'headroom.config.json'), '{}')
    const url = `http://127.0.0.1:${other.port}`
    const outcome = await headroom(copy.root, 'load', 'GET /users/:userId', '--base-url', url)
    refused(
      outcome,
      2,
      /`:userId` needs values: a list, a file or a database column\.[^]*try --param userId=1,2,3/,
    )
  })

  it('a file that does not parse', async () => {
    await writeFile(join(copy.root, 'src', 'broken.ts'), 'export const x = {\n  a: [1, 2\n')
    const outcome = await headroom(copy.root, 'check', '--json')
    await rm(join(copy.root, 'src', 'broken.ts'))
    const report = JSON.parse(outcome.stdout) as CheckReport
    assert.deepEqual(
      report.problems.map(({ kind, file }) => ({ kind, file })),
      [{ kind: 'parse', file: 'src/broken.ts' }],
    )
    assert.ok(report.findings.length >= 2, 'everything else is still inspected')
    assert.equal(outcome.exitCode, 1)
  })

  it('a database that is not there', async () => {
    const missing = ['--database', 'sqlite:./data/missing.sqlite']
    refused(await headroom(copy.root, 'seed', '--yes', ...missing), 2, /no database at .*missing\.sqlite/)
    await mkdir(join(copy.root, 'data'), { recursive: true })
    assert.deepEqual(await readdir(join(copy.root, 'data')), [], 'and none is made')
  })

  it('a database that is not on this machine', async () => {
    const outcome = await headroom(
      copy.root,
      'seed',
      '--yes',
      '--database',
      'postgres://me:s3cret@db.example.com/app',
    )
    refused(outcome, 2, /only writes to databases on this machine.*db\.example\.com/)
    assert.doesNotMatch(outcome.stderr, /s3cret/)
  })

  it('a target that is not loopback', async () => {
    const outcome = await headroom(copy.root, 'load', 'http://203.0.113.7/tags')
    refused(outcome, 2, /Headroom only loads this machine\..*203\.0\.113\.7.*Nothing was sent/)
  })

  it('a budget that does not parse', async () => {
    const outcome = await headroom(copy.root, 'load', 'GET /tags', '--budget', 'p95 under 2s')
    refused(outcome, 2, /budget/i)
  })

  it('wrong usage', async () => {
    refused(await headroom(copy.root, 'lod'), 2, /unknown command 'lod'\n.*load.*\n.*headroom --help/)
    refused(await headroom(copy.root, 'frobnicate'), 2, /unknown command .*\n.*headroom --help/)
    refused(
      await headroom(copy.root, 'check', '--formt', 'json'),
      2,
      /'--formt'\n.*\n.*headroom check --help/,
    )
    refused(await headroom(copy.root, 'load', 'GET /tags', '--users', 'ten'), 2, /whole numbers from 1/)
    refused(await headroom(copy.root, 'load', 'tags'), 2, /neither a URL nor a route/)
    refused(
      await headroom(copy.root, 'check', '--rule', 'nplus'),
      2,
      /There is no rule "nplus"\. The rules are:/,
    )
    refused(await headroom(copy.root, 'check', 'no-such-folder'), 2, /no-such-folder/)
    refused(await headroom(copy.root, 'fix', 'src/none.ts'), 2, /There is no file/)
    refused(await headroom(copy.root, 'report', 'none.json'), 2, /There is no run file at none\.json/)
    refused(await headroom(copy.root, 'report', 'package.json'), 2, /package\.json is not a Headroom run/)
  })

  it('options that the profile or the method would leave unused', async () => {
    const open = ['--profile', 'constant-rate']
    const table: [string[], RegExp][] = [
      [['--rate', '50'], /progressive takes --users, not --rate.*constant-rate/],
      [[...open, '--users', '5'], /constant-rate takes --rate, not --users.*progressive/],
      [[...open, '--think-time', '1s'], /constant-rate sends at a rate/],
      [['--body', 'package.json'], /A GET request carries no body.*"POST \/tags"/],
    ]
    for (const [options, says] of table) {
      refused(await headroom(copy.root, 'load', 'GET /tags', ...options), 2, says)
    }
  })

  it('values out of range name the option, not the configuration', async () => {
    for (const option of ['--duration=100ms', '--think-time=5', '--base-url=nonsense']) {
      const outcome = await headroom(copy.root, 'load', 'GET /tags', option)
      refused(outcome, 2, new RegExp(`option '${option.split('=')[0]} .* is invalid\\. `))
    }
  })

  it('an endpoint taken for a value of the option before it', async () => {
    const outcome = await headroom(copy.root, 'load', '--flow', 'browse', 'http://localhost:3000/tags')
    refused(outcome, 2, /missing required argument 'endpoint'\nWrite the endpoint first/)
  })

  it('https on a port that speaks plain http', async () => {
    await using other = await serve((_, response) => response.end('[]'))
    const outcome = await headroom(copy.root, 'load', `https://127.0.0.1:${other.port}/tags`)
    refused(outcome, 3, /Something listens on .*, but it doesn't speak TLS\.[^]*try --base-url http:/)
  })

  it('a POST without a yes, or without a body, before anything is sent', async () => {
    let requests = 0
    await using other = await serve((_, response) => {
      requests += 1
      response.end()
    })
    const url = `http://127.0.0.1:${other.port}`
    refused(
      await headroom(copy.root, 'load', 'POST /users', '--base-url', url),
      2,
      /POST \/users changes data.*\n {2}try --yes/,
    )
    refused(
      await headroom(copy.root, 'load', 'POST /users', '--base-url', url, '--yes'),
      2,
      /POST \/users needs a request body/,
    )
    assert.equal(requests, 0)
  })
})
