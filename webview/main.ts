import * as l10n from '@vscode/l10n'
import type { FromView, ToView } from '../src/model/panel.ts'
import { mountLayout } from './layout.ts'
import { paced } from './pace.ts'
import { initialSnapshot, reduce } from './state.ts'

/** What the page keeps while it is hidden, when the editor takes the rest of it away. */
interface Kept {
  readonly openFolds: readonly string[]
}

declare function acquireVsCodeApi(): {
  readonly postMessage: (message: FromView) => void
  readonly getState: () => Kept | undefined
  readonly setState: (kept: Kept) => void
}

const texts = document.getElementById('headroom-texts')?.textContent
if (texts !== undefined) l10n.config({ contents: texts })

const root = document.getElementById('headroom')
if (root !== null) {
  const { postMessage: post, getState, setState } = acquireVsCodeApi()
  const show = mountLayout(root, post, {
    first: getState()?.openFolds ?? [],
    remember: (openFolds) => setState({ openFolds }),
  })
  let state = initialSnapshot
  const draw = paced(root, () => show(state))
  show(state)
  window.addEventListener('message', (event: MessageEvent<ToView>) => {
    state = reduce(state, event.data)
    draw(event.data.kind === 'tick' ? 'soon' : 'now')
  })
  post({ kind: 'ready', protocol: 1 })
}
