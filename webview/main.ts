import type { FromView, ToView } from '../src/model/panel.ts'
import { mountLayout } from './layout.ts'
import { initialSnapshot, reduce } from './state.ts'

declare function acquireVsCodeApi(): { readonly postMessage: (message: FromView) => void }

const root = document.getElementById('headroom')
if (root !== null) {
  const { postMessage: post } = acquireVsCodeApi()
  const show = mountLayout(root, post)
  let state = initialSnapshot
  let scheduled = false
  show(state)
  window.addEventListener('message', (event: MessageEvent<ToView>) => {
    state = reduce(state, event.data)
    if (scheduled) return
    scheduled = true
    requestAnimationFrame(() => {
      scheduled = false
      show(state)
    })
  })
  post({ kind: 'ready', protocol: 1 })
}
