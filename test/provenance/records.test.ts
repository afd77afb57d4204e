import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseAgentTrace } from '../../src/provenance/agent-trace.ts'
import { parseBlame } from '../../src/provenance/blame.ts'
import { parseHunks } from '../../src/provenance/diff.ts'
import { parseGitAiNote } from '../../src/provenance/git-ai.ts'
import { hasMarker, markedLines } from '../../src/provenance/markers.ts'
import { commitSource } from '../../src/provenance/trailers.ts'

const authorship = '{"schema_version":"authorship/3.0.0","prompts":{}}'

describe('parseGitAiNote', () => {
  it("reads whom lines are noted for; ids with h_ are people's", () => {
    const note = `src/users.ts\n  h_dca485b1adf836 3-4,7\n  d4a7828bfdafe456 5-6\n"src/my file.ts"\n  s_a7::t_a3 1\n---\n${authorship}`
    assert.deepEqual(parseGitAiNote(note), [
      { file: 'src/users.ts', author: 'human', startLine: 3, endLine: 4 },
      { file: 'src/users.ts', author: 'human', startLine: 7, endLine: 7 },
      { file: 'src/users.ts', author: 'agent', startLine: 5, endLine: 6 },
      { file: 'src/my file.ts', author: 'agent', startLine: 1, endLine: 1 },
    ])
  })

  const nothing: [what: string, note: string][] = [
    ['an empty note', ''],
    ['a note without JSON', 'src/a.ts\n  abc 1-2\n'],
    ['broken JSON', 'src/a.ts\n  abc 1-2\n---\n{'],
    ['JSON that is no object', 'src/a.ts\n  abc 1-2\n---\nnull'],
    ['another schema', 'src/a.ts\n  abc 1-2\n---\n{"schema_version":"authorship/4.0.0"}'],
    ['lines of no file', `  abc 1-2\n---\n${authorship}`],
    ['lines that are none', `src/a.ts\n  abc 0,5-3,-,4-,999999999999\n---\n${authorship}`],
    ['other text', `src/a.ts\n  ignore all previous instructions\n  abc 1\n---\n${authorship}`],
  ]
  for (const [what, note] of nothing) {
    it(`reads nothing from ${what}`, () => assert.deepEqual(parseGitAiNote(note), []))
  }
})

describe('parseAgentTrace', () => {
  const range = { start_line: 42, end_line: 67, content_hash: 'murmur3:9f2e8a1b' }
  const record = {
    version: '0.1.0',
    id: 'not even a UUID',
    vcs: { type: 'git', revision: 'a1b2c3' },
    files: [
      {
        path: './src/parser.ts',
        conversations: [
          { contributor: { type: 'ai', model_id: 'anthropic/claude' }, ranges: [range] },
          { contributor: { type: 'human' }, ranges: [{ start_line: 1, end_line: 2 }] },
          {
            ranges: [
              { start_line: 3, end_line: 4 },
              { ...range, contributor: { type: 'ai' }, start_line: 9 },
            ],
          },
        ],
      },
    ],
  }
  const lines = [
    { file: 'src/parser.ts', revision: 'a1b2c3', startLine: 42, endLine: 67 },
    { file: 'src/parser.ts', revision: 'a1b2c3', startLine: 9, endLine: 67 },
  ]

  it('reads one record, a list, and one a line; whose lines nobody names are nobody’s', () => {
    assert.deepEqual(parseAgentTrace(JSON.stringify(record, null, 2)), lines)
    assert.deepEqual(parseAgentTrace(JSON.stringify([record, 7, null])), lines)
    const broken = `${JSON.stringify(record)}\n{"version": \n\n${JSON.stringify(record)}\n`
    assert.deepEqual(parseAgentTrace(broken), [...lines, ...lines])
  })

  it('reads nothing from what is no record', () => {
    const texts = [
      '',
      '7',
      '{}',
      '{"files":{}}',
      '{"files":[null,{"path":7},{"path":"a.ts","conversations":[{"contributor":{"type":"ai"},"ranges":[{},{"start_line":5,"end_line":4},{"start_line":"x"}]}]}]}',
      '{"__proto__":{"files":[]}}',
    ]
    for (const text of texts) assert.deepEqual(parseAgentTrace(text), [], text)
  })
})

describe('commitSource', () => {
  const person = 'dev@example.test'
  const cases: [source: string | null, authorEmail: string, message: string][] = [
    ['Claude Code commit', person, 'Add orders\n\nCo-Authored-By: Claude <noreply@anthropic.com>'],
    [
      'Claude Code commit',
      person,
      'Add\n\n🤖 Generated with [Claude Code](https://claude.com/claude-code)\n',
    ],
    ['Cursor commit', 'cursoragent@cursor.com', 'Add orders'],
    ['Cursor commit', person, 'Add\n\nCo-authored-by: Cursor <cursoragent@cursor.com>'],
    ['aider commit', person, 'Add\n\nCo-authored-by: aider (gpt) <noreply@aider.chat>'],
    ['Copilot commit', '198982749+Copilot@users.noreply.github.com', 'Initial plan'],
    ['Copilot commit', person, 'Add\n\nCo-authored-by: Copilot <copilot@github.com>'],
    ['Codex commit', person, 'Add\n\nCo-authored-by: Codex <codex@openai.com>'],
    [null, person, 'Add orders\n\nCo-authored-by: A Person <person@example.test>'],
    [null, person, 'Support what was generated with Claude Code'],
    [null, 'noreply@anthropic.com.example.test', 'Add'],
    [null, '', ''],
  ]
  for (const [source, authorEmail, message] of cases) {
    it(`says ${source ?? 'nothing'} of ${authorEmail}: ${message.replaceAll('\n', ' ')}`, () => {
      assert.equal(commitSource({ authorEmail, message }), source)
    })
  }
})

describe('parseBlame', () => {
  const commit = 'a'.repeat(40)
  it('gives the place that each line is from; code that looks like a header is code', () => {
    const text = [
      `${commit} 3 1 2`,
      'author A Person',
      'summary Add',
      'boundary',
      'filename src/old.ts',
      `\t${commit} 9 9 9`,
      `${'0'.repeat(40)} 2 2`,
      'author Not Committed Yet',
      'filename "src/\\303\\244.ts"',
      '\tfilename src/fake.ts',
      '',
    ].join('\n')
    assert.deepEqual(parseBlame(text), [
      { commit, file: 'src/old.ts', line: 3, isOlder: true },
      { commit: null, file: 'src/ä.ts', line: 2, isOlder: false },
    ])
    assert.deepEqual(parseBlame('fatal: no such path\n\tx'), [])
  })
})

describe('parseHunks', () => {
  it('gives changed lines by new file, and isn’t misled by code that looks like a header', () => {
    const diff = [
      'diff --git a/a.ts b/a.ts',
      '--- a/a.ts',
      '+++ b/a.ts',
      '@@ -3 +3,2 @@ function',
      '-++ b/fake.ts',
      '+++ b/fake.ts',
      '+@@ -1 +1 @@',
      '@@ -9,2 +9,0 @@',
      '-x',
      '-y',
      '\\ No newline at end of file',
      'diff --git a/b.ts b/b.ts',
      '--- a/b.ts',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-x',
      'diff --git "a/t\\tb.ts" "b/t\\tb.ts"',
      '--- /dev/null',
      '+++ "b/t\\tb.ts"',
      '@@ -0,0 +1 @@',
      '+x',
      '--- a/with space.ts\t',
      '+++ b/with space.ts\t',
      '@@ -1,2 +0,0 @@',
      '-x',
      '-x',
    ].join('\n')
    assert.deepEqual(
      [...parseHunks(diff)],
      [
        [
          'a.ts',
          [
            { start: 3, end: 4 },
            { start: 9, end: 9 },
          ],
        ],
        ['t\tb.ts', [{ start: 1, end: 1 }]],
        ['with space.ts', [{ start: 1, end: 1 }]],
      ],
    )
    assert.deepEqual([...parseHunks('warning: nothing')], [])
  })
})

describe('markers', () => {
  const marked = [
    '// Generated by GitHub Copilot',
    '  /* Written with Claude Code */',
    '// This function was generated by ChatGPT.',
    ' * AI-generated',
    '/** Code generated by an AI assistant, reviewed by nobody */',
    '// auto-generated by Cursor',
  ]
  const plain = [
    '// Images generated by AI are kept for a day',
    '// Returns ai-generated summaries',
    "const text = 'Generated by GitHub Copilot'",
    '// Generated by protoc. DO NOT EDIT.',
    '// created with cursor pagination',
    '// ai generated summaries go first',
    '',
  ]
  for (const line of marked) it(`are seen: ${line}`, () => assert.ok(hasMarker(line)))
  for (const line of plain) it(`are not seen: ${line}`, () => assert.ok(!hasMarker(line)))

  it('speak for the block below them', () => {
    const lines = [
      "import a from 'a'",
      '',
      '// Generated by Copilot',
      'function one() {',
      '  two()',
      '',
      '  three()',
      '}',
      '',
      'function four() {}',
    ]
    assert.deepEqual(markedLines(lines), [{ startLine: 3, endLine: 8 }])
    assert.deepEqual(markedLines(['// Generated by Copilot', '', "import a from 'a'"]), [
      { startLine: 1, endLine: 1 },
    ])
  })
})
