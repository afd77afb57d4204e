import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { failureData } from '../../src/model/failure.ts'
import { deleteRun, listRuns } from '../../src/workflows/history.ts'
import {
  attributionFile,
  forgetAttribution,
  recordLines,
} from '../../src/workflows/origins/attribution-store.ts'
import { saveRun } from '../../src/workflows/runs.ts'
import { replay, runOf } from '../webview/replay.ts'
import { breaksRecording } from '../webview/synthetic-recording.ts'

const run = runOf(replay(breaksRecording()), 'kept')
const lines = {
  file: 'a.ts',
  source: 'Claude Code hook',
  score: 1,
  at: 1,
  startLine: 1,
  endLine: 1,
  text: 'a',
}

async function rejected(...writers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const write of writers) {
    await assert.rejects(write, (error) => failureData(error).code === 'HR_FILE_EDIT')
  }
}

describe('what Headroom keeps in a project', () => {
  let outside = ''
  let root = ''
  beforeEach(async () => {
    outside = await mkdtemp(join(tmpdir(), 'headroom-kept-'))
    root = join(outside, 'project')
    await mkdir(root)
    await writeFile(join(outside, '.gitignore'), 'mine\n')
  })
  afterEach(() => rm(outside, { recursive: true }))

  const record = (): Promise<void> => recordLines(root, [lines])
  const save = (): Promise<string> => saveRun(root, run)

  it('is never written to where a link leads, out of the project or within it', async () => {
    await mkdir(join(root, 'own'))
    for (const target of ['..', 'own']) {
      await symlink(target, join(root, '.headroom'), 'junction')
      await rejected(record, save, () => forgetAttribution(root))
      assert.deepEqual((await readdir(outside)).toSorted(), ['.gitignore', 'project'])
      assert.deepEqual(await readdir(join(root, 'own')), [])
      await rm(join(root, '.headroom'))
    }
    assert.equal(await readFile(join(outside, '.gitignore'), 'utf8'), 'mine\n')
  })

  it('is neither written nor deleted behind a link further down', async () => {
    await mkdir(join(root, '.headroom'))
    await writeFile(join(outside, `${run.id}.json`), JSON.stringify(run))
    await symlink(outside, join(root, '.headroom/runs'), 'junction')
    await symlink(join(outside, 'index'), join(root, '.headroom/run-index.json'))
    await symlink(join(outside, '.gitignore'), join(root, attributionFile))
    assert.equal((await listRuns(root)).length, 1)
    await rejected(record, save, () => deleteRun(root, run.id))
    assert.deepEqual(
      (await readdir(outside)).toSorted(),
      ['.gitignore', 'project', `${run.id}.json`].toSorted(),
    )
    assert.equal(await readFile(join(outside, '.gitignore'), 'utf8'), 'mine\n')
  })

  it('leaves a .gitignore as it is that somebody wrote there, and refuses where a file stands', async () => {
    await mkdir(join(root, '.headroom'))
    await writeFile(join(root, '.headroom/.gitignore'), 'mine\n')
    await saveRun(root, run)
    await recordLines(root, [lines])
    assert.equal(await readFile(join(root, '.headroom/.gitignore'), 'utf8'), 'mine\n')
    await rm(join(root, '.headroom'), { recursive: true })
    await writeFile(join(root, '.headroom'), '')
    await rejected(record, save)
  })
})
