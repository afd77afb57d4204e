import { runScript, SetupError } from './lifetime.ts'
import { type Outcome, outcomeLine, total } from './testing/outcome.ts'
import { isBuilt, type Step, steps } from './testing/steps.ts'

/** A step that takes longer than this hangs. */
const stepLimitMillis = 30 * 60_000

/** What the shell or an editor around the tests may have set, and what would change what is tested. */
const foreign =
  /^(NODE_OPTIONS|NODE_ENV|NODE_TEST_CONTEXT|ELECTRON_RUN_AS_NODE|VSCODE_.*|DATABASE_URL|PORT|HEADROOM_(?!CHROMIUM$|EDITOR$).*)$/

function choose(names: readonly string[]): readonly Step[] {
  const known = steps.map((step) => step.name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new SetupError(`There is no step "${unknown}"; the steps are ${known.join(', ')}.`)
  }
  if (names.length === 0) return steps
  const chosen = steps.filter((step) => names.includes(step.name))
  const needsBuild = chosen.some((step) => step.needsBuild)
  return needsBuild && !isBuilt()
    ? steps.filter((step) => step.name === 'build' || chosen.includes(step))
    : chosen
}

function notRun(step: Step): Outcome {
  console.log(`\n── ${step.title}: not run, because the build failed`)
  return { passed: 0, failed: 0, skipped: 1 }
}

async function runStep(step: Step, signal: AbortSignal): Promise<Outcome> {
  const startedAt = performance.now()
  console.log(`\n── ${step.title} ──`)
  const limit = AbortSignal.timeout(stepLimitMillis)
  let outcome: Outcome
  try {
    outcome = await step.run(AbortSignal.any([signal, limit]))
  } catch (error) {
    signal.throwIfAborted()
    console.error(error instanceof SetupError ? error.message : error)
    outcome = { passed: 0, failed: 1, skipped: 0 }
  }
  signal.throwIfAborted()
  if (limit.aborted) console.error(`This step was ended after ${stepLimitMillis / 60_000} minutes.`)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`── ${step.title}: ${outcomeLine(outcome)} (${seconds} s)`)
  return outcome
}

await runScript(async ({ signal }) => {
  for (const name of Object.keys(process.env)) if (foreign.test(name)) delete process.env[name]
  const outcomes: Outcome[] = []
  let built = true
  for (const step of choose(process.argv.slice(2))) {
    const outcome: Outcome = step.needsBuild && !built ? notRun(step) : await runStep(step, signal)
    if (step.name === 'build') built = outcome.failed === 0
    outcomes.push(outcome)
  }
  const sum = total(outcomes)
  console.log(`\n${outcomeLine(sum)}`)
  return sum.failed === 0 ? 0 : 1
})
