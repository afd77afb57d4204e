import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DiskHost } from '../../src/agent/disk-host.ts'
import { invokeTool, type ToolAnswer } from '../../src/agent/invoke.ts'
import { openSession, type AgentSession } from '../../src/agent/session.ts'
import type { Confirmation } from '../../src/agent/tool.ts'

/** A project of its own, and an agent that works on it; both are gone with `await using`. */
export interface AgentProject extends AsyncDisposable {
  readonly root: string
  readonly session: AgentSession
  /** Every question that a person was asked. */
  readonly asked: Confirmation[]
  /** Calls a tool as an agent whose person allows everything. */
  call(name: string, input?: unknown, signal?: AbortSignal): Promise<ToolAnswer>
}

/** Writes files, relative to a folder. */
export async function writeFiles(root: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [file, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
}

/** Opens an agent on a folder of these files. */
export async function agentOn(
  files: Readonly<Record<string, string>>,
  allow: (question: Confirmation) => boolean = () => true,
): Promise<AgentProject> {
  const root = await mkdtemp(join(tmpdir(), 'headroom-agent-'))
  await writeFiles(root, files)
  const host = new DiskHost(root)
  const session = openSession(host)
  const asked: Confirmation[] = []
  return {
    root,
    session,
    asked,
    call: (name, input, signal = new AbortController().signal) =>
      invokeTool(session, `headroom_${name}`, input, {
        signal,
        onProgress: () => undefined,
        confirm: (question) => {
          asked.push(question)
          return Promise.resolve(allow(question))
        },
      }),
    async [Symbol.asyncDispose]() {
      await host[Symbol.asyncDispose]()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** An API with one endpoint that makes a query for every row. */
export const apiWithLoop = {
  'package.json': '{ "dependencies": { "express": "^5.0.0", "knex": "^3.0.0" } }',
  'src/app.ts': `import express from 'express'
import knex from 'knex'
const db = knex({ client: 'better-sqlite3' })
const app = express()
app.get('/users', async (_req, res) => {
  const users = await db('users').limit(20)
  const all = []
  for (const user of users) {
    const team = await db('teams').where({ id: user.team_id }).first()
    all.push({ ...user, team })
  }
  res.json(all)
})
app.listen(Number(process.env.PORT))
`,
} as const
