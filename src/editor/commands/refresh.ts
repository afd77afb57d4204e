import type { Command } from '../headroom.ts'

/** Inspects all folders again. */
export const refresh: Command = {
  id: 'headroom.refresh',
  async run({ inspections }) {
    for (const inspector of inspections.all()) {
      inspector.touch()
      await inspector.current()
    }
  },
}
