import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import {
  carryOutSetup,
  planAgentSetup,
  type AgentId,
  type SetupPlan,
} from '../../../src/workflows/agent-setup/agent-setup.ts'

export const cliFile = '/opt/headroom/dist/cli.cjs'

/** A project of some files in a folder of its own that is removed with `await using`. */
export async function project(files: Readonly<Record<string, string>> = {}) {
  const root = await mkdtemp(join(tmpdir(), 'headroom-agents-'))
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return {
    root,
    write,
    read: (file: string) => readFile(join(root, file), 'utf8'),
    all: async () =>
      (await readdir(root, { recursive: true, withFileTypes: true }))
        .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
        .toSorted(),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }),
  }
}

/** Sets agents up, or takes everything out again. */
export async function setUp(
  root: string,
  agents: readonly AgentId[],
  remove = false,
  withTools: readonly AgentId[] = [],
): Promise<SetupPlan> {
  const plan = await planAgentSetup(root, { agents, remove, cliFile, withTools })
  await carryOutSetup(plan)
  return plan
}
