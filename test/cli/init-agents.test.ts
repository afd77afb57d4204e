import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { headroom } from './command-line.ts'

const allAgents = ['--for', 'claude,cursor,vscode,codex'] as const

describe('headroom init-agents', () => {
  let root = ''
  before(async () => {
    root = await mkdtemp(join(tmpdir(), 'headroom-init-'))
    await writeFile(join(root, 'package.json'), '{}\n')
    await mkdir(join(root, '.claude'))
  })
  after(() => rm(root, { recursive: true, force: true }))

  const files = async (): Promise<string[]> =>
    (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .toSorted()

  it('prints what would change, and changes nothing', async () => {
    const { exitCode, stdout, stderr } = await headroom(root, 'init-agents', ...allAgents, '--dry-run')
    assert.equal(exitCode, 0)
    assert.match(stdout, /^\+\+\+ b\/\.mcp\.json$/m)
    assert.match(stdout, /^\+ +"headroom": \{$/m)
    assert.match(stderr, /^Would change \.mcp\.json, /m)
    assert.deepEqual(await files(), ['package.json'])
  })

  it('sets up the agents that it sees, says why, and changes nothing the second time', async () => {
    const { stderr } = await headroom(root, 'init-agents')
    assert.match(stderr, /^Claude Code: there is \.claude$/m)
    assert.match(stderr, /^Changed \.mcp\.json, \.claude\/settings\.json/m)
    assert.match(stderr, /don't commit them/)
    const again = await headroom(root, 'init-agents', '.', '--for', 'claude')
    assert.deepEqual([again.exitCode, again.stdout, again.stderr], [0, '', 'Nothing to change.\n'])
  })

  it('takes everything out again', async () => {
    await headroom(root, 'init-agents', ...allAgents)
    assert.equal((await files()).filter((file) => !file.startsWith('.headroom/')).length, 9)
    const { exitCode, stderr } = await headroom(root, 'init-agents', '--remove')
    assert.equal(exitCode, 0)
    assert.match(stderr, /\.mcp\.json \(removed\)/)
    assert.deepEqual(await files(), ['package.json'])
    assert.equal((await headroom(root, 'init-agents', '--remove')).stderr, 'Nothing to change.\n')
  })

  it('leaves a broken file alone, does the others, and says so by its exit code', async () => {
    await writeFile(join(root, '.mcp.json'), '{ "mcpServers": ')
    const { exitCode, stderr } = await headroom(root, 'init-agents', '--for', 'claude')
    assert.equal(exitCode, 2)
    assert.match(stderr, /^\.mcp\.json is not JSON at line 1; it is left alone\.$/m)
    assert.equal(await readFile(join(root, '.mcp.json'), 'utf8'), '{ "mcpServers": ')
    assert.match(await readFile(join(root, '.claude/settings.json'), 'utf8'), / hook"/)
  })

  it('refuses an agent that it does not know, and a folder that is not there', async () => {
    const unknown = await headroom(root, 'init-agents', '--for', 'emacs')
    assert.equal(unknown.exitCode, 2)
    assert.match(unknown.stderr, /There is no agent "emacs"\. Headroom knows claude, cursor, vscode, codex\./)
    const nowhere = await headroom(root, 'init-agents', 'nowhere', '--for', 'claude')
    assert.equal(nowhere.exitCode, 2)
    assert.match(nowhere.stderr, /There is no folder .*nowhere\./)
  })
})
