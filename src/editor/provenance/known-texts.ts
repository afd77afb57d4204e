/** Files above this size are not followed: nobody's handlers, and every look at them costs the window's thread. */
export const longestText = 1_000_000
const mostCharacters = 16_000_000

/** The last known texts of files, by URI; of very many, those that were seen last. Held in memory only. */
export class KnownTexts {
  readonly #texts = new Map<string, string>()
  #characters = 0

  get(uri: string): string | undefined {
    return this.#texts.get(uri)
  }

  /** The files that have exactly this text, which isn't empty. */
  withText(text: string): string[] {
    if (text === '') return []
    return [...this.#texts].filter(([, known]) => known === text).map(([uri]) => uri)
  }

  set(uri: string, text: string): void {
    this.delete(uri)
    if (text.length > longestText) return
    this.#texts.set(uri, text)
    this.#characters += text.length
    for (const [oldest] of this.#texts) {
      if (this.#characters <= mostCharacters) break
      this.delete(oldest)
    }
  }

  delete(uri: string): void {
    this.#characters -= this.#texts.get(uri)?.length ?? 0
    this.#texts.delete(uri)
  }

  clear(): void {
    this.#texts.clear()
    this.#characters = 0
  }
}
