import type { ResourceRef } from '../../api/types/meta.ts'
import type { AdmissionPlugin, AdmissionRequest, Concern } from './plugin.ts'

/** The plugins that a write passes, in the order of the chain. */
export interface AdmissionChain {
  readonly mutating: readonly (AdmissionPlugin & Required<Pick<AdmissionPlugin, 'admit'>>)[]
  readonly validating: readonly (AdmissionPlugin & Required<Pick<AdmissionPlugin, 'validate'>>)[]
}

type About = Pick<AdmissionRequest, 'resource' | 'subresource' | 'operation'>

/** Which plugins look at which writes, made out once for each resource, subresource and operation. */
export class AdmissionTable {
  #plugins: readonly AdmissionPlugin[]
  /** By resource as discovery has it, then by operation and subresource. */
  #chains = new WeakMap<ResourceRef, Map<string, AdmissionChain>>()

  constructor(plugins: readonly AdmissionPlugin[]) {
    this.#plugins = plugins
  }

  /**
   * Puts in a webhook: before ResourceQuota, which has to see what it made, and among webhooks in the order of names.
   * Returns how to take it out again. Sources: pkg/kubeapiserver/options/plugins.go, AllOrderedPlugins; apiserver
   * pkg/admission/configuration/mutating_webhook_manager.go, which sorts configurations by name.
   */
  insert(webhook: AdmissionPlugin): () => void {
    const at = this.#plugins.findIndex(
      ({ name, isWebhook }) => name === 'ResourceQuota' || (isWebhook === true && name > webhook.name),
    )
    this.#change(at === -1 ? [...this.#plugins, webhook] : this.#plugins.toSpliced(at, 0, webhook))
    return () => this.#change(this.#plugins.filter((each) => each !== webhook))
  }

  #change(plugins: readonly AdmissionPlugin[]): void {
    this.#plugins = plugins
    this.#chains = new WeakMap()
  }

  /** `resource` is the same object for every request for a resource. */
  chain(resource: ResourceRef, subresource: string, operation: About['operation']): AdmissionChain {
    let chains = this.#chains.get(resource)
    if (chains === undefined) {
      chains = new Map()
      this.#chains.set(resource, chains)
    }
    const key = subresource === '' ? operation : `${operation} ${subresource}`
    let chain = chains.get(key)
    if (chain === undefined) {
      chain = chainOf(this.#plugins, { resource, subresource, operation })
      chains.set(key, chain)
    }
    return chain
  }
}

function chainOf(plugins: readonly AdmissionPlugin[], about: About): AdmissionChain {
  const asked = plugins.filter(({ concerns }) => concerns?.some((concern) => isAbout(concern, about)) ?? true)
  return {
    mutating: asked.flatMap((plugin) => (plugin.admit === undefined ? [] : [{ ...plugin, admit: plugin.admit }])),
    validating: asked.flatMap((plugin) =>
      plugin.validate === undefined ? [] : [{ ...plugin, validate: plugin.validate }],
    ),
  }
}

/** Whether a plugin that is concerned with this looks at such a write. */
export function isAbout(
  { resource: wanted, operations, subresource: part = '' }: Concern,
  { resource: { group, resource }, subresource, operation }: About,
): boolean {
  if (!operations.includes(operation) || part !== subresource) return false
  if (wanted === '*') return true
  if (wanted.startsWith('*.')) return group === wanted.slice(2)
  return wanted === (group === '' ? resource : `${resource}.${group}`)
}
