import assert from 'node:assert/strict'
import { readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'jsonc-parser'
import {
  agentIds,
  carryOutSetup,
  planAgentSetup,
  usedAgents,
  type AgentId,
} from '../../../src/workflows/agent-setup/agent-setup.ts'
import { cliFile, project, setUp } from './agent-project.ts'

const ownHook = `node ${cliFile} hook`
const other = '"command": "prettier --write"'

/** Files as people have them: agent, file, text. Each gets the entry once, keeps all else, and is the same again after. */
const shapes: readonly [string, AgentId, string, string][] = [
  [
    'another server',
    'claude',
    '.mcp.json',
    '{\n  "mcpServers": {\n    "db": {\n      "command": "db-mcp",\n      "args": ["--ro"]\n    }\n  }\n}\n',
  ],
  [
    'no newline at the end',
    'claude',
    '.mcp.json',
    '{\n  "mcpServers": {\n    "db": { "command": "db-mcp" }\n  }\n}',
  ],
  [
    'CRLF',
    'claude',
    '.mcp.json',
    '{\r\n  "mcpServers": {\r\n    "db": { "command": "db-mcp" }\r\n  }\r\n}\r\n',
  ],
  ['tabs', 'cursor', '.cursor/mcp.json', '{\n\t"mcpServers": {\n\t\t"db": { "command": "db-mcp" }\n\t}\n}\n'],
  [
    'four blanks',
    'vscode',
    '.vscode/mcp.json',
    '{\n    "servers": {\n        "db": { "url": "http://localhost:1/mcp" }\n    }\n}\n',
  ],
  [
    'comments around',
    'vscode',
    '.vscode/mcp.json',
    '// ours\n{\n  // inputs come first\n  "inputs": [],\n  "servers": {\n    /* the database */\n    "db": { "command": "db-mcp" } // read only\n    // more to come\n  }\n}\n// end\n',
  ],
  [
    'a trailing comma',
    'vscode',
    '.vscode/mcp.json',
    '{\n  "servers": {\n    "db": { "command": "db-mcp" },\n  },\n}\n',
  ],
  ['on one line', 'claude', '.mcp.json', '{"mcpServers": {"db": {"command": "db-mcp"}}}'],
  ['other properties only', 'claude', '.mcp.json', '{\n  "note": "by hand"\n}\n'],
  [
    'a byte order mark',
    'claude',
    '.mcp.json',
    '\uFEFF{\n  "mcpServers": {\n    "db": { "command": "db-mcp" }\n  }\n}\n',
  ],
  [
    'names that look like ours',
    'claude',
    '.mcp.json',
    '{\n  "mcpServers": {\n    "headroom-staging": { "command": "npx", "args": ["headroom"] }\n  }\n}\n',
  ],
  [
    'permissions only',
    'claude',
    '.claude/settings.json',
    '{\n  "permissions": {\n    "allow": ["Bash(npm test)"]\n  }\n}\n',
  ],
  [
    'another hook',
    'claude',
    '.claude/settings.json',
    `{\n  "hooks": {\n    "PostToolUse": [\n      {\n        "matcher": "Write",\n        "hooks": [{ "type": "command", ${other} }]\n      }\n    ]\n  }\n}\n`,
  ],
  [
    'hooks of other events',
    'claude',
    '.claude/settings.json',
    `{\n  "hooks": {\n    "Stop": [{ "hooks": [{ "type": "command", ${other} }] }]\n  }\n}\n`,
  ],
  [
    'hooks on one line with a comment',
    'claude',
    '.claude/settings.json',
    `{\n  "hooks": { "PostToolUse": [{ "matcher": "Edit", "hooks": [{ "type": "command", ${other} }] }] } // format\n}\n`,
  ],
  [
    'comments in the list',
    'claude',
    '.claude/settings.json',
    `{\n  "hooks": {\n    "PostToolUse": [\n      // keeps files tidy\n      { "matcher": "Edit", "hooks": [{ "type": "command", ${other} }] }, // last\n      // and no more\n    ]\n  }\n}\n`,
  ],
  [
    'a hook that is nearly ours',
    'claude',
    '.claude/settings.json',
    '{\n  "hooks": {\n    "PostToolUse": [\n      { "matcher": "Edit", "hooks": [{ "type": "command", "command": "headroom-lint hook" }] }\n    ]\n  }\n}\n',
  ],
  [
    'Cursor hooks',
    'cursor',
    '.cursor/hooks.json',
    `{\n  "version": 1,\n  "hooks": {\n    "afterFileEdit": [\n      { ${other} }\n    ],\n    "stop": [{ "command": "./done.sh" }]\n  }\n}\n`,
  ],
  [
    'Cursor hooks with CRLF and tabs',
    'cursor',
    '.cursor/hooks.json',
    `{\r\n\t"version": 1,\r\n\t"hooks": {\r\n\t\t"stop": [{ "command": "./done.sh" }]\r\n\t}\r\n}\r\n`,
  ],
  [
    'Codex hooks',
    'codex',
    '.codex/hooks.json',
    `{\n  "description": "team",\n  "hooks": {\n    "PostToolUse": [{ "matcher": "Bash", "hooks": [{ "type": "command", ${other} }] }]\n  }\n}\n`,
  ],
  [
    'TOML with other servers',
    'codex',
    '.codex/config.toml',
    'model = "gpt-5"\n\n[mcp_servers.db] # the database\ncommand = "db-mcp"\n',
  ],
  [
    'TOML with CRLF',
    'codex',
    '.codex/config.toml',
    'model = "gpt-5"\r\n\r\n[mcp_servers.db]\r\ncommand = "db-mcp"\r\n',
  ],
  ['TOML without a newline at its end', 'codex', '.codex/config.toml', 'model = "gpt-5"'],
  [
    'VS Code hooks beside ours',
    'vscode',
    '.github/hooks/headroom.json',
    `{\n  "version": 1,\n  "hooks": {\n    "PostToolUse": [{ "type": "command", ${other} }]\n  }\n}\n`,
  ],
]

/** Settings with a group of hooks that is not ours alone. */
function shared(mine: string): string {
  return `{\n  "hooks": {\n    "PostToolUse": [\n      {\n        "matcher": "Write",\n        "hooks": [\n          ${mine}{ "type": "command", ${other} }\n        ]\n      }\n    ]\n  }\n}\n`
}

describe('setting agents up', () => {
  for (const [name, agent, file, text] of shapes) {
    it(`${file} with ${name}: added once, all else kept, taken out again to the byte`, async () => {
      await using at = await project({ [file]: text })
      assert.deepEqual((await setUp(at.root, [agent])).problems, [])
      const added = await at.read(file)
      assert.match(added, /headroom\/dist\/cli\.cjs/)
      assert.equal(added.split('headroom/dist/cli.cjs').length, 2, 'once')
      for (const [comment] of text.matchAll(/\/\/ .*|\/\*.*\*\/|# .*/g))
        assert.ok(added.includes(comment), comment)
      if (file.endsWith('.json')) {
        assertKept(parse(text.replace('\uFEFF', '')), parse(added.replace('\uFEFF', '')))
      }
      assert.equal(added.includes('\r\n'), text.includes('\r\n'))
      if (text.includes('\r\n')) assert.doesNotMatch(added, /[^\r]\n/)
      if (text.includes('\n\t"')) assert.doesNotMatch(added, /^ +"/m)
      assert.deepEqual((await setUp(at.root, [agent])).changes, [], 'nothing the second time')
      await setUp(at.root, agentIds, true)
      assert.equal(await at.read(file), text)
      const made = (await at.all()).filter((each) => !file.startsWith(`${each}/`))
      assert.deepEqual(made, [file], 'nothing else is left')
    })
  }

  it('makes the files that are missing, and takes them away with their folders', async () => {
    await using at = await project({ 'package.json': '{}\n' })
    const { changes, problems } = await setUp(at.root, agentIds)
    assert.deepEqual(problems, [])
    assert.equal(changes.length, 8)
    const read = async (file: string): Promise<unknown> => JSON.parse(await at.read(file))
    const served = { command: 'node', args: [cliFile, 'mcp'] }
    const inFolder = { command: 'node', args: [cliFile, 'mcp', '${workspaceFolder}'] }
    assert.deepEqual(await read('.mcp.json'), { mcpServers: { headroom: served } })
    assert.deepEqual(await read('.cursor/mcp.json'), { mcpServers: { headroom: inFolder } })
    assert.deepEqual(await read('.vscode/mcp.json'), {
      servers: { headroom: { type: 'stdio', ...inFolder } },
    })
    const hook = { type: 'command', command: ownHook, timeout: 10 }
    assert.deepEqual(await read('.claude/settings.json'), {
      hooks: { PostToolUse: [{ matcher: 'Edit|Write|MultiEdit|NotebookEdit', hooks: [hook] }] },
    })
    assert.deepEqual(await read('.cursor/hooks.json'), {
      version: 1,
      hooks: { afterFileEdit: [{ command: ownHook }] },
    })
    assert.deepEqual(await read('.github/hooks/headroom.json'), {
      version: 1,
      hooks: { PostToolUse: [hook] },
    })
    assert.deepEqual(await read('.codex/hooks.json'), {
      hooks: { PostToolUse: [{ matcher: 'apply_patch|Edit|Write', hooks: [hook] }] },
    })
    assert.match(await at.read('.codex/config.toml'), /^\[mcp_servers\.headroom\]\ncommand = "node"$/m)
    await setUp(at.root, agentIds, true)
    assert.deepEqual(await at.all(), ['package.json'])
  })

  it('leaves files alone that are broken or have another form, and says why', async () => {
    const broken: [AgentId, string, string, RegExp][] = [
      [
        'claude',
        '.mcp.json',
        '{\n  "mcpServers": {\n',
        /^\.mcp\.json is not JSON at line 3; it is left alone\.$/,
      ],
      ['claude', '.mcp.json', '[]', /^\.mcp\.json holds no object; it is left alone\.$/],
      ['claude', '.mcp.json', '{"mcpServers": []}', /^"mcpServers" in \.mcp\.json has another form/],
      [
        'claude',
        '.mcp.json',
        '{"mcpServers": {"headroom": {"url": "http://localhost:1"}}}',
        /another server named headroom/,
      ],
      [
        'claude',
        '.mcp.json',
        '{"mcpServers": {"headroom": {"command": "mine", "args": ["mcp"]}}}',
        /another server named headroom/,
      ],
      [
        'claude',
        '.claude/settings.json',
        '{"hooks": {"PostToolUse": {}}}',
        /^"hooks\.PostToolUse" in .* has another form/,
      ],
      ['cursor', '.cursor/hooks.json', '<<<<<<< HEAD\n{}', /^\.cursor\/hooks\.json is not JSON at line 1/],
      ['codex', '.codex/config.toml', '[mcp_servers.headroom]\ncommand = "x"\n', /written by someone else/],
      [
        'codex',
        '.codex/config.toml',
        'mcp_servers = { db = { command = "x" } }\n',
        /written by someone else/,
      ],
      ['codex', '.codex/config.toml', '# headroom:begin\n[mcp_servers.headroom]\n', /not a pair/],
      ['codex', '.codex/config.toml', 'text = """\nno end\n', /is not TOML/],
    ]
    for (const [agent, file, text, says] of broken) {
      await using at = await project({ [file]: text })
      const { problems } = await setUp(at.root, [agent])
      assert.equal(problems.length, 1, text)
      assert.match(problems[0] ?? '', says)
      assert.equal(await at.read(file), text)
    }
  })

  it('leaves files alone that a link leads out to, or that are not UTF-8, also when that comes about later', async () => {
    await using elsewhere = await project({ 'mcp.json': '{}\n' })
    await using at = await project({ '.claude/settings.json': '{}\n' })
    await symlink(join(elsewhere.root, 'mcp.json'), join(at.root, '.mcp.json'))
    await symlink(elsewhere.root, join(at.root, '.codex'), 'junction')
    const latin = Buffer.from('{ "name": "Gr\xF6\xDFe" }\n', 'latin1')
    await writeFile(join(at.root, '.claude/settings.json'), latin)
    const { changes, problems } = await setUp(at.root, ['claude', 'codex'])
    assert.deepEqual(changes, [])
    assert.deepEqual(problems, [
      '.mcp.json is a link that leads out of the project; it is left alone.',
      '.claude/settings.json is not UTF-8. Save it as UTF-8, then try again.',
      '.codex/config.toml is a link that leads out of the project; it is left alone.',
      '.codex/hooks.json is a link that leads out of the project; it is left alone.',
    ])
    await rm(join(at.root, '.mcp.json'))
    const plan = await planAgentSetup(at.root, { agents: ['claude'], remove: false, cliFile, withTools: [] })
    await symlink(join(elsewhere.root, 'mcp.json'), join(at.root, '.mcp.json'))
    await assert.rejects(carryOutSetup(plan), /leads out of the project/)
    assert.deepEqual([await elsewhere.all(), await elsewhere.read('mcp.json')], [['mcp.json'], '{}\n'])
    assert.deepEqual(await readFile(join(at.root, '.claude/settings.json')), latin)
  })

  it('brings entries of an older version up to date, and keeps what others put into them', async () => {
    const old = '/old/headroom-0.0.9/dist/cli.cjs'
    await using at = await project({
      '.mcp.json': `{\n  "mcpServers": {\n    "headroom": {\n      "command": "npx",\n      "args": ["headroom", "mcp"],\n      "env": { "A": "1" } // mine\n    }\n  }\n}\n`,
      '.claude/settings.json': `{\n  "hooks": {\n    "PostToolUse": [\n      { "matcher": "Edit", "hooks": [{ "type": "command", "command": "node ${old} hook" }] }\n    ]\n  }\n}\n`,
      '.codex/config.toml':
        'model = "x"\n\n# headroom:begin v0\n[mcp_servers.headroom]\ncommand = "headroom"\n# headroom:end\n\n[tui]\nx = 1\n',
    })
    await setUp(at.root, ['claude', 'codex'])
    const servers = parse(await at.read('.mcp.json')).mcpServers
    assert.deepEqual(servers.headroom, { command: 'node', args: [cliFile, 'mcp'], env: { A: '1' } })
    assert.match(await at.read('.mcp.json'), /"env": \{ "A": "1" \} \/\/ mine/)
    assert.deepEqual(parse(await at.read('.claude/settings.json')).hooks.PostToolUse, [
      {
        matcher: 'Edit|Write|MultiEdit|NotebookEdit',
        hooks: [{ type: 'command', command: ownHook, timeout: 10 }],
      },
    ])
    const toml = await at.read('.codex/config.toml')
    assert.match(
      toml,
      /^model = "x"\n\n# headroom:begin .*\n\[mcp_servers\.headroom\]\ncommand = "node"\nargs = .*\ntool_timeout_sec = 1800\n# headroom:end\n\n\[tui\]\nx = 1\n$/,
    )
  })

  it('takes its hook out of a group that others share, and leaves theirs', async () => {
    await using at = await project({
      '.claude/settings.json': shared(
        `{ "type": "command", "command": "${ownHook}", "timeout": 10 },\n          `,
      ),
    })
    await setUp(at.root, ['claude'])
    assert.equal(parse(await at.read('.claude/settings.json')).hooks.PostToolUse[0].matcher, 'Write')
    await setUp(at.root, ['claude'], true)
    assert.equal(await at.read('.claude/settings.json'), shared(''))
  })

  it("names the project's own Headroom, with nothing of this machine", async () => {
    await using at = await project({
      'package.json': '{ "devDependencies": { "headroom": "^0.1.0" } }',
      'node_modules/headroom/package.json': '{ "name": "headroom", "bin": { "headroom": "./dist/cli.cjs" } }',
      'node_modules/headroom/dist/cli.cjs': '',
    })
    const { changes, notes } = await setUp(at.root, agentIds)
    const written = changes.map(({ after }) => after).join('\n')
    assert.doesNotMatch(written, new RegExp(at.root))
    assert.doesNotMatch(written, /\/opt\/headroom/)
    assert.match(
      written,
      /node \\"\$\{CLAUDE_PROJECT_DIR:-\.\}\/node_modules\/headroom\/dist\/cli\.cjs\\" hook/,
    )
    assert.ok(!notes.some((note) => note.includes("don't commit")))
    await at.write('node_modules/headroom/package.json', '{}')
    const npx = await planAgentSetup(at.root, { agents: ['claude'], remove: false, cliFile, withTools: [] })
    assert.match(npx.changes.map(({ after }) => after).join(''), /npx --no-install headroom hook/)
  })

  it('names the hook of its own where there is one, because it loads faster', async () => {
    await using at = await project({
      'tools/head room/cli.cjs': '',
      'tools/head room/headroom-hook.cjs': '',
    })
    const order = { agents: ['cursor'], remove: false, withTools: ['cursor'] } as const
    const own = join(at.root, 'tools/head room/cli.cjs')
    await carryOutSetup(await planAgentSetup(at.root, { ...order, cliFile: own }))
    const [{ command }] = parse(await at.read('.cursor/hooks.json')).hooks.afterFileEdit
    assert.equal(command, `node "${at.root}/tools/head room/headroom-hook.cjs"`)
    await setUp(at.root, ['cursor'], false, ['cursor'])
    assert.deepEqual(parse(await at.read('.cursor/hooks.json')).hooks.afterFileEdit, [{ command: ownHook }])
  })

  it('says that files with the path of this machine are not for others', async () => {
    await using at = await project()
    assert.match((await setUp(at.root, ['claude'])).notes.join(' '), /don't commit them/)
  })

  it('writes no server for an agent that has the tools already', async () => {
    await using at = await project()
    const { changes } = await setUp(at.root, ['vscode'], false, ['vscode'])
    assert.deepEqual(
      changes.map(({ file }) => file),
      ['.github/hooks/headroom.json'],
    )
  })

  it('writes through a link, and keeps it', { skip: process.platform === 'win32' }, async () => {
    await using at = await project({ 'shared/mcp.json': '{}' })
    await symlink(join(at.root, 'shared/mcp.json'), join(at.root, '.mcp.json'))
    await setUp(at.root, ['claude'])
    assert.match(await at.read('shared/mcp.json'), /headroom/)
  })

  it('recognises agents by the project, and else by the machine', async () => {
    await using at = await project({ 'CLAUDE.md': '', '.github/instructions/a.md': '' })
    await using home = await project({ '.cursor/argv.json': '', '.claude/x': '' })
    assert.deepEqual(await usedAgents(at.root, home.root), [
      { agent: 'claude', sign: 'CLAUDE.md' },
      { agent: 'cursor', sign: '~/.cursor' },
      { agent: 'vscode', sign: '.github/instructions' },
    ])
  })
})

/** Everything that was there is there still. */
function assertKept(before: unknown, after: unknown): void {
  if (Array.isArray(before) && Array.isArray(after)) {
    before.forEach((item, index) => assertKept(item, after[index]))
  } else if (typeof before === 'object' && before !== null) {
    for (const [key, value] of Object.entries(before)) {
      assert.ok(typeof after === 'object' && after !== null && key in after, key)
      assertKept(value, Reflect.get(after, key))
    }
  } else assert.deepEqual(after, before)
}
