import type { ResourceRef } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { errorOfRequest } from '../secrets/object-manager.ts'
import type { CsiDriver, DriverSource, Got } from '../volumes/plugins/host.ts'

const csiDrivers: ResourceRef = { group: 'storage.k8s.io', version: 'v1', resource: 'csidrivers' }

/**
 * The cluster's CSIDriver objects, each asked for when a volume of its driver is mounted. A real kubelet has an informer of them from
 * its start. Source: pkg/kubelet/volume_host.go, csiDriverLister.
 */
export class CsiDrivers implements DriverSource {
  readonly #kernel: Kernel
  readonly #client: Client

  constructor(kernel: Kernel, client: Client) {
    this.#kernel = kernel
    this.#client = client
  }

  get(name: string): Once<Got<CsiDriver>> {
    return process(this.#kernel, () => this.#get(name))
  }

  *#get(name: string): Steps<Got<CsiDriver>> {
    const reply = yield* attempt(this.#client.get<CsiDriver>(csiDrivers, { name }))
    return reply.ok ? { ok: true, object: reply.value } : { ok: false, error: errorOfRequest(reply.error) }
  }
}
