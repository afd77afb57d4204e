/**
 * What the editor needs only once somebody asks for it, each evaluated when it is first used. This file is a bundle of its own
 * (`dist/later.cjs`), so that activating the extension doesn't read it: import it dynamically.
 */
export const later = {
  agentTools: () => import('./agents/agent-tools.ts'),
  fixWithAssistant: () => import('./commands/fix-with-assistant.ts'),
  setUpAgents: () => import('./commands/set-up-agents.ts'),
  teach: () => import('./commands/teach.ts'),
  verifyChange: () => import('./commands/verify-change.ts'),
} as const
