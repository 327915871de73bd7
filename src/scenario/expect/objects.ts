import * as z from 'zod'
import type { KubeObject } from '../../api/types/meta.ts'
import { comparison, objectText, someText } from '../../sim/input/formats.ts'
import { references, words } from '../../sim/input/words.ts'
import type { Sim } from '../../sim/sim.ts'
import { quantified, quantifiers } from '../select/quantify.ts'
import { podsOf, selectorOfSelection } from '../select/select-pods.ts'
import { labelsSchema, selectionSchema, selectionText, selectorText } from '../select/selection.ts'
import { fitsComparison, show, textMatches } from './compare.ts'
import { type ObjectClaims, objectClaims, objectParts, objectWords } from './object-claims.ts'
import { all, inNamespace, presence, saidOf, subject } from './subject.ts'

/** Expectations about objects of the API: one by its name, several of a kind, events. */

export const object = subject({
  subject: 'object',
  description: 'Any object, as kind/name',
  name: objectText,
  where: inNamespace,
  claims: objectClaims,
  canBeAbsent: true,
  look(sim, source) {
    const [kind = '', name = ''] = source.object.split('/')
    const found = sim.get(kind, name, source.namespace)
    const wantsThere = source.exists !== false
    const said = objectWords(source).join(' and ')
    const expected = `${kind}/${name} ${wantsThere ? (said === '' ? 'exists' : said) : 'does not exist'}`
    if (found === undefined || !wantsThere)
      return { expected, ...presence(wantsThere, found !== undefined, 'it exists', 'there is no such object') }
    return { expected, ...all(objectParts(found, source), 'it is') }
  },
})

export const objects = subject({
  subject: 'objects',
  description: 'All objects of a kind',
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9.-]*$/)
    .register(references, { to: 'objectKind' })
    .register(words, { expected: 'a kind such as secrets' }),
  where: {
    ...inNamespace,
    labels: z
      .union([selectorText, labelsSchema])
      .register(words, { expected: 'labels such as { app: web }, or a selector such as "app=web"' })
      .optional()
      .meta({ description: 'Only those with these labels, as a map or as a selector' }),
  },
  claims: { ...objectClaims, ...quantifiers(objectClaims) },
  canBeAbsent: true,
  look(sim, source) {
    const { objects: kind, labels, namespace = 'default' } = source
    const found = objectsOf(sim, kind, namespace).filter(
      ({ metadata }) => labels === undefined || selectorOfSelection(labels).matches(metadata.labels),
    )
    const text = labels === undefined ? kind : `${kind} with ${selectionText(labels)}`
    if (source.exists === false) {
      const names = found.map(({ metadata }) => metadata.name).join(', ')
      return { expected: `there are no ${text}`, ...presence(false, found.length > 0, names, 'there are none') }
    }
    const items = found.map((item) => ({ item, name: item.metadata.name }))
    // A selection of nothing but keys that the claims have.
    const flat = saidOf(source, Object.keys(objectClaims)) as ObjectClaims | undefined
    return quantified<KubeObject, ObjectClaims>(
      { kind: 'several', items, text },
      flat,
      source,
      {
        expected: (claims, name) => `${name} ${objectWords(claims).join(' and ') || 'exists'}`,
        judge: (item, claims) => all(objectParts(item, claims), 'it is'),
      },
      {},
    )
  },
})

/** Those of a namespace; of a kind that has none, all. */
function objectsOf(sim: Sim, kind: string, namespace: string): readonly KubeObject[] {
  const all = sim.list(kind)
  return all.filter(({ metadata }) => metadata.namespace === undefined || metadata.namespace === namespace)
}

export const event = subject({
  subject: 'event',
  description: 'An event, by reason',
  name: someText,
  where: {
    ...inNamespace,
    on: objectText.optional().meta({ description: 'What the event is about, as kind/name' }),
    podsOf: selectionSchema.optional().meta({ description: 'Those about these Pods: { app: web }, deploy/web' }),
    message: someText.optional().meta({ description: 'Text that the message contains, or all of it with # and ...' }),
  },
  claims: { count: comparison.optional().meta({ description: 'How often it was told; at least once unless given' }) },
  canBeAbsent: true,
  atMostOneOf: [['on', 'podsOf']],
  look(sim, source) {
    const { event: reason, on, podsOf: owner, message, namespace, count } = source
    const events = sim.events({
      reason,
      ...(on === undefined ? {} : { on }),
      ...(namespace === undefined ? {} : { namespace }),
    })
    const about =
      owner === undefined ? undefined : new Set(podsOf(sim, owner, namespace).map(({ metadata }) => metadata.uid))
    const matching = events.filter(
      (each) =>
        (about === undefined || about.has(each.involvedObject.uid)) &&
        (message === undefined || (each.message ?? '').includes(message) || textMatches(message, each.message ?? '')),
    )
    const times = matching.reduce((sum, each) => sum + (each.count ?? 1), 0)
    const said = [
      on === undefined ? '' : ` on ${on}`,
      owner === undefined ? '' : ` on Pods of ${selectionText(owner)}`,
      message === undefined ? '' : ` saying ${show(message)}`,
      count === undefined ? '' : ` counted ${count}`,
      source.exists === false ? ' does not exist' : '',
    ].join('')
    const others = events.map((each) => show(each.message)).join(', ')
    const found =
      matching.length > 0
        ? `${matching.length} such, counted ${times}`
        : events.length > 0
          ? `others: ${others}`
          : 'there is none'
    const holds =
      source.exists === false
        ? matching.length === 0
        : count === undefined
          ? matching.length > 0
          : fitsComparison(times, count)
    return { holds, expected: `event ${reason}${said}`, found }
  },
})
