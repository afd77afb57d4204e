import type { Command } from './headroom.ts'

/** A command whose code is read when it is first run. */
export function laterCommand(id: Command['id'], load: () => Promise<Command>): Command {
  return { id, run: async (headroom, ...args) => (await load()).run(headroom, ...args) }
}
