import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { agentOn, apiWithLoop } from './project.ts'
import { suggestFix } from '../../src/agent/suggestion.ts'

const app = apiWithLoop['src/app.ts']

describe('names of routes that an answer changes', () => {
  const cases: readonly (readonly [what: string, path: string, isSent: boolean])[] = [
    ['long', `/users/${'a'.repeat(140)}`, true],
    ['two blanks', '/users/a  b', false],
    ['a zero-width character', '/us\\u200Bers', true],
  ]
  for (const [what, path, isSent] of cases) {
    it(`${what}: found as they are listed`, async () => {
      const files = { ...apiWithLoop, 'src/app.ts': app.replace("'/users'", `'${path}'`) }
      await using agent = await agentOn({
        ...files,
        'headroom.config.json': '{"baseUrl":"http://192.0.2.1"}',
      })
      const { text } = await agent.call('list_routes')
      const route = JSON.parse(/headroom_inspect_route route=(".*")$/.exec(text)?.[1] ?? '""') as string
      const inspected = await agent.call('inspect_route', { route })
      assert.equal(inspected.isError, false, inspected.text)
      const tested = await agent.call('load_test_route', { route })
      const words = isSent ? /this machine|loopback|local/i : /can't be sent[^]*\nnext: ask the person$/
      assert.match(tested.text, words)
    })
  }

  it('two that are cut to the same are a person’s to tell apart', async () => {
    const long = `/users/${'a'.repeat(140)}`
    const second = `app.get('${long}c', (_req, res) => res.json([]))\napp.listen(`
    const files = { 'src/app.ts': app.replace("'/users'", `'${long}b'`).replace('app.listen(', second) }
    await using agent = await agentOn({ ...apiWithLoop, ...files })
    const { text } = await agent.call('list_routes')
    const route = JSON.parse(/headroom_inspect_route route=(".*")$/.exec(text)?.[1] ?? '""') as string
    const answer = await agent.call('inspect_route', { route })
    assert.match(answer.text, /^REFUSED Several routes are called [^]*\nnext: ask the person$/)
  })
})

describe('ids of findings', () => {
  it('are the same in a next step as in an inspection, where two routes say the same', async () => {
    const handler = /app\.get\('\/users'[^]*?\n\}\)\n/.exec(app)?.[0] ?? ''
    const twice = app.replace(handler, `${handler}${handler.replace('/users', '/members')}`)
    await using agent = await agentOn({ ...apiWithLoop, 'src/app.ts': twice })
    const { host } = agent.session
    const report = await host.check()
    const findings = report.findings.filter(({ routes }) => routes.includes('GET /members'))
    const { text } = await agent.call('inspect_route', { route: 'GET /members' })
    const call = /headroom_apply_fix .*/.exec(text)?.[0]
    assert.equal(await suggestFix(host, report, findings, []), call)
  })
})
