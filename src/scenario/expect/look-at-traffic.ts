import type { RequestCounts } from '../../looks/traffic.ts'
import { formatDuration } from '../../sim/duration.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Expectation } from '../model.ts'
import type { Finding } from '../result.ts'
import type { ExpectationSource } from '../schema.ts'
import { fitsComparison } from './compare.ts'

/** Looks at what an update costs and how long it takes: requests, watches, delays (U3, I3, S5). */

export function lookAtRequests(sim: Sim, source: ExpectationSource): Finding {
  const asked = source.requests ?? ''
  const [resource, name] = asked.includes('/') ? asked.split('/') : ['secrets', asked]
  const { nodes, users } = sim.traffic(name ?? '', source.namespace, resource)
  const counted: readonly RequestCounts[] =
    source.by === undefined
      ? nodes.filter(({ node }) => source.node === undefined || node === source.node)
      : users.filter(({ user }) => user === source.by)
  const count = counted.reduce(
    (sum, { gets, lists, watches }) =>
      sum +
      (source.verb === undefined ? gets + lists + watches : { get: gets, list: lists, watch: watches }[source.verb]),
    0,
  )
  const wanted = source.count ?? '>0'
  const what = source.verb === undefined ? 'requests' : `${source.verb} requests`
  const who = source.by === undefined ? (source.node ?? 'nodes') : source.by
  return {
    holds: fitsComparison(count, wanted),
    expected: `${what} of ${who} for ${resource} ${name} counted ${wanted}`,
    found: `${count}`,
  }
}

export function lookAtWatches(sim: Sim, source: ExpectationSource): Finding {
  const secret = source.watches ?? ''
  const open = sim
    .traffic(secret, source.namespace)
    .nodes.filter(({ node }) => source.node === undefined || node === source.node)
    .reduce((sum, { openWatches }) => sum + openWatches, 0)
  const wanted = source.count ?? '>0'
  return {
    holds: fitsComparison(open, wanted),
    expected: `open watches on Secret ${secret} counted ${wanted}`,
    found: `${open}`,
  }
}

export function lookAtDelays(sim: Sim, expectation: Expectation): Finding {
  const { source, atMostMs, atLeastMs } = expectation
  const secret = source.delay ?? ''
  const delays = sim
    .delays(secret, source.namespace)
    .filter(({ pod }) => source.in === undefined || pod === source.in.split('/')[0])
  const seen = delays.filter(({ never }) => never === undefined)
  const late = seen.find(
    ({ visibleAt, updatedAt, boundMs }) => visibleAt === undefined || visibleAt - updatedAt > (atMostMs ?? boundMs),
  )
  const early = seen.find(
    ({ visibleAt, updatedAt }) => visibleAt !== undefined && visibleAt - updatedAt < (atLeastMs ?? 0),
  )
  const bound = atMostMs === undefined ? 'its bound' : formatDuration(atMostMs)
  const expected = `updates of Secret ${secret} are seen within ${bound}${atLeastMs === undefined ? '' : ` and not before ${formatDuration(atLeastMs)}`}`
  if (seen.length === 0)
    return {
      holds: false,
      expected,
      found: delays.length === 0 ? 'there was no update that a container could see' : `never: ${delays[0]?.never}`,
    }
  const wrong = late ?? early
  if (wrong === undefined) return { holds: true, expected, found: `${seen.length} updates seen in time` }
  const took =
    wrong.visibleAt === undefined ? 'not seen yet' : `seen after ${formatDuration(wrong.visibleAt - wrong.updatedAt)}`
  return { holds: false, expected, found: `${wrong.pod}/${wrong.container}: ${took}` }
}

/** Attempts, whatever came of them. */
export function lookAtPulls(sim: Sim, source: ExpectationSource): Finding {
  const image = source.pulls ?? ''
  const begun = sim.journal
    .query({ type: 'image.pull' })
    .filter(
      ({ actor, detail }) =>
        detail?.image === image && (source.node === undefined || actor.endsWith(`/${source.node}`)),
    )
  const wanted = source.count ?? '>0'
  return {
    holds: fitsComparison(begun.length, wanted),
    expected: `pulls of ${image} counted ${wanted}`,
    found: `${begun.length}`,
  }
}
