import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { temporaryFolder } from '../../scripts/lifetime.ts'
import type { LoadPlan } from '../../src/model/load-plan.ts'
import { readConfig } from '../../src/workflows/config.ts'
import { prepareLoadTest, type LoadTestOrder } from '../../src/workflows/prepare.ts'

async function prepare(root: string, order: Partial<LoadTestOrder>): Promise<LoadPlan> {
  const target = {
    baseUrl: 'http://127.0.0.1:3000',
    host: '127.0.0.1',
    port: 3000,
    source: 'configuration',
    given: true,
    listening: true,
    startCommand: null,
  }
  const config = await readConfig(root)
  const endpoint = { method: 'GET', path: '/users/:userId' } as const
  const { plan } = await prepareLoadTest({
    root,
    config,
    target,
    endpoint,
    routes: [],
    findings: [],
    ...order,
  })
  return plan
}

describe('a plan that is sent once more', () => {
  it('has the steps and the parameter values of before, whatever would be planned now', async () => {
    await using folder = await temporaryFolder('headroom-repeat-')
    const root = folder.path
    const config = { ...(await readConfig(root)), users: [3, 7], stepSeconds: 2 }
    const before = await prepare(root, { config, parameters: { userId: '1,2,3' } })
    const drawnAnew = { parameters: { userId: '4,5' } }
    const now = await prepare(root, { ...drawnAnew, repeat: before })
    assert.deepEqual(now.steps, before.steps)
    assert.deepEqual(now.request.parameters['userId']?.values, ['1', '2', '3'])
    const other = await prepare(root, drawnAnew)
    assert.notDeepEqual(other.steps, before.steps, 'the project would plan the same steps anyway')
  })
})
