import type { Node } from '../../api/types/core.ts'
import { utf8Text } from '../../bytes/bytes.ts'
import type { Sim } from '../../sim/sim.ts'
import type { Finding } from '../result.ts'
import type { ExpectationSource } from '../schema.ts'
import { listOf, show } from './compare.ts'

/** Looks at where Secrets lie: on nodes and in etcd (S1, S2, S6, L5). */

/** In a kubelet's cache or in a file. */
export function lookAtHolders(sim: Sim, source: ExpectationSource): Finding {
  const secret = source.node_holds ?? ''
  const nodes = sim.list<Node>('Node').map(({ metadata }) => metadata.name)
  const holders = nodes.filter((node) => sim.holdsSecret(node, secret, source.namespace))
  const wanted = source.exists !== false
  const holds = source.node === undefined ? holders.length > 0 : holders.includes(source.node)
  return {
    holds: holds === wanted,
    expected: `${source.node ?? (wanted ? 'some node' : 'no node')} holds ${wanted || source.node === undefined ? '' : 'nothing of '}Secret ${secret}`,
    found: holders.length === 0 ? 'no node does' : `${holders.join(', ')} does`,
  }
}

/** Files of one node, or of any, that hold a text. */
export function lookAtNodeFiles(sim: Sim, source: ExpectationSource): Finding {
  const text = source.node_files ?? ''
  const nodes = source.node === undefined ? sim.list<Node>('Node').map(({ metadata }) => metadata.name) : [source.node]
  const found = nodes.flatMap((node) =>
    sim
      .nodeFiles(node, text)
      .filter(({ storage }) => source.storage === undefined || storage === source.storage)
      .map(({ path, storage }) => `${node}:${path} (${storage})`),
  )
  const wanted = source.exists !== false
  const where = source.storage === undefined ? '' : ` in its ${source.storage}`
  return {
    holds: found.length > 0 === wanted,
    expected: `${source.node ?? 'a node'} has ${wanted ? 'a' : 'no'} file with ${show(text)}${where}`,
    found: found.length === 0 ? 'there is none' : found.join(', '),
  }
}

export function lookAtEtcd(sim: Sim, source: ExpectationSource): Finding {
  const secret = source.etcd ?? ''
  const value = sim.etcdValue(secret, source.namespace)
  const text = value === undefined ? '' : utf8Text(value)
  const missing = listOf(source.contains).filter((part) => !text.includes(part))
  const unwanted = listOf(source.lacks).filter((part) => text.includes(part))
  const wants = [
    ...listOf(source.contains).map((part) => `contains ${show(part)}`),
    ...listOf(source.lacks).map((part) => `lacks ${show(part)}`),
  ]
  return {
    holds: value !== undefined && missing.length === 0 && unwanted.length === 0,
    expected: `what etcd has of Secret ${secret} ${wants.join(' and ')}`,
    found:
      value === undefined
        ? 'there is nothing'
        : [...missing.map((part) => `without ${show(part)}`), ...unwanted.map((part) => `with ${show(part)}`)].join(
            ', ',
          ) || 'it is so',
  }
}
