import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, it } from 'node:test'
import { failureData } from '../../../src/model/failure.ts'
import { planAgents, planClaude } from '../../../src/workflows/teach/documents.ts'
import { readProjectFile } from '../../../src/workflows/project-file.ts'
import { writeTaught, type TaughtFile } from '../../../src/workflows/teach/files.ts'

const lines = ['## Load', '', '- Lists: 20 rows.', '- No query in a loop.']
const old = ['## Load', '', '- Lists: 50 rows.']

/** A block as the format is documented, built without the code under test. */
function block(inside: readonly string[], eol = '\n', { version = 1, hash = '' } = {}): string {
  const sha256 = createHash('sha256')
    .update(`\n${inside.join('\n')}`)
    .digest('hex')
  const begin = `<!-- headroom:begin v${version} sha256=${hash === '' ? sha256 : hash} -->`
  return [begin, '', ...inside, '', '<!-- headroom:end -->'].join(eol)
}

const documentation = `Markers look like this:

\`\`\`\`md
\`\`\`
<!-- headroom:begin v1 sha256=${'0'.repeat(64)} -->
<!-- headroom:end -->
\`\`\`
<!-- headroom:begin v1 -->
\`\`\`\`

~~~
<!-- headroom:end -->
~~~

- In a list:
  \`\`\`md
  <!-- headroom:begin -->
  \`\`\`

In prose, \`<!-- headroom:begin … -->\` begins it and \`\` <!-- headroom:end --> \`\` ends it.
`

interface Appended {
  readonly name: string
  readonly text: string
  /** What must stand between the text and the block: one blank line, no more. */
  readonly gap: string
  readonly eol?: '\n' | '\r\n'
}

/** Files without a block. */
const without: readonly Appended[] = [
  { name: 'an empty file', text: '', gap: '' },
  { name: 'a byte order mark and nothing else', text: '\uFEFF', gap: '' },
  { name: 'one empty line', text: '\n', gap: '' },
  { name: 'empty lines', text: '\n\n\n', gap: '' },
  { name: 'blanks without a line ending', text: '  \t', gap: '\n' },
  { name: 'ordinary text', text: '# Agents\n\nBe kind.\n', gap: '\n' },
  { name: 'no final line ending', text: '# Agents\n\nBe kind.', gap: '\n\n' },
  { name: 'a blank line at the end', text: '# Agents\n\n', gap: '' },
  { name: 'many blank lines at the end', text: '# Agents\n\n\n\n', gap: '' },
  { name: 'a last line of blanks', text: '# Agents\n  \t\n', gap: '' },
  { name: 'trailing spaces', text: '# Agents   \nBe kind.  \n', gap: '\n' },
  { name: 'tabs', text: '#\tAgents\n\n\t- nested\n\t\t- deeper\n', gap: '\n' },
  { name: 'CRLF', text: '# Agents\r\n\r\nBe kind.\r\n', gap: '\r\n', eol: '\r\n' },
  { name: 'CRLF, no final line ending', text: '# Agents\r\nBe kind.', gap: '\r\n\r\n', eol: '\r\n' },
  { name: 'mixed endings, mostly CRLF', text: '# Agents\r\none\r\ntwo\n', gap: '\r\n', eol: '\r\n' },
  { name: 'mixed endings, mostly LF', text: '# Agents\none\ntwo\r\n', gap: '\n' },
  { name: 'a byte order mark', text: '\uFEFF# Agents\n', gap: '\n' },
  { name: 'non-ASCII text', text: '# Größe 👩‍💻 日本語\n\nЗдравствуйте\u2028\u00a0e\u0301\n', gap: '\n' },
  { name: 'control characters', text: '# A\u0000b\u001b[0m\f\v\n', gap: '\n' },
  { name: 'a very long file', text: '- A rule that everybody keeps to.\n'.repeat(50_000), gap: '\n' },
  { name: 'a very long line', text: `${'`a` '.repeat(50_000)}\n`, gap: '\n' },
  { name: 'markers in fenced code and code spans', text: documentation, gap: '\n' },
  { name: 'another tool’s markers', text: '<!-- other:begin -->\nx\n<!-- other:end -->\n', gap: '\n' },
  { name: 'headroom in prose', text: 'headroom:begin is a word, <!-- headroom --> a comment.\n', gap: '\n' },
]

/** What may stand around a block: every byte of it must stay. */
const around: readonly {
  readonly name: string
  readonly head: string
  readonly tail: string
  readonly eol?: string
}[] = [
  { name: 'nothing', head: '', tail: '' },
  { name: 'a final line ending', head: '', tail: '\n' },
  { name: 'text after it', head: '', tail: '\n\n# Agents\n\nBe kind.\n' },
  { name: 'text before it', head: '# Agents\n\n', tail: '\n' },
  { name: 'text before and after it', head: '# Agents\n\n', tail: '\n\n## More\n\n- x' },
  { name: 'text right at it', head: '# Agents\n', tail: '\ntext\n' },
  { name: 'many blank lines', head: '# Agents\n\n\n\n', tail: '\n\n\n\n' },
  { name: 'trailing spaces and tabs', head: '# Agents  \n\t\n', tail: ' \t \n\t\n  ' },
  { name: 'a byte order mark', head: '\uFEFF', tail: '\n' },
  { name: 'a byte order mark and text', head: '\uFEFF# Agents\n\n', tail: '\nx' },
  { name: 'up to three blanks before the marker', head: '# Agents\n\n   ', tail: '\n' },
  { name: 'CRLF', head: '# Agents\r\n\r\n', tail: '\r\n\r\nBe kind.\r\n', eol: '\r\n' },
  { name: 'CRLF inside, LF outside', head: '# Agents\n\n', tail: '\nBe kind.\n', eol: '\r\n' },
  { name: 'LF inside, CRLF outside', head: '# Agents\r\n\r\n', tail: '\r\nBe kind.\r\n' },
  { name: 'old Mac line endings', head: '# Agents\r\r', tail: '\rBe kind.\r', eol: '\r' },
  { name: 'non-ASCII text', head: '# Größe 👩‍💻\n\n', tail: '\n日本語\u2028\u00a0e\u0301\n' },
  { name: 'documentation of markers', head: `${documentation}\n`, tail: `\n\n${documentation}` },
  { name: 'a very long file', head: '- A rule.\n'.repeat(50_000), tail: '\n- Another.'.repeat(50_000) },
  { name: 'replacement patterns', head: "$& $1 $` $' $$\n\n", tail: "\n$& $1 $` $' $$\n" },
  { name: 'a code block without an end after it', head: '# Agents\n\n', tail: '\n\n```ts\nconst x = 1\n' },
]

const begin = `<!-- headroom:begin v1 sha256=${'a'.repeat(64)} -->`
const end = '<!-- headroom:end -->'

/** Files that must be mended by people first, and what the refusal says. */
const refused: readonly { readonly name: string; readonly text: string; readonly says: RegExp }[] = [
  {
    name: 'begin without end',
    text: `a\n${begin}\nx\n`,
    says: /line 2: this begin marker has no end marker/,
  },
  { name: 'end without begin', text: `a\nb\n${end}\n`, says: /line 3: this end marker has no begin marker/ },
  {
    name: 'end before begin',
    text: `${end}\n${begin}\n`,
    says: /line 1: this end marker has no begin marker/,
  },
  {
    name: 'two begins',
    text: `${begin}\n${begin}\n${end}\n`,
    says: /line 2: a block begins inside the one of line 1/,
  },
  {
    name: 'nested blocks',
    text: `${begin}\n${begin}\n${end}\n${end}\n`,
    says: /line 2: a block begins inside/,
  },
  { name: 'two ends', text: `${begin}\n${end}\n${end}\n`, says: /line 3: there is a second marker/ },
  {
    name: 'two blocks',
    text: `${block(old)}\n\n${block(old)}\n`,
    says: /line 9: there is a second marker, besides the block of line 1/,
  },
  {
    name: 'a merge conflict',
    text: `<<<<<<< a\n${block(old)}\n=======\n${block(lines)}\n>>>>>>> b\n`,
    says: /line 10: there is a second marker/,
  },
  { name: 'no hash', text: `<!-- headroom:begin v1 -->\n${end}\n`, says: /line 1: this marker is malformed/ },
  {
    name: 'no version',
    text: `x\n<!-- headroom:begin -->\n${end}\n`,
    says: /line 2: this marker is malformed/,
  },
  {
    name: 'a short hash',
    text: `<!-- headroom:begin v1 sha256=abc -->\n${end}\n`,
    says: /line 1: this marker is malformed/,
  },
  {
    name: 'a hash in capitals',
    text: `${begin.replaceAll('a'.repeat(64), 'A'.repeat(64))}\n${end}\n`,
    says: /line 1: this marker is malformed/,
  },
  {
    name: 'another spelling',
    text: `<!--headroom:BEGIN v1-->\n${end}\n`,
    says: /line 1: this marker is malformed/,
  },
  { name: 'text after a marker', text: `${begin} x\n${end}\n`, says: /line 1: this marker is malformed/ },
  { name: 'text before a marker', text: `${begin}\nx ${end}\n`, says: /line 2: this marker is malformed/ },
  {
    name: 'an end with a version',
    text: `${begin}\n<!-- headroom:end v1 -->\n`,
    says: /line 2: this marker is malformed/,
  },
  {
    name: 'an unclosed marker',
    text: `${begin}\n<!-- headroom:end\n-->\n`,
    says: /line 2: this marker is malformed/,
  },
  { name: 'both on one line', text: `${begin}${end}\n`, says: /line 1: this marker is malformed/ },
  {
    name: 'an indented marker',
    text: `- x\n\n    ${begin}\n    ${end}\n`,
    says: /line 3: this marker is malformed/,
  },
  { name: 'a marker after a tab', text: `\t${begin}\n${end}\n`, says: /line 1: this marker is malformed/ },
  { name: 'a quoted block', text: `> ${begin}\n> ${end}\n`, says: /line 1: this marker is malformed/ },
  {
    name: 'a newer version',
    text: `x\n\n${block(old, '\n', { version: 2 })}\n`,
    says: /line 3: a newer version of Headroom wrote this block/,
  },
  {
    name: 'the end in a code block',
    text: `${begin}\n\`\`\`\n${end}\n\`\`\`\n`,
    says: /line 1: this begin marker has no end marker/,
  },
  {
    name: 'a code block without an end',
    text: '# A\n\n```sh\nls\n',
    says: /line 3: the code block that begins here has no end/,
  },
  {
    name: 'a byte order mark and a broken marker',
    text: `\uFEFF<!-- headroom:begin v1 -->\n`,
    says: /line 1: this marker is malformed/,
  },
  {
    name: 'CRLF, begin without end',
    text: `a\r\nb\r\n${begin}\r\n`,
    says: /line 3: this begin marker has no end marker/,
  },
]

describe('Headroom’s block in AGENTS.md', () => {
  let root = ''
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-teach-'))
  })
  afterEach(() => rm(root, { recursive: true, force: true }))

  const path = (): string => join(root, 'AGENTS.md')

  /** Plans and writes once, as the workflow does, and gives the file's bytes. */
  async function taught(wanted: readonly string[] = lines): Promise<{ plan: TaughtFile; bytes: Buffer }> {
    const plan = planAgents(await readProjectFile(root, 'AGENTS.md'), wanted)
    await writeTaught(root, [plan])
    return { plan, bytes: await readFile(path()) }
  }

  /** A second run must find nothing to do. */
  async function assertSettled(bytes: Buffer): Promise<void> {
    const { mtimeMs } = await lstat(path())
    const again = await taught()
    assert.equal(again.plan.state, 'current')
    assert.ok(again.bytes.equals(bytes), 'a second run changes nothing')
    assert.equal((await lstat(path())).mtimeMs, mtimeMs, 'nor is the file written')
  }

  it('is the whole file where there was none', async () => {
    const { plan, bytes } = await taught()
    assert.equal(plan.state, 'missing')
    assert.equal(bytes.toString(), `${block(lines)}\n`)
    await assertSettled(bytes)
  })

  for (const { name, text, gap, eol = '\n' } of without) {
    it(`is appended to ${name}`, async () => {
      await writeFile(path(), text)
      const before = await readFile(path())
      const { plan, bytes } = await taught()
      assert.equal(plan.state, 'missing')
      assert.ok(bytes.subarray(0, before.length).equals(before), 'what was there stays')
      assert.equal(bytes.subarray(before.length).toString(), gap + block(lines, eol) + eol)
      await assertSettled(bytes)
    })
  }

  for (const { name, head, tail, eol = '\n' } of around) {
    it(`is replaced in its place, with ${name} around it`, async () => {
      await writeFile(path(), head + block(old, eol) + tail)
      const { plan, bytes } = await taught()
      assert.equal(plan.state, 'outdated')
      const [first, last] = [Buffer.from(head), Buffer.from(tail)]
      assert.ok(bytes.subarray(0, first.length).equals(first), 'every byte before it stays')
      assert.ok(bytes.subarray(bytes.length - last.length).equals(last), 'every byte after it stays')
      const inside = bytes.subarray(first.length, bytes.length - last.length).toString()
      assert.equal(inside, block(lines, eol))
      await assertSettled(bytes)
    })
  }

  for (const { name, text, says } of refused) {
    it(`is not written where there is ${name}`, async () => {
      await writeFile(path(), text)
      const before = await readFile(path())
      await assert.rejects(taught(), (error) => {
        assert.match(failureData(error).message, says)
        return failureData(error).code === 'HR_TEACH_MARKERS'
      })
      assert.ok((await readFile(path())).equals(before))
    })
  }

  it('knows an edit by hand', async () => {
    const edits = [
      block(old).replace('50 rows', '500 rows'),
      block(old).replace('- Lists', '- My rule\n- Lists'),
      block(old, '\n', { hash: 'b'.repeat(64) }),
      block(old).replace(/\n\n<!-- headroom:end/, '\n\ntext\n<!-- headroom:end'),
    ]
    for (const text of edits) {
      const plan = planAgents(`# A\n\n${text}\n`, lines)
      assert.equal(plan.state, 'edited', text)
      assert.equal(plan.after, `# A\n\n${block(lines)}\n`)
    }
  })

  it('takes neither line endings nor blanks at line ends nor blank lines at its edges for edits', () => {
    const checkedOut = block(lines).replaceAll('\n', '\r\n')
    const formatted = block(lines).replace('rows.\n', 'rows.  \n').replace(' -->\n\n##', ' -->\n##')
    for (const text of [checkedOut, formatted]) {
      assert.deepEqual(planAgents(text, lines), {
        file: 'AGENTS.md',
        before: text,
        after: text,
        state: 'current',
      })
      assert.equal(planAgents(text, old).state, 'outdated')
    }
  })

  it('seals what was written by hand but is what it would write', () => {
    const plan = planAgents(block(lines, '\n', { hash: 'b'.repeat(64) }), lines)
    assert.equal(plan.state, 'outdated')
    assert.equal(plan.after, block(lines))
  })

  it('replaces a block of an older version', () => {
    const plan = planAgents(block(lines, '\n', { version: 0 }), lines)
    assert.equal(plan.state, 'outdated')
    assert.equal(plan.after, block(lines))
  })

  it('refuses text that is not UTF-8, and what is no file', async () => {
    await writeFile(path(), Buffer.from('Gr\u00f6\u00dfe\n', 'latin1'))
    await assert.rejects(taught(), /AGENTS\.md is not UTF-8/)
    await writeFile(path(), Buffer.from('\uFEFF# Agents\n', 'utf16le'))
    await assert.rejects(taught(), /AGENTS\.md is not UTF-8/)
    await rm(path())
    await mkdir(path())
    await assert.rejects(taught(), /AGENTS\.md can't be read \(EISDIR\)/)
  })

  it('follows a link inside the project, and refuses one that leads out or nowhere', async () => {
    await mkdir(join(root, 'docs'))
    await writeFile(join(root, 'docs', 'agents.md'), '# A\n')
    await symlink(join('docs', 'agents.md'), path())
    await taught()
    assert.ok((await lstat(path())).isSymbolicLink(), 'the link stays a link')
    assert.equal(await readFile(join(root, 'docs', 'agents.md'), 'utf8'), `# A\n\n${block(lines)}\n`)
    await rm(path())
    const outside = await mkdtemp(join(tmpdir(), 'headroom-outside-'))
    try {
      await writeFile(join(outside, 'profile'), '# mine\n')
      await symlink(join(outside, 'profile'), path())
      await assert.rejects(taught(), /AGENTS\.md is a link that leads out of the project; it is left alone\./)
      assert.equal(await readFile(join(outside, 'profile'), 'utf8'), '# mine\n')
      await symlink(outside, join(root, '.github'))
      const file = '.github/instructions/headroom.instructions.md'
      const plan: TaughtFile = { file, before: null, after: 'x', state: 'missing' }
      await assert.rejects(writeTaught(root, [plan]), /leads out of the project/)
      assert.deepEqual(await readdir(outside), ['profile'])
    } finally {
      await rm(outside, { recursive: true })
    }
    await rm(path())
    await symlink('nowhere.md', path())
    await assert.rejects(taught(), /AGENTS\.md is a link that leads nowhere/)
  })

  it('is not written over a change that came in between', async () => {
    await writeFile(path(), '# A\n')
    const plan = planAgents(await readProjectFile(root, 'AGENTS.md'), lines)
    await writeFile(path(), '# B\n')
    await assert.rejects(writeTaught(root, [plan]), /AGENTS\.md was changed in the meantime/)
    assert.equal(await readFile(path(), 'utf8'), '# B\n')
  })

  it('is taken back when another file can’t be written', async () => {
    await writeFile(path(), '# A\n')
    await writeFile(join(root, '.github'), 'a file where a folder should be')
    const files = [
      planAgents('# A\n', lines),
      { file: 'NEW.md', before: null, after: 'new\n', state: 'missing' } as const,
      { file: '.github/x.md', before: null, after: 'x', state: 'missing' } as const,
    ]
    await assert.rejects(writeTaught(root, files))
    assert.equal(await readFile(path(), 'utf8'), '# A\n')
    assert.deepEqual((await readdir(root)).toSorted(), ['.github', 'AGENTS.md'])
  })
})

describe('the line in CLAUDE.md', () => {
  const added: readonly (readonly [name: string, before: string, after: string])[] = [
    ['an empty file', '', '@AGENTS.md\n'],
    ['ordinary text', '# Claude\n', '# Claude\n\n@AGENTS.md\n'],
    ['no final line ending', '# Claude', '# Claude\n\n@AGENTS.md\n'],
    ['CRLF', '# Claude\r\n', '# Claude\r\n\r\n@AGENTS.md\r\n'],
    ['the import in a code span', 'Import with `@AGENTS.md`.\n', 'Import with `@AGENTS.md`.\n\n@AGENTS.md\n'],
    ['the import in a code block', '```\n@AGENTS.md\n```\n', '```\n@AGENTS.md\n```\n\n@AGENTS.md\n'],
    ['the import of another file', '@docs/AGENTS.md\n', '@docs/AGENTS.md\n\n@AGENTS.md\n'],
    ['an address', 'mail me@AGENTS.md\n', 'mail me@AGENTS.md\n\n@AGENTS.md\n'],
    ['the file’s name alone', 'See AGENTS.md.\n', 'See AGENTS.md.\n\n@AGENTS.md\n'],
  ]
  for (const [name, before, after] of added) {
    it(`is appended to ${name}`, () => {
      assert.deepEqual(planClaude(before), { file: 'CLAUDE.md', before, after, state: 'missing' })
      assert.equal(planClaude(after).state, 'current')
    })
  }

  const standing = [
    '@AGENTS.md',
    '\uFEFF@AGENTS.md\r\n',
    '# A\n\nSee @AGENTS.md for more.\n',
    '- @./AGENTS.md\n',
    'x @AGENTS.md, @b.md\n',
  ]
  for (const text of standing) {
    it(`is not needed in ${JSON.stringify(text)}`, () => {
      assert.deepEqual(planClaude(text), { file: 'CLAUDE.md', before: text, after: text, state: 'current' })
    })
  }

  it('is refused where a code block has no end', () => {
    assert.throws(() => planClaude('# A\n\n```\n@AGENTS.md\n'), /CLAUDE\.md line 3: the code block/)
  })
})
