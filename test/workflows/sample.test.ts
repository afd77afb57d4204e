import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, describe, it } from 'node:test'
import { buildSamplePackages } from '../../scripts/build-sample.ts'
import { inRepository } from '../../scripts/repository.ts'
import { copySample } from '../../src/workflows/sample.ts'

describe('copySample', () => {
  let parent = ''
  before(async () => {
    parent = await mkdtemp(join(tmpdir(), 'headroom-sample-test-'))
    const packages = inRepository('dist', 'sample-packages')
    const isBuilt = await stat(packages).catch(() => null)
    if (isBuilt === null) await buildSamplePackages(packages)
  })
  after(() => rm(parent, { recursive: true, force: true }))

  it('makes a copy that runs with nothing but what is in it', async () => {
    const folder = await copySample(join(parent, 'new', 'copy'))
    // Outside of the repository there is no other node_modules above, and npm is not asked.
    await using server = await start(folder)
    const health = await fetch(`${server.url}/health`)
    assert.deepEqual(await health.json(), { status: 'ok' })
    const activities: unknown = await (await fetch(`${server.url}/users/1/activities`)).json()
    assert.ok(Array.isArray(activities) && activities.length === 4)
    const created = await fetch(`${server.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'Ada', email: 'ada@example.com', password: 'correct horse' }),
    })
    assert.equal(created.status, 201)
    const wrong = await fetch(`${server.url}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    assert.equal(wrong.status, 400, 'the bundled validator refuses')
  })

  it('holds what a developer wants, and nothing that running it left behind', async () => {
    const folder = await copySample(join(parent, 'listed'))
    const names = await readdir(folder)
    for (const name of [
      'package.json',
      'README.md',
      'headroom.config.json',
      'src',
      '.gitignore',
      'node_modules',
    ]) {
      assert.ok(names.includes(name), name)
    }
    for (const name of ['data', '.headroom', 'test']) assert.ok(!names.includes(name), name)
    const bytes = await sizeOf(folder)
    assert.ok(bytes < 8_000_000, `${bytes} bytes`)
  })

  it('brings packages that npm install replaces by the real ones', async () => {
    const folder = await copySample(join(parent, 'replaced'))
    const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(folder, 'package.json'), 'utf8'),
    )
    for (const name of Object.keys(dependencies).filter((each) => each !== 'pg')) {
      const manifest: { version: string } = JSON.parse(
        await readFile(join(folder, 'node_modules', name, 'package.json'), 'utf8'),
      )
      assert.equal(manifest.version, '0.0.0-offline', name)
    }
  })

  it('takes an empty folder that is there, and refuses any other', async () => {
    const empty = join(parent, 'empty')
    await mkdir(empty)
    assert.equal(await copySample(empty), empty)
    const used = join(parent, 'used')
    await mkdir(used)
    await writeFile(join(used, 'mine.txt'), 'mine')
    await assert.rejects(copySample(used), /used is not empty\. Choose an empty folder for the sample\./)
    assert.deepEqual(await readdir(used), ['mine.txt'])
    await assert.rejects(copySample(join(used, 'mine.txt')), /mine\.txt is a file\./)
    await assert.rejects(copySample(join(used, 'mine.txt', 'below')), /\. Choose an empty folder/)
  })
})

/** The copy's server on a free port, ended with `await using`. */
async function start(folder: string): Promise<AsyncDisposable & { readonly url: string }> {
  const child = spawn(process.execPath, ['src/server.ts'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  for await (const line of createInterface(child.stdout)) {
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0]
    if (url === undefined) continue
    return {
      url,
      async [Symbol.asyncDispose]() {
        child.kill()
        await exited
      },
    }
  }
  throw new Error('The server ended before it listened.')
}

async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true })
  const sizes = await Promise.all(entries.map(async (name) => (await stat(join(folder, name))).size))
  return sizes.reduce((sum, size) => sum + size, 0)
}
