import type { LiveScenario } from '../src/ui/live/live-scenario.ts'
import type { LiveNews, LiveSession } from '../src/ui/live/live-session.ts'

/** What the core's script leaves for the page's. */
export interface LiveCore {
  open(given: LiveScenario, news: LiveNews): LiveSession
}

/** Unpacks podsim and lets it begin: its script is one that the page's policy names by digest. */
export async function loadCore(packed: string): Promise<LiveCore> {
  const bytes = Uint8Array.from(atob(packed), (char) => char.charCodeAt(0))
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  const script = document.createElement('script')
  script.textContent = await new Response(unpacked).text()
  document.head.append(script)
  const { podsimCore } = globalThis as { readonly podsimCore?: LiveCore } // where the script puts it
  if (podsimCore === undefined) throw new Error('podsim did not begin in this page')
  return podsimCore
}
