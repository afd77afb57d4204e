import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { FolderWatch } from '../../src/editor/folder-watch.ts'

describe('a followed folder', () => {
  let root = ''
  let folder = ''
  let count = 0
  let watch: FolderWatch
  const changes = new EventEmitter()

  /** Resolves at the next change that is told; rejects where none is told of. */
  async function change(): Promise<void> {
    await once(changes, 'change', { signal: AbortSignal.timeout(10_000) })
  }

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-watch-'))
    folder = join(root, '.headroom', 'runs')
    count = 0
    watch = new FolderWatch([root, join(root, '.headroom'), folder], /\.json$/, () => {
      count += 1
      changes.emit('change')
    })
  })
  afterEach(async () => {
    watch.dispose()
    await rm(root, { recursive: true, force: true })
  })

  it('is seen when it is made at one go with a file in it, again and again', async () => {
    for (let round = 0; round < 5; round++) {
      const appears = change()
      await mkdir(folder, { recursive: true })
      await writeFile(join(folder, 'a.json'), '{}')
      await appears
      const goes = change()
      await rm(join(root, '.headroom'), { recursive: true })
      await goes
    }
  })

  it('is another one where it is deleted and made again within a moment', async () => {
    for (let round = 0; round < 5; round++) {
      mkdirSync(folder, { recursive: true })
      if (round === 0) await change()
      rmSync(join(root, '.headroom'), { recursive: true })
      mkdirSync(folder, { recursive: true })
      await change()
      const appears = change()
      await writeFile(join(folder, `${round}.json`), '{}')
      await appears
      const goes = change()
      await rm(join(folder, `${round}.json`))
      await goes
    }
  })

  it('is followed through files that appear under their name, are changed and deleted', async () => {
    await mkdir(folder, { recursive: true })
    await change()
    const file = join(folder, 'a.json')
    await writeFile(`${file}.part`, '{}')
    const appears = change()
    await rename(`${file}.part`, file)
    await appears
    const changed = change()
    await writeFile(file, '{"a":1}')
    await changed
    const goes = change()
    await rm(file)
    await goes
  })

  it('tells of the writes of one moment together', async () => {
    await mkdir(folder, { recursive: true })
    await change()
    count = 0
    const files = Array.from({ length: 50 }, (_, index) => join(folder, `${index}.json`))
    for (const file of files) writeFileSync(file, '{}')
    await change()
    const last = change()
    await writeFile(join(folder, 'last.json'), '{}')
    await last
    assert.ok(count < 5, `told ${count} times of 51 files`)
  })

  it('says nothing of other files, here and in the folders around it', async () => {
    await mkdir(folder, { recursive: true })
    await change()
    count = 0
    for (const path of ['other.json', '.headroom/run-index.json', '.headroom/runs/a.json.part']) {
      await seen(path, () => writeFile(join(root, path), '{}'))
    }
    assert.equal(count, 0)
    const told = change()
    await writeFile(join(folder, 'a.json'), '{}')
    await told
  })

  it('says nothing once it is disposed of, and bears a root that is gone', async () => {
    await mkdir(folder, { recursive: true })
    await change()
    count = 0
    await seen('.headroom/runs/a.json', async () => {
      await writeFile(join(folder, 'a.json'), '{}')
      watch.dispose()
    })
    assert.equal(count, 0)
    new FolderWatch([join(root, 'none')], /x/, () => assert.fail()).dispose()
  })

  /** Resolves when another watch, begun before `act`, has told of the file. */
  async function seen(path: string, act: () => Promise<void>): Promise<void> {
    const witness = new EventEmitter()
    const file = new RegExp(`^${basename(path)}$`)
    const other = new FolderWatch([dirname(join(root, path))], file, () => witness.emit('seen'))
    try {
      const told = once(witness, 'seen', { signal: AbortSignal.timeout(10_000) })
      await act()
      await told
    } finally {
      other.dispose()
    }
  }
})
