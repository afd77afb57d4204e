import type { EditEvent } from '../../src/provenance/event.ts'
import { nextStream, type OpenStream } from '../../src/provenance/stream.ts'

/** A handler as assistants write it. */
export const handler = `app.get('/orders', async (request, response) => {
  const orders = await db.order.findMany()
  for (const order of orders) order.user = await db.user.find(order.userId)
  response.json(orders)
})
`

/** One change of `src/app.ts`. */
export function edit(start: number, text: string, at: number, more: Partial<EditEvent> = {}): EditEvent {
  const changes = [{ start, removed: '', text }]
  return { kind: 'document', file: 'src/app.ts', at, reason: null, isDirty: true, changes, ...more }
}

/** Texts that are inserted one after the other, each where the last one ended. */
export function pieces(texts: readonly string[], eachMillis: number, start = 100, from = 0): EditEvent[] {
  let offset = start
  return texts.map((text, index) => {
    const event = edit(offset, text, from + index * eachMillis)
    offset += text.length
    return event
  })
}

/** The stream that the last of some events belongs to. */
export function streamOf(events: readonly EditEvent[]): OpenStream | null {
  return events.reduce<OpenStream | null>((open, event) => nextStream(open, event), null)
}

/** Words with the space behind them. */
export function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? []
}

/** Whole lines with their ends. */
export function lines(text: string): string[] {
  return text.match(/.*\n/g) ?? []
}

/** One text for each key. */
export function keys(text: string): string[] {
  return text.match(/[^]/gu) ?? []
}
