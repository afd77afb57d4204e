import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, describe, it } from 'node:test'
import { openFactory } from '../../src/factory/client.ts'
import { Failure } from '../../src/model/failure.ts'
import type { RunEvent } from '../../src/model/panel.ts'
import { failedRequests, type Run } from '../../src/model/run.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { planGrowth } from '../../src/workflows/growth.ts'
import type { VolumeChoices } from '../../src/workflows/prepare.ts'
import { latestRuns } from '../../src/workflows/history.ts'
import { testEndpoint } from '../../src/workflows/test-endpoint.ts'

const tables = `
  CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
  CREATE TABLE notes (
    id INTEGER PRIMARY KEY, owner_id INTEGER NOT NULL REFERENCES owners (id), body TEXT NOT NULL);
  CREATE INDEX notes_owner ON notes (owner_id);
  INSERT INTO owners (name) VALUES ('Ada'), ('Grace');
  INSERT INTO notes (owner_id, body) VALUES (1, 'one'), (2, 'two'), (2, 'three');`

function ignore(): void {}

describe('a volume sweep, on a real server over a real database', () => {
  let root = ''
  let baseUrl = ''
  let database: DatabaseSync

  /** All notes of all owners with each note's owner asked for by itself: N+1, linear in the rows. */
  function notesOneByOne(): unknown[] {
    const owner = database.prepare('SELECT name FROM owners WHERE id = ?')
    const notes = database.prepare('SELECT * FROM notes').all()
    return notes.map((note) => ({ ...note, owner: owner.get(note['owner_id'] ?? null) }))
  }

  const server = createServer((request, response) => {
    const [, owner] = /^\/owners\/(\d+)\/notes$/.exec(request.url ?? '') ?? []
    const found =
      owner === undefined
        ? notesOneByOne()
        : database.prepare('SELECT * FROM notes WHERE owner_id = ?').all(Number(owner))
    response.setHeader('content-type', 'application/json').end(JSON.stringify(found))
  })

  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-volume-'))
    database = new DatabaseSync(join(root, 'app.sqlite'))
    database.exec(tables)
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('a TCP server has a port')
    baseUrl = `http://127.0.0.1:${address.port}`
    const config = { baseUrl, database: 'sqlite:./app.sqlite', stepSeconds: 0.5 }
    await writeFile(join(root, 'headroom.config.json'), JSON.stringify(config))
  })
  after(async () => {
    server.closeAllConnections()
    server.close()
    database.close()
    await rm(root, { recursive: true })
  })

  function count(table: string): number {
    return Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count'])
  }

  async function orderOf(volume: VolumeChoices, path = '/notes') {
    return {
      root,
      config: await readConfig(root),
      endpoint: { method: 'GET', path } as const,
      routes: [],
      findings: [],
      start: false,
      profile: 'volume',
      volume,
    }
  }

  async function sweep(
    { path = '/notes', ...volume }: VolumeChoices & { path?: string },
    {
      writes = true,
      signal = new AbortController().signal,
      onEvent = ignore,
    }: { writes?: boolean; signal?: AbortSignal; onEvent?: (event: RunEvent) => void } = {},
  ): Promise<Run> {
    return testEndpoint({ ...(await orderOf(volume, path)), writes }, onEvent, signal)
  }

  it('adds nothing before that is agreed to, and says what it would add', async () => {
    await assert.rejects(sweep({ rowsAt: [100, 400, 1600] }, { writes: false }), (error) => {
      assert.ok(error instanceof Failure)
      assert.equal(error.data.code, 'HR_VOLUME_CONSENT')
      assert.match(
        error.message,
        /^Measuring `notes` at 100, 400, 1,600 rows adds up to 98 to `owners` and 1,597 to `notes` in app\.sqlite/,
      )
      assert.deepEqual(
        error.data.actions.map(({ commandLine }) => commandLine),
        ['--yes'],
      )
      return true
    })
    assert.equal(count('notes'), 3)
    assert.equal(count("sqlite_master WHERE name LIKE 'headroom%'"), 0)
  })

  it('measures level after level, names the growth, and takes exactly its rows back', async () => {
    const events: RunEvent[] = []
    const run = await sweep(
      { rowsAt: [100, 400, 1600], undoAfter: true },
      { onEvent: (event) => void events.push(event) },
    )
    assert.deepEqual(
      run.steps.map(({ phase, rows, users }) => [phase, rows, users]),
      [
        ['warm-up', 100, 1],
        ['ramp', 100, 1],
        ['ramp', 400, 1],
        ['ramp', 1600, 1],
      ],
    )
    assert.equal(run.preflight?.rows, 100)
    assert.deepEqual(run.plan.volume, { table: 'notes', levels: [100, 400, 1600] })
    const { volume } = run
    assert.ok(volume !== undefined)
    assert.deepEqual(volume.measured, [
      { rows: 100, step: 1 },
      { rows: 400, step: 2 },
      { rows: 1600, step: 3 },
    ])
    const [p50] = volume.growth
    assert.equal(p50?.class, 'linear', JSON.stringify(p50))
    assert.ok((p50.r2 ?? 0) > 0.9)
    assert.match(
      run.verdict.sentence,
      /^Holds to 1,600 rows: .*\. Latency grows linearly with the rows of notes\.$/,
    )
    assert.deepEqual([volume.ended, volume.rowsLeft], [null, 0])
    assert.deepEqual([count('notes'), count('owners')], [3, 2])
    assert.equal(count("sqlite_master WHERE name LIKE 'headroom%'"), 0)
    const seeded = events.flatMap((event) => (event.kind === 'seeding' ? [event.progress.phase] : []))
    assert.ok(seeded.includes('insert') && seeded.includes('undo'))
    const told = events.flatMap((event) => (event.kind === 'volume' ? [event.volume.measured.length] : []))
    assert.deepEqual(told, [1, 2, 3, 3])
    assert.deepEqual([...(await latestRuns(root)).values()], [run], 'the run is kept whole')
  })

  it('leaves the rows there where it is not told otherwise, and goes on from them', async () => {
    const run = await sweep({ rowsAt: [10, 50, 100] })
    assert.equal(run.volume?.rowsLeft, 97 + 98)
    assert.deepEqual([count('notes'), count('owners')], [100, 100])
    const factory = openFactory({ root, databaseUrl: 'sqlite:./app.sqlite' })
    try {
      const planned = await planGrowth(factory, await orderOf({ rowsAt: [10, 50, 200, 1000] }))
      assert.deepEqual(planned.levels, [100, 200, 1000], 'what is there is the first level')
      await assert.rejects(
        planGrowth(factory, await orderOf({ rowsAt: [10, 50, 100] })),
        /takes 3 levels at least\. `notes` has 100 rows already, so that 1 level is left of 3\./,
      )
      await assert.rejects(
        planGrowth(factory, await orderOf({ rowsAt: [200, 1000] })),
        /Give more levels, such as --rows-at/,
      )
      await factory.undo(() => {})
      assert.equal(count('notes'), 3)
    } finally {
      await factory.dispose()
    }
  })

  it('takes back its own rows only, not those of an earlier seeding', async () => {
    const factory = openFactory({ root, databaseUrl: 'sqlite:./app.sqlite' })
    try {
      await factory.seed(await factory.plan({ rows: { notes: 20 }, exclude: ['owners'] }), () => {})
      const earlier = database.prepare('SELECT * FROM notes').all()
      await sweep({ rowsAt: [50, 100, 500], undoAfter: true })
      assert.deepEqual(database.prepare('SELECT * FROM notes').all(), earlier)
      await factory.undo(() => {})
      assert.equal(count('notes'), 3)
    } finally {
      await factory.dispose()
    }
  })

  it('asks for the same owners at every level, whose answers grow and are good', async () => {
    const run = await sweep({
      path: '/owners/:ownerId/notes',
      table: 'notes',
      rowsAt: [100, 1000, 4000],
      undoAfter: true,
    })
    assert.ok(run.steps.every((step) => failedRequests(step.errors) === 0 && step.requests > 0))
    const bytes = run.steps.map((step) => step.bytes / step.requests)
    assert.ok((bytes[3] ?? 0) > 10 * (bytes[1] ?? Infinity), bytes.join(', '))
    assert.equal(count('notes'), 3)
  })

  it('grows another table on request, and its children with it', async () => {
    const run = await sweep({ table: 'owners', rowsAt: [10, 20, 100], per: { notes: 2 }, undoAfter: true })
    assert.equal(run.volume?.table, 'owners')
    assert.equal(run.preflight?.rows, 3 + 2 * 8, 'two notes for each of eight new owners')
    assert.deepEqual([count('notes'), count('owners')], [3, 2])
    await assert.rejects(sweep({ table: 'nothing' }), /There is no table `nothing`\. The tables are/)
  })

  it('stops while rows are added, with what was measured, and they can be taken back', async () => {
    const stop = new AbortController()
    let measured = 0
    const run = await sweep(
      { rowsAt: [10, 20, 2_000_000] },
      {
        signal: stop.signal,
        onEvent: (event) => {
          if (event.kind === 'step') measured += 1
          if (event.kind === 'seeding' && measured === 3) stop.abort()
        },
      },
    )
    assert.equal(run.verdict.kind, 'stopped')
    assert.deepEqual(
      run.volume?.measured.map(({ rows }) => rows),
      [10, 20],
    )
    const left = count('notes') - 3 + count('owners') - 2
    assert.ok(left < 2_000_000)
    assert.equal(run.volume?.rowsLeft, left)
    await assert.rejects(sweep({ rowsAt: [10_000_000, 20_000_000, 100_000_000] }), /headroom seed --undo/)
    const factory = openFactory({ root, databaseUrl: 'sqlite:./app.sqlite' })
    await factory.undo(ignore)
    await factory.dispose()
    assert.equal(count('notes'), 3)
  })
})
