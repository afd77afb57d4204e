import { growthSentences, growthTitle } from '../../src/report/content/growth.ts'
import { element, withCode } from '../dom.ts'
import { derivedSection, type Section } from '../section.ts'

/** How latency grows with the rows of a table, in words; hidden where that wasn't the question. */
export function growthSection(): Section {
  const host = element('section', { class: 'growth' })
  return derivedSection(
    host,
    (state) => [state.volume, state.status],
    ({ volume, status }) => {
      if (volume === undefined || (status !== 'finished' && volume.measured.length < 3)) return []
      const items = growthSentences(volume).map((text) => element('li', {}, ...withCode(text)))
      return [
        element('h2', {}, growthTitle(volume)),
        element('ul', { class: 'bullets', 'aria-live': 'polite' }, ...items),
      ]
    },
  )
}
