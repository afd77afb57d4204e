import { answerHook } from './hook-input.ts'

// `headroom hook` alone, in a bundle of its own: it runs at every edit, and the whole command line takes three times as long
// to load.

void answerHook()
