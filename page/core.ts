import * as z from 'zod'
import { createSim } from '../src/sim/create-sim.ts'
import { openLive } from '../src/ui/live/live-session.ts'
import type { LiveCore } from './live-core.ts'

/**
 * podsim itself, for a page: it takes nothing of the page but time to work in. The page puts it into a script of its own, once
 * somebody wants to do something.
 */

// The page's policy lets nothing be evaluated; the library would try.
z.config({ jitless: true })

// Between two slices keys are heard and the screen is drawn; a timer would wait at least 4 ms.
const channel = new MessageChannel()
const waiting: (() => void)[] = []
channel.port1.onmessage = () => waiting.shift()?.()

const core: LiveCore = {
  open: (given, news) =>
    openLive(
      given,
      {
        createSim,
        clock: () => performance.now(),
        later(work) {
          waiting.push(work)
          channel.port2.postMessage(undefined)
        },
      },
      news,
    ),
}

Object.assign(globalThis, { podsimCore: core })
