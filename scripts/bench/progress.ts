/** Says on stderr what is being measured and how long the rest takes. */
export class Progress {
  readonly #sections: readonly { readonly id: string; readonly seconds: number }[]
  #current = 0
  #spentSeconds = 0

  constructor(sections: readonly { readonly id: string; readonly seconds: number }[]) {
    this.#sections = sections
  }

  /** The section that what follows belongs to. */
  begin(id: string): void {
    this.#current = this.#sections.findIndex((section) => section.id === id)
    this.#spentSeconds = 0
  }

  /** A piece of work begins that takes about `seconds`. */
  step(label: string, seconds: number): void {
    const [section, ...later] = this.#sections.slice(this.#current)
    const own = Math.max(seconds, (section?.seconds ?? 0) - this.#spentSeconds)
    const left = later.reduce((sum, each) => sum + each.seconds, own)
    this.#spentSeconds += seconds
    console.error(`headroom: ${section?.id} · ${label} · about ${duration(left)} left`)
  }
}

function duration(seconds: number): string {
  return seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`
}
