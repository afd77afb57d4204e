import { express } from './express.ts'
import type { Framework } from './framework.ts'

/** All web frameworks whose routes are found. */
export const frameworks = [express] as const satisfies readonly Framework[]
