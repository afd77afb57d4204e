import assert from 'node:assert/strict'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { parse } from 'jsonc-parser'
import { agentIds, type AgentId } from '../../../src/workflows/agent-setup/agent-setup.ts'
import { project, setUp } from './agent-project.ts'

const note = '.headroom/agent-files.json'
const frames = ['', '\n', '{}', '{}\n', '{\n}\n', '{ }\r\n', '\uFEFF{}', '{\n  // nothing yet\n}\n']
/** Files that hold nothing: agent, file, texts. */
const hollow: readonly [AgentId, string, readonly string[]][] = [
  ['claude', '.mcp.json', [...frames, '{"mcpServers":{}}', '{\n  "mcpServers": {\n  }\n}\n']],
  ['claude', '.claude/settings.json', [...frames, '{"hooks":{}}', '{"hooks":{"PostToolUse":[]}}\n']],
  ['cursor', '.cursor/hooks.json', [...frames, '{"version":1}', '{\n  "version": 1,\n  "hooks": {}\n}\n']],
  ['vscode', '.vscode/mcp.json', [...frames, '{\n\t"servers": {},\n\t"inputs": []\n}\n']],
  ['codex', '.codex/hooks.json', frames],
  ['codex', '.codex/config.toml', ['', '\n']],
]

describe('setting agents up and taking it out again', () => {
  for (const [agent, file, texts] of hollow) {
    it(`gives ${file} back that was there and held nothing, to the byte`, async () => {
      for (const text of texts) {
        await using at = await project({ [file]: text })
        assert.deepEqual((await setUp(at.root, [agent])).problems, [], JSON.stringify(text))
        const added = await at.read(file)
        assert.match(added, /headroom\/dist\/cli\.cjs/)
        assert.equal(added.includes('// nothing yet'), text.includes('// nothing yet'))
        if (file.endsWith('.json')) assert.ok(parse(added.replace('\uFEFF', '')))
        assert.deepEqual((await setUp(at.root, [agent])).changes, [], 'nothing the second time')
        const { changes } = await setUp(at.root, agentIds, true)
        assert.equal(await at.read(file), text)
        assert.ok(changes.every((change) => change.after === (change.file === file ? text : null)))
        const made = (await at.all()).filter((each) => !file.startsWith(`${each}/`))
        assert.deepEqual(made, [file], 'nothing else is left')
      }
    })
  }

  it('leaves an empty file there where nobody knows any more whose it is', async () => {
    await using at = await project({ '.claude/settings.json': '{}\n', '.cursor/rules/own.md': '' })
    await setUp(at.root, ['claude', 'cursor', 'codex'])
    await rm(join(at.root, '.headroom'), { recursive: true })
    const { changes } = await setUp(at.root, agentIds, true)
    assert.ok(changes.every(({ after }) => after !== null))
    for (const file of ['.mcp.json', '.claude/settings.json', '.cursor/mcp.json', '.codex/hooks.json']) {
      assert.deepEqual(JSON.parse(await at.read(file)), {}, file)
    }
    assert.deepEqual(JSON.parse(await at.read('.cursor/hooks.json')), { version: 1 })
    assert.equal(await at.read('.codex/config.toml'), '')
  })

  it('keeps a file that it made where somebody has added to it since, and takes it away where it was only laid out anew', async () => {
    await using at = await project()
    await setUp(at.root, ['claude'])
    const settings = parse(await at.read('.claude/settings.json'))
    await at.write('.claude/settings.json', JSON.stringify({ ...settings, model: 'opus' }))
    await at.write('.mcp.json', JSON.stringify(parse(await at.read('.mcp.json'))))
    await setUp(at.root, agentIds, true)
    assert.deepEqual(await at.all(), ['.claude', '.claude/settings.json'])
    assert.deepEqual(parse(await at.read('.claude/settings.json')), { model: 'opus' })
  })

  it('takes only those folders away that it made, and keeps what else is in .headroom', async () => {
    await using at = await project({ '.headroom/runs/1.json': '{}' })
    await mkdir(join(at.root, '.claude'))
    await setUp(at.root, agentIds)
    assert.ok((await at.all()).includes(note))
    await setUp(at.root, agentIds, true)
    assert.deepEqual(await at.all(), [
      '.claude',
      '.headroom',
      '.headroom/.gitignore',
      '.headroom/runs',
      '.headroom/runs/1.json',
    ])
  })

  it('forgets a file that was taken away by hand: one that comes after is not its own', async () => {
    await using at = await project()
    await setUp(at.root, ['claude'])
    await at.write('.mcp.json', '{}')
    await setUp(at.root, ['claude'])
    await setUp(at.root, agentIds, true)
    assert.deepEqual(await at.all(), ['.mcp.json'])
    assert.equal(await at.read('.mcp.json'), '{}')
  })

  it('leaves no note of files that were taken away by hand', async () => {
    await using at = await project()
    await setUp(at.root, ['claude'])
    await rm(join(at.root, '.mcp.json'))
    await setUp(at.root, agentIds, true)
    assert.deepEqual(await at.all(), [])
  })

  it('never notes what a file holds', async () => {
    await using at = await project({
      '.mcp.json': '{ "mcpServers": {}, "token": "secret" }',
      '.cursor/mcp.json': '{ "secret": [] }',
    })
    await setUp(at.root, ['claude', 'cursor'])
    const { files } = JSON.parse(await at.read(note))
    assert.deepEqual(Object.keys(files).toSorted(), ['.claude/settings.json', '.cursor/hooks.json'])
  })

  it('does without a note where .headroom leads out of the project', async () => {
    await using elsewhere = await project()
    await using at = await project()
    await symlink(elsewhere.root, join(at.root, '.headroom'), 'junction')
    await setUp(at.root, ['claude'])
    await setUp(at.root, ['claude'], true)
    assert.deepEqual(JSON.parse(await at.read('.mcp.json')), {})
    assert.deepEqual(await elsewhere.all(), [])
  })
})
