import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { parseHookEvent } from '../../../src/workflows/hook/event.ts'
import { locateLines } from '../../../src/workflows/hook/lines.ts'

/** The lines that an event's agent wrote, in a file as it stands: `3-4,7`. */
function lines(event: object, text: string): string {
  const writes = parseHookEvent(JSON.stringify(event))?.writes ?? []
  const { written } = locateLines(
    text,
    writes.flatMap(({ pieces }) => pieces),
  )
  return written
    .map(({ startLine, endLine }) => (startLine === endLine ? startLine : `${startLine}-${endLine}`))
    .join(',')
}

const claude = { session_id: 's', cwd: '/p', hook_event_name: 'PostToolUse' }
const code = [
  'import x',
  '',
  'function a() {',
  '  one()',
  '  two()',
  '}',
  '',
  'function b() {',
  '  one()',
  '}',
  '',
].join('\n')

describe('events of agents', () => {
  it('tells who calls by the shape of the event', () => {
    const edit = { file_path: '/p/a.ts', old_string: 'a', new_string: 'b' }
    const callers: [object, string][] = [
      [{ ...claude, tool_name: 'Edit', tool_input: edit }, 'Claude Code'],
      [{ ...claude, tool_name: 'apply_patch', turn_id: 't', tool_input: { command: '' } }, 'Codex'],
      [{ ...claude, tool_name: 'apply_patch', timestamp: 'x', tool_input: { input: '' } }, 'VS Code'],
      [
        {
          ...claude,
          tool_name: 'replace_string_in_file',
          tool_input: { filePath: '/p/a.ts', newString: '' },
        },
        'VS Code',
      ],
      [{ hookEventName: 'PostToolUse', cwd: '/p', tool_name: 'create_file', tool_input: {} }, 'VS Code'],
      [{ hook_event_name: 'afterFileEdit', file_path: '/p/a.ts', edits: [] }, 'Cursor'],
      [{ ...claude, cursor_version: '3', tool_name: 'Write', tool_input: {} }, 'Cursor'],
    ]
    for (const [event, caller] of callers) {
      assert.equal(parseHookEvent(JSON.stringify(event))?.caller, caller, JSON.stringify(event))
    }
  })

  it('takes what is no event for none, and other tools for nothing written', () => {
    for (const text of ['', 'x', 'null', '[]', '"PostToolUse"', '{}', '{"hook_event_name": 1}', '\u0000']) {
      assert.equal(parseHookEvent(text), null, text)
    }
    const odd: unknown[] = [
      null,
      [],
      1,
      { file_path: 1, content: 'x' },
      { file_path: '', content: 'x' },
      { edits: [null, 1] },
    ]
    for (const tool_input of odd) {
      assert.deepEqual(
        parseHookEvent(JSON.stringify({ ...claude, tool_name: 'Write', tool_input }))?.writes,
        [],
      )
    }
    const read = { ...claude, tool_name: 'Read', tool_input: { file_path: '/p/a.ts' } }
    assert.deepEqual(parseHookEvent(JSON.stringify(read))?.writes, [])
    const before = {
      ...read,
      hook_event_name: 'PreToolUse',
      tool_input: { file_path: '/p/a.ts', content: 'x' },
    }
    assert.deepEqual(parseHookEvent(JSON.stringify(before))?.writes, [])
  })

  it('keeps neither prompt nor session', () => {
    const event = {
      ...claude,
      prompt: 'SECRET',
      transcript_path: '/SECRET',
      session_id: 'SECRET',
      tool_name: 'Write',
    }
    assert.doesNotMatch(JSON.stringify(parseHookEvent(JSON.stringify(event))), /SECRET/)
  })
})

const input = (tool_input: object, rest: object = {}): object => ({
  ...claude,
  tool_name: 'Edit',
  tool_input,
  ...rest,
})

describe('lines that an agent wrote', () => {
  it('a replaced part: what was only repeated around it is left out', () => {
    const edit = {
      file_path: '/p/a.ts',
      old_string: 'function a() {\n}',
      new_string: 'function a() {\n  one()\n  two()\n}',
    }
    assert.equal(lines(input(edit), code), '4-5')
  })

  it('a part of one line', () => {
    assert.equal(lines(input({ file_path: '/p/a.ts', old_string: 'zwei', new_string: 'two' }), code), '5')
  })

  it('every occurrence, or the one that the patch names', () => {
    const edit = { file_path: '/p/a.ts', old_string: 'eins()', new_string: 'one()' }
    assert.equal(lines(input({ ...edit, replace_all: true }), code), '4,9')
    const hunk = { oldStart: 8, oldLines: 3, newStart: 9, newLines: 1, lines: ['-  eins()', '+  one()'] }
    assert.equal(lines(input(edit, { tool_response: { structuredPatch: [hunk] } }), code), '9')
  })

  it('a new file as a whole, and only the changed lines of one that was there', () => {
    assert.equal(
      lines({ ...claude, tool_name: 'Write', tool_input: { file_path: '/p/a.ts', content: code } }, code),
      '1-10',
    )
    const structuredPatch = [{ newStart: 3, lines: [' function a() {', '+  one()', '   two()', ' }'] }]
    const event = {
      ...claude,
      tool_name: 'Write',
      tool_input: { file_path: '/p/a.ts', content: code },
      tool_response: { structuredPatch },
    }
    assert.equal(lines(event, code), '4')
  })

  it('several edits at once, as Claude Code, Cursor and VS Code send them', () => {
    const edits = [
      { old_string: 'x', new_string: '  two()' },
      { old_string: '', new_string: 'function b() {' },
    ]
    assert.equal(lines(input({ file_path: '/p/a.ts', edits }), code), '5,8')
    assert.equal(lines({ hook_event_name: 'afterFileEdit', file_path: '/p/a.ts', edits }, code), '5,8')
    const replacements = [
      { filePath: '/p/a.ts', oldString: 'x', newString: '  two()' },
      { filePath: '/p/a.ts', oldString: '', newString: 'function b() {' },
    ]
    assert.equal(
      lines({ ...claude, tool_name: 'multi_replace_string_in_file', tool_input: { replacements } }, code),
      '5,8',
    )
  })

  it('patches of Codex and VS Code, with files added, moved and removed', () => {
    const patch = [
      '*** Begin Patch',
      '*** Update File: old.ts',
      '*** Move to: a.ts',
      '@@ function a() {',
      ' function a() {',
      '+  one()',
      '   two()',
      '@@',
      '-  eins()',
      '+  one()',
      ' }',
      '*** Delete File: gone.ts',
      '*** End Patch',
    ].join('\n')
    for (const tool_input of [{ command: patch }, { input: patch }]) {
      const event = { ...claude, tool_name: 'apply_patch', tool_input }
      assert.deepEqual(
        parseHookEvent(JSON.stringify(event))?.writes.map(({ path }) => path),
        ['a.ts'],
      )
      assert.equal(lines(event, code), '4,9')
    }
    const added = `*** Begin Patch\n*** Add File: a.ts\n${code
      .split('\n')
      .slice(0, -1)
      .map((each) => `+${each}`)
      .join('\n')}\n*** End Patch`
    assert.equal(lines({ ...claude, tool_name: 'apply_patch', tool_input: { command: added } }, code), '1-10')
  })

  it('CRLF on disk or in the event', () => {
    const edit = {
      file_path: '/p/a.ts',
      old_string: 'function a() {\n}',
      new_string: 'function a() {\r\n  one()\r\n  two()\r\n}',
    }
    assert.equal(lines(input(edit), code), '4-5')
    assert.equal(lines(input(edit), code.replaceAll('\n', '\r\n')), '4-5')
  })

  it('after a formatter was at work', () => {
    const edit = {
      file_path: '/p/a.ts',
      old_string: 'function a() {\n}',
      new_string: 'function a() {\n      one( );\n      two( "x" );\n}',
    }
    assert.equal(lines(input(edit), code.replace('two()', "two('x')")), '4-5')
  })

  it('nothing where it cannot be found', () => {
    const edit = { file_path: '/p/a.ts', old_string: 'x', new_string: 'somethingElse()\nentirely()' }
    assert.equal(lines(input(edit), code), '')
    assert.equal(lines(input({ ...edit, new_string: '' }), code), '')
  })

  it('a removed line touches those beside it', () => {
    const hunk = { newStart: 3, lines: [' function a() {', '-  limit()', '   one()'] }
    const event = {
      ...claude,
      tool_name: 'Edit',
      tool_input: { file_path: '/p/a.ts' },
      tool_response: { structuredPatch: [hunk] },
    }
    const { written, touched } = locateLines(
      code,
      parseHookEvent(JSON.stringify(event))?.writes[0]?.pieces ?? [],
    )
    assert.deepEqual(written, [])
    assert.deepEqual(touched, [{ startLine: 3, endLine: 4 }])
  })

  it('a large file written over and over stays within a tenth of a second a piece', () => {
    const large = Array.from({ length: 20_000 }, (_, at) => `  call${at}(x, y)`).join('\n')
    const pieces = [
      { before: '', after: large.split('\n').toReversed().join('\n'), everywhere: true, line: null },
    ]
    const startedAt = performance.now()
    locateLines(large, pieces)
    assert.ok(performance.now() - startedAt < 1_000)
  })

  it('all pieces together have one time, and what does not fit into it is left out', () => {
    const disk = Array.from({ length: 12_000 }, (_, at) => `  call${at}(x, y)`)
    const edited = disk.map((line, at) => (at % 3 === 0 ? line.replace('x', 'z') : line)).toReversed()
    const piece = { before: '', after: edited.join('\n'), everywhere: false, line: null }
    const startedAt = performance.now()
    locateLines(
      disk.join('\n'),
      Array.from({ length: 80 }, () => piece),
    )
    assert.ok(performance.now() - startedAt < 1_500)
    const small = { before: '', after: 'call1(x, y)', everywhere: false, line: null }
    assert.deepEqual(locateLines(disk.join('\n'), [small], { left: 0 }), { written: [], touched: [] })
  })
})
