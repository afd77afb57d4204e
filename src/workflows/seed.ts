import * as l10n from '@vscode/l10n'
import { modelsOnlyUrl } from '../model/document-model.ts'
import { Failure, failureData } from '../model/failure.ts'
import type { SeedPlan, SeedProgress, SeedResult } from '../model/seed-plan.ts'
import { isMongodbUrl } from './document-models.ts'
import { readConfig } from './config.ts'
import { type PlanOptions, planOptions, readProjectData } from './plan-options.ts'
import { copyName, findCopy, type ProjectDatabase, removeCopy, withFactory } from './project-database.ts'

export interface PlanningOrder extends ProjectDatabase {
  readonly options: readonly PlanOptions[]
  /** Whether plans may come from the models in the code alone where MongoDB doesn't answer: they can't be carried out. */
  readonly modelsSuffice?: boolean
}

/** One plan for each set of options; nothing is written. */
export async function planSeeds(
  order: PlanningOrder,
  _onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedPlan[]> {
  try {
    return await plansFor(order, signal)
  } catch (error) {
    const { code, message } = failureData(error)
    if (code === 'HR_SEED_EMPTY' && isMongodbUrl(order.databaseUrl)) throw withoutModels(message)
    const isSilent = code === 'HR_DATABASE_REFUSED' && isMongodbUrl(order.databaseUrl)
    if (order.modelsSuffice !== true || !isSilent) throw error
    const plans = await plansFor({ ...order, databaseUrl: modelsOnlyUrl }, signal)
    return plans.map((plan) => ({ ...plan, warnings: [message, ...plan.warnings] }))
  }
}

function plansFor({ root, databaseUrl, options }: PlanningOrder, signal: AbortSignal): Promise<SeedPlan[]> {
  return withFactory(root, databaseUrl, async (factory) => {
    const plans: SeedPlan[] = []
    const project = await readProjectData(root, await readConfig(root))
    for (const each of options) {
      if (!signal.aborted) plans.push(await factory.plan(await planOptions(factory, project, each)))
    }
    return databaseUrl === modelsOnlyUrl ? plans.map(asUnproven) : plans
  })
}

function withoutModels(message: string): Failure {
  return new Failure(
    'HR_SEED_EMPTY',
    `${message} ${l10n.t("Documents are made after the Mongoose models in the code: look whether any are found there, as in mongoose.model('User', new Schema({ … })).")}`,
  )
}

/** What a plan without a database can't know. */
function asUnproven(plan: SeedPlan): SeedPlan {
  const warning = l10n.t(
    'This plan comes from the models in the code and was compared with no database. To seed, start MongoDB and name it: MONGODB_URI in .env, or --database mongodb://localhost:27017/app.',
  )
  const { estimate, warnings } = plan
  return {
    ...plan,
    warnings: [warning, ...warnings],
    ...(estimate === undefined ? {} : { estimate: { ...estimate, seconds: null } }),
  }
}

const copying = { phase: 'copy', rowsDone: 0, rowsTotal: 0, rowsPerSecond: 0, secondsLeft: null } as const

/** Carries a plan out, in a fresh copy where the server can be told to use one. When `signal` aborts, resolves to what was added until then. */
export async function seedDatabase(
  { plan, ...database }: ProjectDatabase & { readonly plan: SeedPlan },
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const { root, databaseUrl, variable } = database
  return withFactory(root, databaseUrl, async (factory) => {
    if (variable === null) return factory.seed(plan, onProgress, signal)
    onProgress({ ...copying, table: plan.database })
    const copy = factory.onCopy(await factory.makeCopy(copyName))
    const result = await copy.seed(plan, onProgress, signal)
    if (result.complete || result.rows > 0) return { ...result, copy: 'filled' }
    await factory.removeCopy(copyName)
    return { ...result, database: plan.database }
  })
}

/** Adds what an interrupted seeding left out, as {@link seedDatabase}. */
export async function resumeSeed(
  database: ProjectDatabase,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const { root, databaseUrl } = database
  const resume = (url: string) => withFactory(root, url, (factory) => factory.resume(onProgress, signal))
  const copyUrl = await findCopy(database)
  if (copyUrl === null) return resume(databaseUrl)
  try {
    return { ...(await resume(copyUrl)), copy: 'filled' }
  } catch (error) {
    // An earlier copy may be complete, and rows have gone into the database itself since.
    if (failureData(error).code !== 'HR_SEED_NOTHING_TO_RESUME') throw error
    return resume(databaseUrl)
  }
}

/** Removes exactly the rows that seeding added to the database itself, and its copy, where there is one. */
export async function undoSeed(
  database: ProjectDatabase,
  onProgress: (progress: SeedProgress) => void,
  signal: AbortSignal,
): Promise<SeedResult> {
  const { root, databaseUrl } = database
  const copyUrl = await findCopy(database)
  if (copyUrl !== null) await removeCopy({ root, databaseUrl })
  const result = await withFactory(root, databaseUrl, (factory) => factory.undo(onProgress, signal))
  return copyUrl === null ? result : { ...result, copy: 'removed' }
}
