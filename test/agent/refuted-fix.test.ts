import assert from 'node:assert/strict'
import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { closedPort } from '../cli/command-line.ts'
import { agentOn, type AgentProject } from './project.ts'

const route = 'GET /items'
const before = "export const items = () => [1, 2, 3].map((id) => ({ id, name: 'item' }))\n"
/** What clients get is another thing than before, and the fix doesn't say so. */
const after = "export const items = () => [1, 2, 3].map((id) => ({ id: `${id}`, title: 'item' }))\n"

/** A server that really runs, and the same endpoint as the analysis reads it; the fix has been applied. */
async function fixed(): Promise<AgentProject> {
  const port = await closedPort()
  const config = {
    baseUrl: `http://127.0.0.1:${port}`,
    startCommand: 'node server.js',
    users: [1],
    stepSeconds: 0.5,
  }
  const agent = await agentOn({
    'package.json': '{ "type": "module", "dependencies": { "express": "^5.0.0" } }',
    'headroom.config.json': JSON.stringify(config),
    'app.js': `import express from 'express'
import { items } from './items.js'
const app = express()
app.get('/items', (_req, res) => res.json(items()))
`,
    'items.js': before,
    'server.js': `import { createServer } from 'node:http'
import { items } from './items.js'
createServer((_request, response) => {
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(items()))
}).listen(${port}, '127.0.0.1')
`,
  })
  await writeFile(join(agent.root, 'items.js'), after)
  agent.session.fixes.push({
    finding: { rule: 'n-plus-one', file: 'items.js', routes: [route] },
    routes: [route],
    safety: 'safe',
    files: [{ file: 'items.js', before, after }],
  })
  return agent
}

describe('a fix that is refuted under load', () => {
  it('is taken back, and the agent is told to stop', async () => {
    await using agent = await fixed()
    const { text } = await agent.call('load_test_route', { route })
    assert.match(text, /^HOLDS /)
    assert.match(text, /\nfix REFUTED, and taken back\n/)
    assert.match(text, /\n {2}contract: failed, changed: .*without \$\[\]\.name; with \$\[\]\.title/)
    assert.match(text, /\nnext: stop here; tell the person what the fix changed/)
    assert.equal(await readFile(join(agent.root, 'items.js'), 'utf8'), before)
  })

  it('stays where somebody has written on since', async () => {
    await using agent = await fixed()
    await appendFile(join(agent.root, 'items.js'), '// mine\n')
    const { text } = await agent.call('load_test_route', { route })
    assert.match(text, /\nfix REFUTED, and left where it is: the files changed since\n/)
    assert.equal(await readFile(join(agent.root, 'items.js'), 'utf8'), `${after}// mine\n`)
  })
})
