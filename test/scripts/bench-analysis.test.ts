import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../scripts/bench-analysis.ts', import.meta.url))

const app = `import express from 'express'
import knex from 'knex'

const db = knex({ client: 'pg' })
const app = express()

app.get('/users', async (req, res) => {
  res.json(await db('users').select('*'))
})

app.get('/posts', async (req, res) => {
  res.json(await db('posts').select('*').limit(20))
})
`

const rule = 'unbounded-result-set'

const missed = { line: 12, verdict: 'problem', why: 'said to be a problem, and is none' }
const found = { line: 9, verdict: 'problem', why: 'every user is sent' }
const quiet = { line: 12, verdict: 'fine', why: 'has a limit' }
const reported = { line: 8, verdict: 'fine', why: 'said to be fine, and is none' }

describe('npm run bench:analysis', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headroom-corpus-'))
    await write('someone+api/src/app.ts', app)
    await write('elsewhere/main.go', 'package main\n')
  })
  after(() => rm(folder, { recursive: true, force: true }))

  async function write(file: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), text)
  }

  async function bench(labels: readonly object[] | null, ...args: readonly string[]) {
    const all = labels?.map((each) => ({
      repo: 'someone/api',
      commit: 'c0ffee',
      file: 'src/app.ts',
      rule,
      lang: 'ts',
      ...each,
    }))
    if (all) await write('labels.json', JSON.stringify(all))
    else await rm(join(folder, 'labels.json'), { force: true })
    const child = spawn(process.execPath, [script, folder, '--rule', rule, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const [code] = await once(child, 'close')
    return { code, stdout, stderr }
  }

  it('passes where every problem is found and nothing fine is reported', async () => {
    const { code, stdout } = await bench([found, quiet])
    assert.match(stdout, /^someone\/api +2 +1 +0 +[\d.]+ s +\d+ MB$/m)
    assert.match(stdout, /^unbounded-result-set +1 +1 +100\.0 % +1 +0 +0\.0 %$/m)
    assert.equal(code, 0)
  })

  it('fails where too many problems are missed, and lists them', async () => {
    const { code, stdout } = await bench([found, missed], '--list')
    assert.match(stdout, /^MISSED {2}unbounded-result-set {2}someone\/api src\/app\.ts:12\n {4}said to be a/m)
    assert.match(stdout, /Recall 50\.0 %/)
    assert.equal(code, 1)
  })

  it('fails where too much that is fine is reported, and lists it', async () => {
    const { code, stdout } = await bench([found, reported], '--list')
    assert.match(
      stdout,
      /^REPORTED {2}unbounded-result-set {2}someone\/api src\/app\.ts:8\n {4}said to be f/m,
    )
    assert.equal(code, 1)
  })

  it('says which labels it could not look at', async () => {
    const { stdout } = await bench([found, { ...found, lang: 'go' }, { ...found, repo: 'nobody/nothing' }])
    assert.match(stdout, /language that is not read: 1 \(1 go; someone\/api\)/)
    assert.match(stdout, /not checked out: 1 \(1 ts; nobody\/nothing\)/)
    assert.match(stdout, /^all +1 +1 /m)
  })

  it('surveys every sub-folder where there are no labels', async () => {
    const { code, stdout } = await bench(null)
    assert.match(stdout, /^elsewhere +– +– .* no JavaScript or TypeScript$/m)
    assert.match(stdout, /^someone\+api +2 +1 /m)
    assert.match(stdout, /^unbounded-result-set +1 +1$/m)
    assert.equal(code, 0)
  })

  it('says in one sentence what is wrong with its arguments or labels', async () => {
    const unusable = await bench([{ ...found, verdict: 'maybe' }])
    assert.equal(unusable.code, 1)
    assert.match(unusable.stderr, /labels\.json, 0\.verdict: .*"problem"/)
    const absent = await bench([found], '--labels', join(folder, 'none.json'))
    assert.match(absent.stderr, /There is no .*none\.json to read labels from\./)
  })
})
