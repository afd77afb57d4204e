import type { AgentTool } from '../tool.ts'
import { applyFix } from './apply-fix.ts'
import { getLastResult } from './get-last-result.ts'
import { inspectRoute } from './inspect-route.ts'
import { listRoutes } from './list-routes.ts'
import { loadTestRoute } from './load-test-route.ts'
import { seedData } from './seed-data.ts'

/** Every tool, in the order in which an agent needs them. */
export const tools = [
  listRoutes,
  inspectRoute,
  seedData,
  loadTestRoute,
  applyFix,
  getLastResult,
] as const satisfies readonly AgentTool[]
