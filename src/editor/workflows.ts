import '../l10n.ts'

/**
 * The workflows, each evaluated when it is first used. This file is a bundle of its own (`dist/workflows.cjs`), so that
 * activating the extension doesn't even read them: import it dynamically, and nothing else from `workflows/`.
 */
export const workflows = {
  agentSetup: () => import('../workflows/agent-setup/agent-setup.ts'),
  agentSession: () => import('../agent/session.ts'),
  agentTools: () => import('../agent/invoke.ts'),
  apart: () => import('../workflows/apart.ts'),
  assistantPrompt: () => import('./agents/assistant-prompt.ts'),
  attributionStore: () => import('../workflows/origins/attribution-store.ts'),
  baselines: () => import('../workflows/baselines.ts'),
  budgets: () => import('../workflows/budgets.ts'),
  compare: () => import('../workflows/compare.ts'),
  config: () => import('../workflows/config.ts'),
  consent: () => import('../workflows/consent.ts'),
  failure: () => import('../model/failure.ts'),
  fix: () => import('../workflows/fix.ts'),
  history: () => import('../workflows/history.ts'),
  inspect: () => import('../workflows/inspect.ts'),
  origins: () => import('../workflows/origins/origins.ts'),
  prepare: () => import('../workflows/prepare.ts'),
  profiles: () => import('../workflows/profiles.ts'),
  projectDatabase: () => import('../workflows/project-database.ts'),
  provenanceTracking: () => import('../workflows/origins/tracking.ts'),
  report: () => import('../workflows/report.ts'),
  runs: () => import('../workflows/runs.ts'),
  sample: () => import('../workflows/sample.ts'),
  seed: () => import('../workflows/seed.ts'),
  serverReload: () => import('../workflows/server-reload.ts'),
  target: () => import('../workflows/target.ts'),
  teach: () => import('../workflows/teach/teach.ts'),
} as const
