import type { Command } from '../headroom.ts'
import { asRouteReference } from '../route-reference.ts'

/** Takes a load test out of those that wait for the running one to end. */
export const cancel: Command = {
  id: 'headroom.cancel',
  async run({ loadTests }, argument) {
    const reference = asRouteReference(argument)
    if (reference !== null) loadTests.cancel(reference)
  },
}
