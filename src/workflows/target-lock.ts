import { link, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout } from 'node:timers/promises'
import { createHash, randomUUID } from 'node:crypto'
import * as l10n from '@vscode/l10n'
import { Failure } from '../model/failure.ts'

/** What stands in a lock file: who holds it, and a word of its own that no other holder has. */
interface Holder {
  readonly pid: number
  readonly token: string
}

/** A holder says that it is alive by touching its file: a process id alone may belong to someone else by now. */
const touchMillis = 5_000
const staleMillis = 60_000
const attempts = 20
const retryMillis = 10

/**
 * Claims a port of this machine for one load test, across processes and windows of the same user: two at once would measure
 * each other. Disposing gives it back; what a process that was killed held is taken over. Throws `HR_BUSY_TARGET` while
 * another run holds it.
 */
export async function takeTarget(port: number): Promise<AsyncDisposable> {
  const file = join(tmpdir(), `headroom-${process.getuid?.() ?? 'user'}-port-${port}.lock`)
  const mine: Holder = { pid: process.pid, token: randomUUID() }
  const holder = await acquire(file, mine)
  if (holder !== mine) throw busy(port, holder)
  return keep(file, mine)
}

/**
 * Waits for a turn to change a file, across processes and windows of the same user: between reading and writing nobody
 * else may write. Disposing ends the turn.
 */
export async function takeTurn(file: string): Promise<AsyncDisposable> {
  const name = createHash('sha256').update(file).digest('hex').slice(0, 16)
  const lock = join(tmpdir(), `headroom-${process.getuid?.() ?? 'user'}-file-${name}.lock`)
  const mine: Holder = { pid: process.pid, token: randomUUID() }
  while ((await acquire(lock, mine)) !== mine) await setTimeout(retryMillis)
  return keep(lock, mine)
}

/** Who holds the file in the end: `mine`, a living other, or null where others kept coming and going. */
async function acquire(file: string, mine: Holder): Promise<Holder | null> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await claim(file, mine)) return mine
    const holder = await holderOf(file)
    if (holder === null) continue
    const state = await stateOf(file, holder)
    if (state === 'held') return holder
    if (state === 'dead' && (await succeed(file, holder, mine))) return mine
    await setTimeout(retryMillis)
  }
  return holderOf(file)
}

/**
 * Takes a dead holder's place. Of several that try, only the one with the lock on the succession may replace the file, and
 * only while the dead one's stands there: who read it long ago finds the successor's.
 */
async function succeed(file: string, dead: Holder, mine: Holder): Promise<boolean> {
  const succession = `${file}.${dead.token}`
  if ((await acquire(succession, mine)) !== mine) return false
  try {
    if ((await holderOf(file))?.token !== dead.token) return false
    const draft = await writeDraft(file, mine)
    await rename(draft, file)
    return true
  } finally {
    await unlink(succession)
  }
}

function busy(port: number, holder: Holder | null): Failure {
  return new Failure(
    'HR_BUSY_TARGET',
    holder === null
      ? l10n.t('Another Headroom run is loading localhost:{0}. Wait for it, or stop it.', port)
      : l10n.t(
          'Another Headroom run is loading localhost:{0} (process {1}). Wait for it, or stop it.',
          port,
          holder.pid,
        ),
    { exitCode: 3, actions: [{ id: 'retry', title: l10n.t('Retry') }] },
  )
}

async function writeDraft(file: string, mine: Holder): Promise<string> {
  const draft = `${file}.${mine.token}`
  await writeFile(draft, JSON.stringify(mine), { flag: 'wx', mode: 0o600 })
  return draft
}

/** True where the file was not there and is mine now; it appears with its content, never empty. */
async function claim(file: string, mine: Holder): Promise<boolean> {
  const draft = await writeDraft(file, mine)
  try {
    await link(draft, file)
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  } finally {
    await unlink(draft)
  }
}

async function holderOf(file: string): Promise<Holder | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const { pid, token }: Partial<Holder> = JSON.parse(text)
    return { pid: Number(pid), token: String(token) }
  } catch {
    return { pid: 0, token: '' }
  }
}

/** Whether a holder still holds the file, has given it back, or has ended without doing so. */
async function stateOf(file: string, { pid }: Holder): Promise<'held' | 'free' | 'dead'> {
  const touched = await stat(file).catch(() => null)
  if (touched === null) return 'free'
  return isAlive(pid) && Date.now() - touched.mtimeMs < staleMillis ? 'held' : 'dead'
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

function keep(file: string, mine: Holder): AsyncDisposable {
  const touching = setInterval(() => {
    const now = new Date()
    utimes(file, now, now).catch(() => undefined)
  }, touchMillis)
  touching.unref()
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(touching)
      if ((await holderOf(file))?.token === mine.token) await unlink(file).catch(() => undefined)
    },
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
