import type { Command } from '../headroom.ts'

/** Stops the running load test; what was measured stays. */
export const stop: Command = {
  id: 'headroom.stop',
  run: ({ loadTests }) => loadTests.stop(),
}
