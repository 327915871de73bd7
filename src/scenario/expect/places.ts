import * as z from 'zod'
import type { Node } from '../../api/types/core.ts'
import { utf8Text } from '../../bytes/bytes.ts'
import { nodeName, objectName, someText } from '../../sim/input/formats.ts'
import { show } from './compare.ts'
import { inNamespace, presence, subject } from './subject.ts'
import { claimWords, textClaims, textFits } from './text-claims.ts'

/** Expectations about where Secrets lie: on nodes and in etcd (S1, S2, S6, L5). */

const onNode = { node: nodeName.optional().meta({ description: 'Only this node; any unless given' }) }

export const nodeHolds = subject({
  subject: 'node_holds',
  description: 'Whether a node holds a Secret now, in its cache or as files, by name of the Secret',
  name: objectName,
  where: { ...inNamespace, ...onNode },
  claims: {},
  canBeAbsent: true,
  look(sim, source) {
    const { node_holds: secret, node } = source
    const nodes = sim.list<Node>('Node').map(({ metadata }) => metadata.name)
    const holders = nodes.filter((each) => sim.holdsSecret(each, secret, source.namespace))
    const wanted = source.exists !== false
    const holds = node === undefined ? holders.length > 0 : holders.includes(node)
    return {
      holds: holds === wanted,
      expected: `${node ?? (wanted ? 'some node' : 'no node')} holds ${wanted || node === undefined ? '' : 'nothing of '}Secret ${secret}`,
      found: holders.length === 0 ? 'no node does' : `${holders.join(', ')} does`,
    }
  },
})

export const nodeFiles = subject({
  subject: 'node_files',
  description: 'Whether files of a node hold a text',
  name: someText,
  where: {
    ...onNode,
    storage: z.enum(['disk', 'tmpfs']).optional().meta({ description: 'Only files that lie there' }),
  },
  claims: {},
  canBeAbsent: true,
  look(sim, source) {
    const { node_files: text, node, storage } = source
    const nodes = node === undefined ? sim.list<Node>('Node').map(({ metadata }) => metadata.name) : [node]
    const found = nodes.flatMap((each) =>
      sim
        .nodeFiles(each, text)
        .filter((held) => storage === undefined || held.storage === storage)
        .map((held) => `${each}:${held.path} (${held.storage})`),
    )
    const wanted = source.exists !== false
    const where = storage === undefined ? '' : ` in its ${storage}`
    return {
      holds: found.length > 0 === wanted,
      expected: `${node ?? 'a node'} has ${wanted ? 'a' : 'no'} file with ${show(text)}${where}`,
      found: found.length === 0 ? 'there is none' : found.join(', '),
    }
  },
})

export const etcd = subject({
  subject: 'etcd',
  description: 'What lies in etcd for a Secret, by its name',
  name: objectName,
  where: inNamespace,
  claims: textClaims,
  canBeAbsent: true,
  look(sim, source) {
    const { etcd: secret } = source
    const said = claimWords(source)
    const value = sim.etcdValue(secret, source.namespace)
    const what = `what etcd has of Secret ${secret}`
    if (source.exists === false)
      return {
        expected: `etcd has nothing of Secret ${secret}`,
        ...presence(false, value !== undefined, 'it has', 'it has nothing'),
      }
    if (value === undefined || said.length === 0)
      return { expected: `${what} is there`, ...presence(true, value !== undefined, 'it is', 'there is nothing') }
    const text = utf8Text(value)
    return {
      holds: textFits(text, source),
      expected: `${what} ${said.join(' and ')}`,
      found: text === '' ? 'it is empty' : `it says ${show(text)}`,
    }
  },
})
