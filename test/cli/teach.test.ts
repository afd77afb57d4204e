import assert from 'node:assert/strict'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { headroom, sampleCopy } from './command-line.ts'

type Copy = Awaited<ReturnType<typeof sampleCopy>>

describe('headroom teach', () => {
  let copy: Copy
  let agents = ''
  before(async () => {
    copy = await sampleCopy()
    agents = join(copy.root, 'AGENTS.md')
  })
  after(() => copy[Symbol.asyncDispose]())

  it('goes from nothing to up to date, and says each step', async () => {
    const missing = await headroom(copy.root, 'teach', '--check')
    assert.equal(missing.exitCode, 1)
    assert.match(missing.stdout, /^AGENTS\.md is missing\. Run: headroom teach$/m)
    const dry = await headroom(copy.root, 'teach', '--dry-run')
    assert.equal(dry.exitCode, 0)
    assert.match(dry.stdout, /^\+\+\+ b\/AGENTS\.md$/m)
    await assert.rejects(readFile(agents), { code: 'ENOENT' })
    const written = await headroom(copy.root, 'teach')
    assert.equal(written.exitCode, 0)
    assert.match(
      written.stderr,
      /^Wrote AGENTS\.md\.\nWrote \.github\/instructions\/headroom\.instructions\.md\.$/m,
    )
    assert.equal(written.stdout, '')
    const text = await readFile(agents, 'utf8')
    assert.match(text, /in express; data through Knex on SQLite\.$/m)
    const again = await headroom(copy.root, 'teach')
    assert.match(again.stderr, /^Everything is up to date; nothing was written\.$/m)
    const checked = await headroom(copy.root, 'teach', '--check')
    assert.deepEqual([checked.exitCode, checked.stderr], [0, ''])
    assert.equal(checked.stdout, 'Up to date: AGENTS.md, .github/instructions/headroom.instructions.md.\n')
    assert.equal(await readFile(agents, 'utf8'), text)
  })

  it('shows an edit by hand and leaves it, unless it is forced', async () => {
    const text = await readFile(agents, 'utf8')
    const edited = text.replace('20 rows a page', '5,000 rows a page')
    await writeFile(agents, edited)
    const checked = await headroom(copy.root, 'teach', '--check')
    assert.equal(checked.exitCode, 1)
    assert.match(checked.stdout, /^AGENTS\.md was edited by hand inside Headroom's markers\. .*--dry-run$/m)
    const refused = await headroom(copy.root, 'teach')
    assert.equal(refused.exitCode, 2)
    assert.match(refused.stdout, /^-- Lists: 5,000 rows a page/m)
    assert.match(refused.stdout, /^\+- Lists: 20 rows a page/m)
    assert.match(refused.stderr, /AGENTS\.md was edited by hand .*\n {2}try headroom teach --force\n/)
    assert.equal(await readFile(agents, 'utf8'), edited)
    const forced = await headroom(copy.root, 'teach', '--force')
    assert.equal(forced.exitCode, 0)
    assert.equal(await readFile(agents, 'utf8'), text)
  })

  it('says what is out of date', async () => {
    const config = join(copy.root, 'headroom.config.json')
    await writeFile(config, (await readFile(config, 'utf8')).replace('p95<2s', 'p95<250ms'))
    const checked = await headroom(copy.root, 'teach', '--check')
    assert.equal(checked.exitCode, 1)
    assert.match(checked.stdout, /^AGENTS\.md is out of date with the code, .*\. Run: headroom teach$/m)
    assert.equal((await headroom(copy.root, 'teach')).exitCode, 0)
    assert.match(await readFile(agents, 'utf8'), /every endpoint `p95<250ms, errors<1%`/)
  })

  it('ends with 2 for markers that can’t be made out, for wrong usage, and where nothing can be taught', async () => {
    const broken = '# Agents\n\n<!-- headroom:end -->\n'
    await writeFile(agents, broken)
    for (const args of [['--check'], ['--force']]) {
      const { exitCode, stderr } = await headroom(copy.root, 'teach', ...args)
      assert.equal(exitCode, 2)
      assert.match(stderr, /^headroom: AGENTS\.md line 3: this end marker has no begin marker before it\./)
    }
    assert.equal(await readFile(agents, 'utf8'), broken)
    await rm(agents)
    const both = await headroom(copy.root, 'teach', '--check', '--force')
    assert.deepEqual([both.exitCode, both.stdout], [2, ''])
    assert.match(both.stderr, /^headroom: Give --check, --dry-run or --force, and only one of them\.$/m)
    const nowhere = await headroom(copy.root, 'teach', 'no-such-folder')
    assert.equal(nowhere.exitCode, 2)
    assert.match(nowhere.stderr, /There is no folder .*no-such-folder/)
    await rm(join(copy.root, 'src'), { recursive: true })
    const nothing = await headroom(copy.root, 'teach')
    assert.equal(nothing.exitCode, 2)
    assert.match(nothing.stderr, /found no endpoints here, so there is nothing to teach/)
    await assert.rejects(readFile(agents), { code: 'ENOENT' })
  })
})
