import assert from 'node:assert/strict'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { describe, it } from 'node:test'
import { confirmationOf, invokeTool } from '../../src/agent/invoke.ts'
import type { Confirmation } from '../../src/agent/tool.ts'
import { closedPort } from '../cli/command-line.ts'
import { agentOn, apiWithLoop, type AgentProject } from './project.ts'

/** What a person is shown before a call. */
async function questionOf(agent: AgentProject, name: string, input: object): Promise<Confirmation> {
  const question = await confirmationOf(agent.session, name, input)
  assert.ok(question !== null && 'title' in question, JSON.stringify(question))
  return question
}

function carryOut(agent: AgentProject, name: string, input: object, shown: Confirmation | null) {
  const { signal } = new AbortController()
  const confirm = { shown, accepted: true }
  return invokeTool(agent.session, name, input, { signal, onProgress: () => undefined, confirm })
}

const refused = /^REFUSED It would do something else by now [^]*\nnext: call it again/

describe('a yes that was given before the call', () => {
  it('is bound to the start command, whole', async () => {
    const port = await closedPort()
    const long = `node -e "${' '.repeat(300)}process.exit(`
    const config = (end: string) =>
      JSON.stringify({ baseUrl: `http://127.0.0.1:${port}`, startCommand: `${long}${end})"` })
    await using agent = await agentOn({ ...apiWithLoop, 'headroom.config.json': config('1') })
    const call = ['headroom_load_test_route', { route: 'GET /users', max_users: 1 }] as const
    const shown = await questionOf(agent, ...call)
    await writeFile(join(agent.root, 'headroom.config.json'), config('2'))
    assert.match((await carryOut(agent, ...call, shown)).text, refused)
    assert.match((await carryOut(agent, ...call, null)).text, refused)
    const now = await questionOf(agent, ...call)
    assert.match((await carryOut(agent, ...call, now)).text, /^REFUSED The start command ended at once/)
  })

  it('is bound to the rows of a plan', async () => {
    const config = JSON.stringify({ database: 'sqlite:./app.sqlite' })
    await using agent = await agentOn({ ...apiWithLoop, 'headroom.config.json': config })
    using database = new DatabaseSync(join(agent.root, 'app.sqlite'))
    database.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
    const call = ['headroom_seed_data', { scale: 'small', dry_run: false }] as const
    const shown = await questionOf(agent, ...call)
    database.exec('CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT NOT NULL)')
    assert.match((await carryOut(agent, ...call, shown)).text, refused)
    assert.equal(database.prepare('SELECT count(*) AS rows FROM users').get()?.['rows'], 0)
    const now = await questionOf(agent, ...call)
    assert.match((await carryOut(agent, ...call, now)).text, /^SEEDED /)
  })
})
