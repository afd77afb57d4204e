import { existsSync, type FSWatcher, statSync, watch } from 'node:fs'

/** How long the writes of one moment are gathered. */
const burstMillis = 100

/**
 * Follows the files of a folder that may not be there yet, and may go and come back. The editor's own watcher sees nothing in
 * folders that are made at one go (`mkdir -p`), as kept runs are: this one watches the innermost folder that is there.
 */
export class FolderWatch {
  readonly #folders: readonly string[]
  readonly #files: RegExp
  readonly #changed: () => void
  /** Of the folder that is followed, where it is there: one that is deleted and made again is another one. */
  #identity: string | null = null
  #watcher: FSWatcher | null = null
  #timer: NodeJS.Timeout | null = null
  #isChanged = false

  /**
   * `folders` are absolute paths, each in the one before it; the last is the one that is followed. `changed` is called once for
   * the writes of a moment, where they concern a file whose name matches `files`, or the folder itself.
   */
  constructor(folders: readonly string[], files: RegExp, changed: () => void) {
    this.#folders = folders
    this.#files = files
    this.#changed = changed
    this.#open()
  }

  dispose(): void {
    this.#watcher?.close()
    if (this.#timer !== null) clearTimeout(this.#timer)
  }

  #innermost(): string | undefined {
    return this.#folders.findLast((folder) => existsSync(folder))
  }

  /** Watches the innermost folder anew: the one that is watched may be another one of the same name by now. */
  #open(): void {
    this.#watcher?.close()
    this.#watcher = null
    const watched = this.#innermost()
    this.#identity = null
    if (watched === undefined) return
    try {
      this.#identity = identityOf(this.#folders.at(-1))
      this.#watcher = watch(watched, { persistent: false }, (_event, name) => this.#note(name))
      // Windows says so when a watched folder is deleted; elsewhere that is a change of its own.
      this.#watcher.on('error', () => this.#note(null))
    } catch {
      // The system's watches are used up, the folder must not be read, or it went meanwhile, which is seen below.
    }
    if (this.#innermost() !== watched) this.#open()
  }

  #note(name: string | null): void {
    this.#isChanged ||= this.#identity !== null && (name === null || this.#files.test(name))
    this.#timer ??= setTimeout(() => this.#settle(), burstMillis)
  }

  #settle(): void {
    this.#timer = null
    const before = this.#identity
    this.#open()
    const isChanged = this.#isChanged || before !== this.#identity
    this.#isChanged = false
    if (isChanged) this.#changed()
  }
}

function identityOf(folder = ''): string | null {
  const found = statSync(folder, { throwIfNoEntry: false })
  return found === undefined ? null : `${found.ino} ${found.birthtimeMs}`
}
