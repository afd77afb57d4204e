/** In milliseconds: ticks redraw the page at most four times a second. */
const tickPause = 250

/**
 * Calls `show` with the next frame, and no sooner than {@link tickPause} after the last time where it is only for a tick; many
 * calls become one. While something waits to be shown, `page` is marked busy.
 */
export function paced(page: HTMLElement, show: () => void): (when: 'now' | 'soon') => void {
  let shownAt = Number.NEGATIVE_INFINITY
  let waiting: ReturnType<typeof setTimeout> | null = null
  let framed = false
  const frame = (): void => {
    waiting = null
    framed = true
    requestAnimationFrame((at) => {
      framed = false
      shownAt = at
      show()
      page.removeAttribute('aria-busy')
    })
  }
  return (when) => {
    if (framed) return
    page.setAttribute('aria-busy', 'true')
    const pause = when === 'now' ? 0 : shownAt + tickPause - performance.now()
    if (pause > 0) {
      waiting ??= setTimeout(frame, pause)
      return
    }
    if (waiting !== null) clearTimeout(waiting)
    frame()
  }
}
