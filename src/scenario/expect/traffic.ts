import * as z from 'zod'
import type { UpdateDelay } from '../../flow/update-delays.ts'
import type { RequestCounts } from '../../looks/traffic.ts'
import { formatDuration } from '../../sim/duration.ts'
import { comparison, durationText, millisecondsOf, nodeName, objectName, someText } from '../../sim/input/formats.ts'
import { references, words } from '../../sim/input/words.ts'
import { containersOf } from '../select/select-pods.ts'
import { containersSchema } from '../select/selection.ts'
import { fitsComparison } from './compare.ts'
import { inNamespace, subject } from './subject.ts'

/** Expectations about what an update costs and how long it takes: requests, watches, pulls, delays (U3, I3, S5). */

const onNode = { node: nodeName.optional().meta({ description: 'Only this node' }) }

/** A Secret by its name, or `*` for all. */
const secretPattern = z
  .union([z.literal('*'), objectName])
  .register(words, { expected: 'the name of a Secret, or "*" for all' })

/** The same, or others as resource/name. */
const requestPattern = z
  .string()
  .regex(/^(\*|[a-z0-9]([-a-z0-9.]*[a-z0-9])?(\/(\*|[^/\s]+))?)$/)
  .register(words, { expected: 'the name of a Secret, "*" for all, or resource/name such as configmaps/db' })
  .register(references, { to: 'resource' })

const howMany = { count: comparison.optional().meta({ description: 'How many; at least one unless given' }) }

export const requests = subject({
  subject: 'requests',
  description: 'Requests by nodes for a Secret, by its name or * for all; for others resource/name',
  name: requestPattern,
  where: {
    ...inNamespace,
    ...onNode,
    user: someText.optional().meta({ description: 'Those of this user instead of those of nodes' }),
    verb: z.enum(['get', 'list', 'watch']).optional().meta({ description: 'Only these' }),
  },
  claims: howMany,
  canBeAbsent: false,
  atMostOneOf: [['node', 'user']],
  look(sim, source) {
    const { requests: asked, user: asking, node, verb, count = '>0' } = source
    const [resource = '', name] = asked.includes('/') ? asked.split('/') : ['secrets', asked]
    const { nodes, users } = sim.traffic(name ?? '', source.namespace, resource)
    const counted: readonly RequestCounts[] =
      asking === undefined
        ? nodes.filter((each) => node === undefined || each.node === node)
        : users.filter(({ user }) => user === asking)
    const total = counted.reduce(
      (sum, { gets, lists, watches: opened }) =>
        sum + (verb === undefined ? gets + lists + opened : { get: gets, list: lists, watch: opened }[verb]),
      0,
    )
    const what = verb === undefined ? 'requests' : `${verb} requests`
    return {
      holds: fitsComparison(total, count),
      expected: `${what} of ${asking ?? node ?? 'nodes'} for ${resource} ${name} counted ${count}`,
      found: `${total}`,
    }
  },
})

export const watches = subject({
  subject: 'watches',
  description: 'Watches of nodes on a Secret that are open now, by its name or * for all',
  name: secretPattern,
  where: { ...inNamespace, ...onNode },
  claims: howMany,
  canBeAbsent: false,
  look(sim, source) {
    const { watches: secret, node, count = '>0' } = source
    const open = sim
      .traffic(secret, source.namespace)
      .nodes.filter((each) => node === undefined || each.node === node)
      .reduce((sum, { openWatches }) => sum + openWatches, 0)
    return {
      holds: fitsComparison(open, count),
      expected: `open watches on Secret ${secret} counted ${count}`,
      found: `${open}`,
    }
  },
})

export const pulls = subject({
  subject: 'pulls',
  description: 'How often nodes began to pull an image, by its full name; whatever came of it',
  name: someText,
  where: onNode,
  claims: howMany,
  canBeAbsent: false,
  look(sim, source) {
    const { pulls: image, node, count = '>0' } = source
    const begun = sim.journal
      .query({ type: 'image.pull' })
      .filter(({ actor, detail }) => detail.image === image && (node === undefined || actor.endsWith(`/${node}`)))
    return {
      holds: fitsComparison(begun.length, count),
      expected: `pulls of ${image} counted ${count}`,
      found: `${begun.length}`,
    }
  },
})

export const delay = subject({
  subject: 'delay',
  description: 'How long updates of a Secret took until a container saw them, by name of the Secret',
  name: objectName,
  where: {
    ...inNamespace,
    in: containersSchema
      .optional()
      .meta({ description: 'Only these containers: pod, for all of its, pod/container, deploy/web, or { app: web }' }),
  },
  claims: {
    atMost: durationText
      .optional()
      .meta({ description: 'Upper bound; without, that of the page: sync period and propagation delay' }),
    atLeast: durationText.optional().meta({ description: 'Lower bound' }),
  },
  canBeAbsent: false,
  look(sim, source) {
    const { delay: secret, atMost, atLeast } = source
    const { namespace } = source
    const chosen = source.in === undefined ? undefined : containersOf(sim, { in: source.in, namespace })
    const refs =
      chosen === undefined ? [] : chosen.kind === 'one' ? [chosen.item] : chosen.items.map(({ item }) => item)
    const isMeant = (each: UpdateDelay) =>
      refs.some(({ pod, container }) => each.pod === pod && (container ?? each.container) === each.container)
    const delays = sim
      .delays(secret, namespace)
      .filter(isAwaited)
      .filter((each) => chosen === undefined || isMeant(each))
    const atMostMs = atMost === undefined ? undefined : millisecondsOf(atMost)
    const atLeastMs = atLeast === undefined ? 0 : millisecondsOf(atLeast)
    const expected = `updates of Secret ${secret} are seen within ${atMost ?? 'its bound'}${atLeast === undefined ? '' : ` and not before ${atLeast}`}`
    const seen = delays.filter(({ never }) => never === undefined)
    if (seen.length === 0)
      return {
        holds: false,
        expected,
        found: delays.length === 0 ? 'there was no update that a container could see' : `never: ${delays[0]?.never}`,
      }
    const took = (each: (typeof seen)[number]) =>
      each.visibleAt === undefined ? Number.POSITIVE_INFINITY : each.visibleAt - each.updatedAt
    const wrong =
      seen.find((each) => took(each) > (atMostMs ?? each.boundMs)) ?? seen.find((each) => took(each) < atLeastMs)
    if (wrong === undefined) return { holds: true, expected, found: `${seen.length} updates seen in time` }
    const told = wrong.visibleAt === undefined ? 'not seen yet' : `seen after ${formatDuration(took(wrong))}`
    return { holds: false, expected, found: `${wrong.pod}/${wrong.container}: ${told}` }
  },
})

/** An update that a container waits for: not what a Pod began with, and not what a Pod did not live to see. */
function isAwaited({ kind, visibleAt, endedAt, way }: UpdateDelay): boolean {
  return kind === 'update' && way !== 'pull' && (visibleAt !== undefined || endedAt === undefined)
}
