import * as l10n from '@vscode/l10n'
import type { Factory } from '../factory/client.ts'
import { Failure } from '../model/failure.ts'
import { formatCount } from '../model/format.ts'
import type { Step } from '../model/load-plan.ts'
import { countedSteps } from '../model/measure.ts'
import type { RunEvent } from '../model/panel.ts'
import { failedRequests, type StepResult } from '../model/run.ts'
import type { SeedPlan } from '../model/seed-plan.ts'
import type { Growth, Volume } from '../model/volume.ts'
import { doubtAboutGood } from '../verdict/doubts.ts'
import { growthOf, type GrowthLimit, type GrowthPoint } from '../verdict/growth.ts'
import { nextLevel } from '../verdict/next-level.ts'
import { hold, openEngine, type Climb } from './climb.ts'
import { growthConsent, growTo, planGrowth, type GrowthPlan } from './growth.ts'
import type { LoadTestOrder } from './prepare.ts'
import { openProjectFactory, requireDatabase } from './project-database.ts'

type Emit = (event: RunEvent) => void

/** A level with more failures measures something else than the endpoint's answers. */
const mostFailed = 0.05
/** Rows a second where nothing is known of the database yet, to foresee how long a sweep takes. */
const guessedRowsPerSecond = 100_000

/**
 * Throws what has to be agreed to before a sweep adds rows, and what keeps it from being possible. Adds nothing. A
 * database or table that isn't there yet may be made when the server starts: where the sweep is agreed to, that is left
 * to {@link VolumeSweep.begin}.
 */
export async function checkGrowth(order: Omit<LoadTestOrder, 'target'>): Promise<void> {
  if (order.writes === true) return
  const factory = await factoryFor(order)
  try {
    throw growthConsent(await planGrowth(factory, order), order.volume?.undoAfter === true)
  } finally {
    await factory.dispose()
  }
}

async function factoryFor({
  root,
  config,
  database,
}: Pick<LoadTestOrder, 'root' | 'config' | 'database'>): Promise<Factory> {
  return openProjectFactory(root, await requireDatabase(root, config, database))
}

/**
 * A volume sweep: the same load, step by step on more rows of one table, which are added in between and never reloaded.
 * Rows stay, unless the order says `undoAfter`.
 */
export class VolumeSweep {
  readonly plan: GrowthPlan
  readonly #factory: Factory
  readonly #undoAfter: boolean
  readonly #emit: Emit
  readonly #signal: AbortSignal
  readonly #added = new Map<string, number>()
  readonly #steps: StepResult[] = []
  #rowsPerSecond = guessedRowsPerSecond
  #ended: string | null = null

  private constructor(
    factory: Factory,
    plan: GrowthPlan,
    undoAfter: boolean,
    emit: Emit,
    signal: AbortSignal,
  ) {
    this.#factory = factory
    this.plan = plan
    this.#undoAfter = undoAfter
    this.#emit = emit
    this.#signal = signal
  }

  /** Plans the sweep and brings the table to its first level, from which parameter values can be drawn. */
  static async begin(
    order: Omit<LoadTestOrder, 'target'>,
    emit: Emit,
    signal: AbortSignal,
  ): Promise<VolumeSweep> {
    const factory = await factoryFor(order)
    try {
      const plan = await planGrowth(factory, order)
      const sweep = new VolumeSweep(factory, plan, order.volume?.undoAfter === true, emit, signal)
      const obstacle = await sweep.#grow(plan.levels[0] ?? 0)
      if (obstacle === null) return sweep
      throw new Failure('HR_VOLUME_GROWTH', l10n.t("`{0}` can't grow: {1}.", plan.table, obstacle))
    } catch (error) {
      await factory.dispose()
      throw error
    }
  }

  /** Measures level after level; ends early where more rows would say nothing new, can't be had, or Stop was pressed. */
  async measure(run: Climb): Promise<StepResult[]> {
    await openEngine(run)
    const [warmUp] = run.plan.steps
    const usual = run.plan.steps.find(({ phase }) => phase === 'ramp')
    if (warmUp === undefined || usual === undefined) return []
    try {
      await this.#hold(run, warmUp)
      for (let rows: number | null = this.plan.levels[0] ?? null; rows !== null && !this.#isOver();) {
        await this.#hold(run, { ...usual, rows })
        if (!this.#isOver()) rows = await this.#toNext(run)
      }
    } catch (error) {
      // A generator too busy to stop in time is killed, and its step with it; what came before stays.
      if (!run.signal.aborted) throw error
    }
    return this.#steps
  }

  /** Takes back what the sweep added, where that was asked for and nobody is waiting for it to stop. */
  async undo(): Promise<void> {
    if (!this.#undoAfter || this.#signal.aborted || this.#rowsAdded() === 0) return
    this.#emit({ kind: 'activity', activity: l10n.t('Taking the added rows back') })
    const atMost = Object.fromEntries(this.#added)
    const removed = await this.#factory.undo(this.#onProgress, this.#signal, atMost)
    for (const { table, rows } of removed.tables) this.#added.set(table, (this.#added.get(table) ?? 0) - rows)
  }

  /** What the sweep did so far, and how latency grows by that. */
  result(budget: Climb['plan']['budget']): Volume {
    const counted = countedSteps(this.#steps)
    const limits = budget.flatMap(({ metric, limit, text }): GrowthLimit[] =>
      metric === 'p50' || metric === 'p95' ? [{ metric, limit, text }] : [],
    )
    const { table, levels } = this.plan
    const measured = counted.flatMap((step) =>
      step.rows === undefined ? [] : [{ rows: step.rows, step: this.#steps.indexOf(step) }],
    )
    const most = measured.at(-1)?.rows ?? 0
    return {
      table,
      levels,
      measured,
      ended: this.#ended,
      growth: growthOf(counted.flatMap(pointOf), limits).map((growth) => onlyBeyond(growth, most)),
      rowsLeft: this.#rowsAdded(),
    }
  }

  /** Takes back what {@link undo} should have by now, where the sweep failed, and ends the factory's process. */
  async end(): Promise<void> {
    try {
      await this.undo()
    } finally {
      await this.#factory.dispose()
    }
  }

  #isOver(): boolean {
    return this.#signal.aborted || this.#steps.at(-1)?.complete === false
  }

  async #hold(run: Climb, step: Step): Promise<void> {
    const ahead = run.plan.steps.filter(
      (each) => each.phase === 'ramp' && (each.rows ?? 0) > (step.rows ?? 0),
    )
    const toAdd = Math.max(0, (ahead.at(-1)?.rows ?? 0) - (step.rows ?? 0))
    const seconds = [step, ...ahead].reduce((sum, each) => sum + each.durationSeconds, 0)
    this.#steps.push(await hold(run, this.#steps.length, step, seconds + toAdd / this.#rowsPerSecond))
    if (step.phase === 'ramp') this.#emit({ kind: 'volume', volume: this.result(run.plan.budget) })
  }

  /** Grows the table to the next level; null where the sweep ends. */
  async #toNext({ plan }: Climb): Promise<number | null> {
    const done = countedSteps(this.#steps)
    const { levels } = this.plan
    const mostMicros = (plan.timeoutMillis * 1000) / 2
    const { rows, ended } = nextLevel({ done, levels, budget: plan.budget, mostMicros })
    this.#ended = ended
    if (rows === null) return null
    const obstacle = await this.#grow(rows)
    if (obstacle === null) return rows
    this.#ended = l10n.t('`{0}` stayed below {1} rows: {2}.', this.plan.table, formatCount(rows), obstacle)
    return null
  }

  /** Adds rows up to a level; in words why it can't, or null. */
  async #grow(rows: number): Promise<string | null> {
    const onBegin = ({ tables }: SeedPlan): void => {
      const texts = tables.map((each) => l10n.t('{0} rows to {1}', formatCount(each.rows), each.table.name))
      this.#emit({ kind: 'activity', activity: l10n.t('Adding {0}', texts.join(l10n.t(' and '))) })
    }
    const progress = { onBegin, onProgress: this.#onProgress, signal: this.#signal }
    const grown = await growTo(this.#factory, this.plan, rows, progress)
    if ('obstacle' in grown) return grown.obstacle
    for (const each of grown.added?.tables ?? []) {
      this.#added.set(each.table, (this.#added.get(each.table) ?? 0) + each.rows)
    }
    if (grown.added !== null && grown.added.rows >= 1000) this.#rowsPerSecond = grown.added.rowsPerSecond
    return null
  }

  readonly #onProgress = (progress: Extract<RunEvent, { kind: 'seeding' }>['progress']): void =>
    this.#emit({ kind: 'seeding', progress })

  #rowsAdded(): number {
    return [...this.#added.values()].reduce((sum, rows) => sum + rows, 0)
  }
}

/** Without what a fit foresees of levels that were measured, even if they are left out of it. */
function onlyBeyond(growth: Growth, most: number): Growth {
  return growth.beyond !== null && growth.beyond.rows <= most ? { ...growth, beyond: null } : growth
}

/** A level as a point of the curve; none where its answers were not the endpoint's. */
function pointOf(step: StepResult): GrowthPoint[] {
  const failed = failedRequests(step.errors)
  if (step.rows === undefined || !step.complete || doubtAboutGood(step) !== null) return []
  if (failed > step.requests * mostFailed) return []
  const { p50, p95 } = step.latencyMicros
  return [
    {
      rows: step.rows,
      p50Micros: p50,
      p95Micros: p95,
      count: step.requests - failed,
      queriesPerRequest: step.server.queriesPerRequest,
    },
  ]
}
