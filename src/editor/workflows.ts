/**
 * The workflows, each evaluated when it is first used. This file is a bundle of its own (`dist/workflows.cjs`), so that
 * activating the extension doesn't even read them: import it dynamically, and nothing else from `workflows/`.
 */
export const workflows = {
  apart: () => import('../workflows/apart.ts'),
  config: () => import('../workflows/config.ts'),
  consent: () => import('../workflows/consent.ts'),
  fix: () => import('../workflows/fix.ts'),
  inspect: () => import('../workflows/inspect.ts'),
  profiles: () => import('../workflows/profiles.ts'),
  projectDatabase: () => import('../workflows/project-database.ts'),
  runs: () => import('../workflows/runs.ts'),
  seed: () => import('../workflows/seed.ts'),
  target: () => import('../workflows/target.ts'),
} as const
