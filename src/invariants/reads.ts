import { secretNamesOf } from '../api/pod-references.ts'
import type { Pod } from '../api/types/core.ts'
import type { Invariant } from './invariant.ts'

const nodePrefix = 'system:node:'

export const nodesReadTheirOwn: Invariant = {
  id: 'S-30',
  sentence:
    'a node receives only Secrets that Pods bound to it refer to, whoever lacks the right none; a list gives all of a namespace',
  clauses: ['S1', 'R2'],
  watch: (world, violated) => ({
    requested({ user, verb, resource, namespace, name, list }, answer) {
      if (resource.resource !== 'secrets' || resource.group !== '' || !answer.ok) return
      if (verb !== 'get' && verb !== 'list') return
      if (user.name === 'system:anonymous') violated(`${user.name} read Secrets`)
      const items = (answer.object as { readonly items?: readonly unknown[] }).items
      const isWhole =
        list?.labelSelector === undefined && list?.fieldSelector === undefined && list?.limit === undefined
      if (verb === 'list' && isWhole && list?.continue === undefined) {
        const all = world.server().store.collection('secrets').list(namespace)
        if (items?.length !== all.length)
          violated(`a list of ${namespace ?? 'all namespaces'} gave ${items?.length} of ${all.length}`)
      }
      if (!user.name.startsWith(nodePrefix) || items?.length === 0) return
      const node = user.name.slice(nodePrefix.length)
      const asked = name ?? /(?:^|,)metadata\.name==?([^,]+)/.exec(list?.fieldSelector ?? '')?.[1]
      const pods = world.server().store.collection('pods').withIndexValue(node) as Iterable<Pod>
      for (const pod of pods)
        if (asked !== undefined && pod.metadata.namespace === namespace && refersTo(pod, asked)) return
      violated(`${user.name} read Secret ${namespace}/${asked ?? '*'}, which no Pod of it refers to`)
    },
  }),
}

/** The Node authorizer knows the Secrets of a Pod's service account's token volumes by the same names. */
function refersTo(pod: Pod, name: string): boolean {
  return secretNamesOf(pod).includes(name)
}
