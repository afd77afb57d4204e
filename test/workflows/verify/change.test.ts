import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { lstat, mkdir, mkdtemp, readFile, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { openTrees } from '../../../src/workflows/verify/before-tree.ts'
import { changesSince, revertChange } from '../../../src/workflows/verify/change.ts'

let folder = ''

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}

function git(...args: readonly string[]): void {
  const identity = ['-c', 'user.name=test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false']
  execFileSync('git', ['-C', folder, ...identity, ...args], { stdio: 'ignore' })
}

async function isLink(path: string): Promise<boolean> {
  return (await lstat(path)).isSymbolicLink()
}

async function writeProject(): Promise<void> {
  await write({
    'src/a.ts': 'after',
    'src/b.ts': 'b',
    'node_modules/p/index.js': 'p',
    'dist/a.js': 'built',
    '.headroom/runs/r.json': '{}',
    '.env': 'PORT=1',
  })
  await mkdir(join(folder, 'data'))
  const database = new DatabaseSync(join(folder, 'data/app.sqlite'))
  database.exec('CREATE TABLE t (id INTEGER)')
  database.close()
}

/** Which of two files a copy has. */
function there(copy: string): boolean[] {
  return ['new', 'gone'].map((name) => existsSync(join(copy, `src/${name}.ts`)))
}

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'headroom-changes-')))
})
afterEach(() => rm(folder, { recursive: true }))

describe('changesSince and revertChange', () => {
  beforeEach(async () => {
    await write({ '.gitignore': 'node_modules\n', 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', 'c d/ü.ts': 'c\n' })
    await writeFile(join(folder, 'picture.png'), Buffer.from([137, 80, 78, 71, 0, 1, 2]))
    git('init', '-q')
    git('add', '-A')
    git('commit', '-qm', 'first')
  })

  it('finds what was changed, made and deleted, staged or not, and no pictures', async () => {
    await write({ 'src/a.ts': 'a2\n', 'src/new.ts': 'new\n', 'c d/ü.ts': 'c2\n', 'node_modules/x.js': 'x' })
    await writeFile(join(folder, 'picture.png'), Buffer.from([137, 80, 0, 9]))
    await rm(join(folder, 'src/b.ts'))
    git('add', 'c d')
    const files = [...(await changesSince(folder, 'HEAD'))].toSorted((a, b) => (a.file < b.file ? -1 : 1))
    assert.deepEqual(files, [
      { file: 'c d/ü.ts', before: 'c\n', after: 'c2\n' },
      { file: 'src/a.ts', before: 'a\n', after: 'a2\n' },
      { file: 'src/b.ts', before: 'b\n', after: null },
      { file: 'src/new.ts', before: null, after: 'new\n' },
    ])
    const inside = await changesSince(join(folder, 'src'), 'HEAD')
    assert.deepEqual(inside.map(({ file }) => file).toSorted(), ['a.ts', 'b.ts', 'new.ts'])
  })

  it('takes back what is as it was verified, and leaves what is new or changed since', async () => {
    await write({ 'src/a.ts': 'a2\n', 'src/new.ts': 'new\n', 'c d/ü.ts': 'c2\n' })
    await rm(join(folder, 'src/b.ts'))
    const files = await changesSince(folder, 'HEAD')
    await write({ 'c d/ü.ts': 'edited meanwhile\n' })
    assert.deepEqual(await revertChange(folder, files), {
      reverted: ['src/a.ts', 'src/b.ts'],
      changedSince: ['c d/ü.ts'],
      kept: ['src/new.ts'],
    })
    assert.equal(await readFile(join(folder, 'src/a.ts'), 'utf8'), 'a\n')
    assert.equal(await readFile(join(folder, 'src/b.ts'), 'utf8'), 'b\n')
    assert.equal(await readFile(join(folder, 'c d/ü.ts'), 'utf8'), 'edited meanwhile\n')
    assert.equal(await readFile(join(folder, 'src/new.ts'), 'utf8'), 'new\n')
  })

  it('neither reads nor writes through a link', async () => {
    const outside = await mkdtemp(join(tmpdir(), 'headroom-outside-'))
    try {
      await writeFile(join(outside, 'a.ts'), 'secret\n')
      await symlink('a.ts', join(folder, 'src/link.ts'))
      await symlink('a.ts', join(folder, 'src/copied.ts'))
      git('add', '-A')
      git('commit', '-qm', 'a link')
      // A link that leads elsewhere, one that became a file, a file and a folder that became links, and a new link.
      for (const name of ['src/link.ts', 'src/copied.ts', 'src/b.ts', 'c d'])
        await rm(join(folder, name), { recursive: true })
      await symlink(join(outside, 'a.ts'), join(folder, 'src/link.ts'))
      await symlink(join(outside, 'a.ts'), join(folder, 'src/b.ts'))
      await symlink(outside, join(folder, 'c d'))
      await symlink(join(outside, 'a.ts'), join(folder, 'src/new.ts'))
      await write({ 'src/a.ts': 'a2\n', 'src/copied.ts': 'a\n' })
      const files = await changesSince(folder, 'HEAD')
      assert.deepEqual(files.map(({ file }) => file).toSorted(), ['c d/ü.ts', 'src/a.ts'])
      assert.deepEqual((await revertChange(folder, files)).reverted, ['src/a.ts'])
      const unseen = [{ file: 'src/link.ts', before: 'a.ts', after: 'secret\n' }]
      assert.deepEqual((await revertChange(folder, unseen)).changedSince, ['src/link.ts'])
      assert.ok(await isLink(join(folder, 'src/link.ts')))
      assert.equal(await readFile(join(outside, 'a.ts'), 'utf8'), 'secret\n')
      assert.equal(existsSync(join(outside, 'ü.ts')), false)
    } finally {
      await rm(outside, { recursive: true })
    }
  })

  it('knows a file that became a folder, on both sides', async () => {
    await rm(join(folder, 'src/a.ts'))
    await write({ 'src/a.ts/index.ts': 'inside\n' })
    const files = await changesSince(folder, 'HEAD')
    await using trees = openTrees(folder, files)
    assert.equal(await readFile(join(await trees.folder('before'), 'src/a.ts'), 'utf8'), 'a\n')
    assert.equal(await readFile(join(await trees.folder('after'), 'src/a.ts/index.ts'), 'utf8'), 'inside\n')
    await using back = openTrees(
      folder,
      files.map(({ file, before, after }) => ({ file, before: after, after: before })),
    )
    assert.equal(await readFile(join(await back.folder('after'), 'src/a.ts'), 'utf8'), 'a\n')
    assert.deepEqual((await revertChange(folder, files)).changedSince, ['src/a.ts'])
  })

  it('refuses what is no commit, and says where nothing differs', async () => {
    await assert.rejects(changesSince(folder, 'HEAD'), /Nothing differs from HEAD/)
    for (const ref of ['nonsense', '--output=/tmp/x', '-h', '']) {
      await assert.rejects(changesSince(folder, ref), /is no commit of this repository/)
    }
    await rm(join(folder, '.git'), { recursive: true })
    await assert.rejects(changesSince(folder, 'HEAD'), /is in no git repository/)
  })
})

describe('openTrees', () => {
  const change = [{ file: 'src/a.ts', before: 'before', after: 'after' }]

  for (const isRepository of [true, false]) {
    it(`copies code and links packages and data, ${isRepository ? 'in' : 'outside of'} a repository`, async () => {
      await writeProject()
      if (isRepository) {
        await write({ '.gitignore': 'node_modules\ndist\ndata\n.env\n.headroom\n' })
        git('init', '-q')
        git('add', 'src/a.ts')
      }
      let left = ''
      {
        await using trees = openTrees(folder, change)
        for (const side of ['before', 'after'] as const) {
          const copy = await trees.folder(side)
          assert.notEqual(copy, folder)
          assert.equal(await readFile(join(copy, 'src/a.ts'), 'utf8'), side)
          assert.equal(await isLink(join(copy, 'src/b.ts')), false)
          assert.equal(await readFile(join(copy, '.env'), 'utf8'), 'PORT=1')
          assert.ok(await isLink(join(copy, 'node_modules')))
          const database = await realpath(join(copy, 'data/app.sqlite'))
          assert.equal(database, join(folder, 'data/app.sqlite'))
          for (const name of ['dist', '.headroom', '.git']) assert.equal(existsSync(join(copy, name)), false)
          left = copy
        }
      }
      assert.equal(existsSync(left), false)
      assert.equal(await readFile(join(folder, 'src/a.ts'), 'utf8'), 'after')
      assert.equal(await readFile(join(folder, 'node_modules/p/index.js'), 'utf8'), 'p')
      assert.ok(existsSync(join(folder, 'data/app.sqlite')))
    })
  }

  it('never writes through a link, however deep the changed file lies', async () => {
    await write({
      '.gitignore': 'generated\n',
      'generated/deep/x.ts': 'mine',
      'generated/deep/y.ts': 'y',
      'src/a.ts': 'a',
    })
    await mkdir(join(folder, 'outside'))
    await writeFile(join(folder, 'outside/z.ts'), 'z')
    await symlink(join(folder, 'outside/z.ts'), join(folder, 'src/z.ts'))
    git('init', '-q')
    const files = ['generated/deep/x.ts', 'src/z.ts', 'made/up/new.ts'].map((file) => ({
      file,
      before: 'before',
      after: 'after',
    }))
    await using trees = openTrees(folder, files)
    const copy = await trees.folder('before')
    for (const { file } of files) assert.equal(await readFile(join(copy, file), 'utf8'), 'before')
    assert.equal(await readFile(join(copy, 'generated/deep/y.ts'), 'utf8'), 'y')
    assert.equal(await readFile(join(folder, 'generated/deep/x.ts'), 'utf8'), 'mine')
    assert.equal(await readFile(join(folder, 'outside/z.ts'), 'utf8'), 'z')
    assert.equal(existsSync(join(folder, 'made')), false)
  })

  it('leaves a file out on the side where it is not there', async () => {
    await write({ 'src/new.ts': 'new', 'src/a.ts': 'a' })
    await using trees = openTrees(folder, [
      { file: 'src/new.ts', before: null, after: 'new' },
      { file: 'src/gone.ts', before: 'gone', after: null },
    ])
    const [earlier, later] = [await trees.folder('before'), await trees.folder('after')]
    assert.deepEqual(
      [there(earlier), there(later)],
      [
        [false, true],
        [true, false],
      ],
    )
  })

  it("removes copies that a killed process left, and no folder of people's own", async () => {
    // No process has this id: it is beyond what Linux and macOS give out.
    const names = [
      'headroom-verify-99999999-aB3xYz',
      'headroom-verify-notes',
      'headroom-verify-99999999-mine',
    ]
    const inTemporary = process.env['TMPDIR']
    process.env['TMPDIR'] = folder
    try {
      const longAgo = new Date(Date.now() - 86_400_000)
      for (const name of names) {
        await mkdir(join(folder, name))
        await utimes(join(folder, name), longAgo, longAgo)
      }
      await write({ 'project/src/a.ts': 'a' })
      await using trees = openTrees(join(folder, 'project'), change)
      await trees.folder('before')
      assert.deepEqual(
        names.map((name) => existsSync(join(folder, name))),
        [false, true, true],
      )
    } finally {
      if (inTemporary === undefined) delete process.env['TMPDIR']
      else process.env['TMPDIR'] = inTemporary
    }
  })

  it('finds what stands beside a project within a larger repository', async () => {
    await write({
      'packages/api/src/a.ts': 'a',
      'packages/shared/index.ts': 'shared',
      'node_modules/hoisted/index.js': 'hoisted',
    })
    git('init', '-q')
    await using trees = openTrees(join(folder, 'packages/api'), change)
    const copy = await trees.folder('before')
    assert.equal(await readFile(join(copy, '../shared/index.ts'), 'utf8'), 'shared')
    assert.equal(await readFile(join(copy, '../../node_modules/hoisted/index.js'), 'utf8'), 'hoisted')
    assert.equal(existsSync(join(copy, '../../.git')), false)
  })
})
