import { chooseInspector, type Command } from '../headroom.ts'
import { chooseRoute } from '../choose-route.ts'
import { asRouteReference } from '../route-reference.ts'
import { setBudget as askAndKeep } from '../set-budget.ts'

/** Sets the budget of an endpoint, kept in headroom.config.json. */
export const setBudget: Command = {
  id: 'headroom.setBudget',
  async run(headroom, argument) {
    const reference = asRouteReference(argument)
    const inspector = await chooseInspector(headroom, reference?.folder)
    if (inspector === null) return
    const route = reference?.route ?? (await chooseRoute(inspector))
    if (route !== null) await askAndKeep(headroom, inspector, route)
  },
}
