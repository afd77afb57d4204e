import * as vscode from 'vscode'
import { formatCount } from '../model/format.ts'
import type { SeedProgress } from '../model/seed-plan.ts'

/** Work on a database that says how far it is and that can be stopped. */
type Work<T> = (report: (progress: SeedProgress) => void, signal: AbortSignal) => Promise<T>

/**
 * Does work behind a notification with its progress and Cancel. The editor closes that one as soon as it is cancelled;
 * until the work has come to its end, putting indexes back, another one says so.
 */
export async function withNotification<T>(title: string, work: Work<T>): Promise<T> {
  const abort = new AbortController()
  let reporter: vscode.Progress<Step> | null = null
  const bar = new Bar()
  const done = await showNotification({ title, cancellable: true }, (notification, token) => {
    reporter = notification
    const working = work((progress) => reporter?.report(bar.next(progress)), abort.signal)
    const stopping = new Promise<void>((resolve) => {
      token.onCancellationRequested(() => {
        abort.abort()
        resolve()
      })
    })
    const settled = working.then(nothing, nothing)
    return Promise.race([settled, stopping]).then(() => ({ working }))
  })
  if (!abort.signal.aborted) return done.working
  return showNotification(
    { title: vscode.l10n.t('Stopping: {0}', title), cancellable: false },
    (stopping) => {
      reporter = stopping
      return done.working
    },
  )
}

/** How long work may take before there is a word about it, as words do. */
export function forAbout(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds))
  if (whole < 100) return vscode.l10n.t('{0} s', whole)
  const minutes = Math.ceil(whole / 60)
  if (minutes < 100) return vscode.l10n.t('{0} min', minutes)
  return vscode.l10n.t('{0} h', Math.ceil(minutes / 60))
}

interface Step {
  readonly message: string
  readonly increment?: number
}

function showNotification<T>(
  options: { readonly title: string; readonly cancellable: boolean },
  task: (progress: vscode.Progress<Step>, token: vscode.CancellationToken) => Promise<T>,
): Thenable<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, ...options }, task)
}

/** The bar is that of the rows: indexes and keys, before and after them, have words alone. */
class Bar {
  #percent = 0

  next(progress: SeedProgress): Step {
    const message = describe(progress)
    if (progress.phase !== 'insert' && progress.phase !== 'undo') return { message }
    const percent = (progress.rowsDone / Math.max(1, progress.rowsTotal)) * 100
    const increment = Math.max(0, percent - this.#percent)
    this.#percent += increment
    return { message, increment }
  }
}

function describe(progress: SeedProgress): string {
  const { phase, table, rowsPerSecond, secondsLeft } = progress
  const [done, total] = [formatCount(progress.rowsDone), formatCount(progress.rowsTotal)]
  const isDone = progress.rowsDone >= progress.rowsTotal
  const left = secondsLeft === null || isDone ? [] : [vscode.l10n.t('{0} left', forAbout(secondsLeft))]
  if (phase === 'copy') return vscode.l10n.t('copying the database')
  if (phase === 'prepare') return vscode.l10n.t('setting indexes and keys aside, {0} of {1}', done, total)
  if (phase === 'index') {
    const steps = vscode.l10n.t('putting back indexes and keys, {0} of {1}', done, total)
    return [steps, ...left, table].join(' · ')
  }
  const rows = vscode.l10n.t('{0} of {1} rows', done, total)
  const rate = rowsPerSecond > 0 ? [vscode.l10n.t('{0} rows/s', formatCount(rowsPerSecond))] : []
  return [rows, ...rate, ...left, table].join(' · ')
}

function nothing(): void {}
