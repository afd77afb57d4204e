import { breakingPoint } from './bench/engine/breaking-point.ts'
import { distribution } from './bench/engine/distribution.ts'
import { editor } from './bench/engine/editor.ts'
import { installPeers } from './bench/engine/peers.ts'
import { requireTwoCores } from './bench/engine/pinned.ts'
import { schedule } from './bench/engine/schedule.ts'
import { soak } from './bench/engine/soak.ts'
import { stall } from './bench/engine/stall.ts'
import { throughput } from './bench/engine/throughput.ts'
import { type Bench, runBench } from './bench/sections.ts'
import { runScript } from './lifetime.ts'

const bench: Bench = {
  script: 'bench:engine',
  sections: [throughput, stall, distribution, schedule, breakingPoint, editor, soak],
  document: 'load-engine.md',
  prepare: async (signal) => {
    requireTwoCores()
    await installPeers(signal)
  },
}

await runScript(({ signal }) => runBench(bench, signal))
