import {
  provideVSCodeDesignSystem,
  vsCodeBadge,
  vsCodeButton,
  vsCodeProgressRing,
} from '@vscode/webview-ui-toolkit'

let registered = false

/** Registers the toolkit's elements that this folder uses, once. */
export function useDesignSystem(): void {
  if (registered) return
  registered = true
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeBadge(), vsCodeProgressRing())
}
