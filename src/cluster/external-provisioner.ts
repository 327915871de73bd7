import { randomUuid } from '../api/generate-name.ts'
import type { Node } from '../api/types/core.ts'
import type { KubeObject, ObjectReference, ResourceRef } from '../api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../api/types/storage.ts'
import { volumeAnnotations } from '../api/volume-annotations.ts'
import { classNameOf, delaysBinding, requestedStorage } from '../api/volume-matching.ts'
import { type Client, resources } from '../client/client.ts'
import { createEventRecorder, type EventRecorder, referenceTo } from '../client/event-recorder.ts'
import { createInformer, type Informer, keyOf, splitKey } from '../client/informer.ts'
import { drawLatencyMs, type Latency } from '../client/latency.ts'
import { createRateLimiter } from '../client/rate-limiter.ts'
import { isAlreadyExists, isNotFound } from '../client/refusals.ts'
import { controllerRetry, createWorkQueue, type Outcome, type WorkQueue } from '../client/work-queue.ts'
import { goQuote } from '../go/quote.ts'
import { all } from '../kernel/all.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStream, RandomStreams } from '../kernel/random.ts'
import type { Scope } from '../kernel/scope.ts'
import { attempt, type Steps, sleep } from '../kernel/steps.ts'
import { minute, second } from '../kernel/time.ts'

/** Who makes the volumes of classes that name it. */
export interface ProvisionerSettings {
  /** As classes name it: `ebs.csi.aws.com`. */
  readonly name: string
  /** How long a volume takes to be made, or deleted. */
  readonly takes: Latency
  /** Its volumes lie on one node each. */
  readonly isLocal: boolean
  /** What it says instead of making volumes. */
  readonly fails: string | undefined
}

/** The cluster that it works in, and its own client there. */
export interface ProvisionerWorld {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly random: RandomStreams
  readonly minor: number
  readonly client: Client
  /** Its life. */
  readonly scope: Scope
}

/** Source: kubernetes-csi/external-provisioner cmd/csi-provisioner/csi-provisioner.go, retry-interval-start and -max. */
const retry = { baseDelayMs: second, maxDelayMs: 5 * minute } as const
/** Source: sig-storage-lib-external-provisioner controller/controller.go, DefaultThreadiness. */
const workers = 4
/** Where volumes of one node lie. Source: rancher/local-path-provisioner deploy, nodePathMap. */
const localRoot = '/opt/local-path-provisioner'
const hostname = 'kubernetes.io/hostname'

/**
 * Makes volumes for claims of its classes and deletes them when they are released, with nothing behind them.
 * Source: kubernetes-sigs/sig-storage-lib-external-provisioner controller/controller.go, as CSI drivers and local-path use it.
 */
export function startProvisioner(world: ProvisionerWorld, settings: ProvisionerSettings): void {
  const provisioner = new ExternalProvisioner(world, settings)
  provisioner.start()
}

class ExternalProvisioner {
  readonly #world: ProvisionerWorld
  readonly #settings: ProvisionerSettings
  readonly #random: RandomStream
  readonly #recorder: EventRecorder
  readonly #queue: WorkQueue
  readonly #claims: Informer<PersistentVolumeClaim>
  readonly #volumes: Informer<PersistentVolume>
  readonly #classes: Informer<StorageClass>

  constructor(world: ProvisionerWorld, settings: ProvisionerSettings) {
    const { kernel, calendar, client, minor } = world
    const random = world.random.stream(`provisioner/${settings.name}`)
    const component = `${settings.name}_control-plane_${randomUuid(random)}`
    const source = { component }
    this.#world = world
    this.#settings = settings
    this.#random = random
    this.#recorder = createEventRecorder({ kernel, calendar, client, minor, source, random })
    this.#claims = this.#informer(resources.persistentVolumeClaims)
    this.#volumes = this.#informer(resources.persistentVolumes)
    this.#classes = this.#informer(resources.storageClasses)
    this.#queue = createWorkQueue({
      kernel,
      workers,
      ...retry,
      limiter: createRateLimiter(kernel, controllerRetry.qps, controllerRetry.burst),
      sync: (key) => this.#sync(key),
    })
  }

  #informer<T extends KubeObject>(resource: ResourceRef): Informer<T> {
    const { kernel, client, minor, random } = this.#world
    const stream = random.stream(`provisioner/${this.#settings.name}/${resource.resource}`)
    return createInformer<T>({ kernel, client, minor, resource, random: stream })
  }

  start(): void {
    const { scope } = this.#world
    const queue = this.#queue
    queue.pause()
    const follow = <T extends KubeObject>(informer: Informer<T>) =>
      informer.addHandler({ add: (one) => queue.add(keyOf(one)), update: (_old, one) => queue.add(keyOf(one)) })
    follow(this.#claims)
    follow(this.#volumes)
    const informers = [this.#claims, this.#volumes, this.#classes]
    for (const informer of informers) informer.start()
    scope.start(all(informers.map(({ synced }) => synced)), () => queue.resume())
    scope.add({ unsubscribe: () => this.#end() })
  }

  #end(): void {
    this.#queue.clear()
    this.#recorder.stop()
    for (const informer of [this.#claims, this.#volumes, this.#classes]) informer.stop()
  }

  *#sync(key: string): Steps<Outcome> {
    const { namespace, name } = splitKey(key)
    if (namespace === '') return yield* this.#syncVolume(this.#volumes.get(undefined, name))
    const claim = this.#claims.get(namespace, name)
    return claim !== undefined && this.#shouldProvision(claim) ? yield* this.#provision(claim) : 'done'
  }

  /** Source: shouldProvision. */
  #shouldProvision(claim: PersistentVolumeClaim): boolean {
    const { annotations = {} } = claim.metadata
    if (claim.spec?.volumeName) return false
    const by =
      annotations[volumeAnnotations.storageProvisioner] ?? annotations[volumeAnnotations.betaStorageProvisioner]
    if (by !== this.#settings.name || this.#volumes.get(undefined, volumeNameOf(claim)) !== undefined) return false
    return !delaysBinding(this.#classOf(claim)) || !!annotations[volumeAnnotations.selectedNode]
  }

  #classOf(claim: PersistentVolumeClaim): StorageClass | undefined {
    return this.#classes.get(undefined, classNameOf(claim))
  }

  /** Source: provisionClaimOperation. */
  *#provision(claim: PersistentVolumeClaim): Steps<Outcome> {
    const { fails, isLocal, takes } = this.#settings
    const { client } = this.#world
    const storageClass = this.#classOf(claim)
    if (storageClass === undefined) return 'retry'
    const selected = claim.metadata.annotations?.[volumeAnnotations.selectedNode]
    const node =
      isLocal && selected !== undefined
        ? yield* attempt(client.get<Node>(resources.nodes, { name: selected }))
        : undefined
    if (node?.ok === false) return 'retry'
    this.#tell(
      claim,
      'Normal',
      'Provisioning',
      `External provisioner is provisioning volume for claim ${goQuote(keyOf(claim))}`,
    )
    yield* sleep(drawLatencyMs(takes, this.#random))
    const problem = fails ?? (isLocal && node === undefined ? noNode : undefined)
    if (problem !== undefined) {
      const message = `failed to provision volume with StorageClass ${goQuote(storageClass.metadata.name)}: ${problem}`
      this.#tell(claim, 'Warning', 'ProvisioningFailed', message)
      return 'retry'
    }
    const made = yield* attempt(
      client.create(resources.persistentVolumes, this.#volume(claim, storageClass, node?.value)),
    )
    if (!made.ok && !isAlreadyExists(made.error)) return 'retry'
    this.#tell(claim, 'Normal', 'ProvisioningSucceeded', `Successfully provisioned volume ${volumeNameOf(claim)}`)
    return 'done'
  }

  #volume(claim: PersistentVolumeClaim, storageClass: StorageClass, node: Node | undefined): object {
    const { name: driver } = this.#settings
    const { accessModes = [], volumeMode } = claim.spec ?? {}
    const { reclaimPolicy = 'Delete', mountOptions } = storageClass
    const name = volumeNameOf(claim)
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name, annotations: { [volumeAnnotations.provisionedBy]: driver } },
      spec: {
        accessModes,
        capacity: { storage: requestedStorage(claim) },
        claimRef: referenceOf(claim),
        persistentVolumeReclaimPolicy: reclaimPolicy,
        storageClassName: storageClass.metadata.name,
        ...(volumeMode === undefined ? {} : { volumeMode }),
        ...(mountOptions === undefined ? {} : { mountOptions }),
        ...(node === undefined ? sharedSource(driver, claim, name) : localSource(claim, node)),
      },
    }
  }

  /** Source: shouldDelete, deleteVolumeOperation. */
  *#syncVolume(volume: PersistentVolume | undefined): Steps<Outcome> {
    const { client } = this.#world
    const { takes, name: own } = this.#settings
    if (volume === undefined || volume.metadata.annotations?.[volumeAnnotations.provisionedBy] !== own) return 'done'
    const { metadata, spec, status } = volume
    const isKept = spec?.persistentVolumeReclaimPolicy !== 'Delete' || metadata.deletionTimestamp !== undefined
    if (isKept || status?.phase !== 'Released') return 'done'
    yield* sleep(drawLatencyMs(takes, this.#random))
    const gone = yield* attempt(client.delete(resources.persistentVolumes, { name: metadata.name }))
    return gone.ok || isNotFound(gone.error) ? 'done' : 'retry'
  }

  #tell(claim: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(referenceOf(claim), type, reason, message)
  }
}

/** Source: rancher/local-path-provisioner provisioner.go, Provision. */
const noNode = 'configuration error, no node was specified'

/** Source: controller.go, getProvisionedVolumeNameForClaim. */
function volumeNameOf({ metadata }: PersistentVolumeClaim): string {
  return `pvc-${metadata.uid}`
}

function referenceOf(claim: PersistentVolumeClaim): ObjectReference {
  return referenceTo({ ...claim, apiVersion: 'v1', kind: 'PersistentVolumeClaim' })
}

/**
 * No CSI driver's name has a slash: a volume of such a driver would be refused. Who has one shares folders of a server.
 * Source: pkg/apis/core/validation/validation.go, ValidateCSIDriverName; kubernetes-sigs/nfs-subdir-external-provisioner provisioner.go.
 */
function sharedSource(driver: string, { metadata }: PersistentVolumeClaim, volume: string): object {
  if (!driver.includes('/')) return { csi: { driver, volumeHandle: volume } }
  return { nfs: { server: 'nfs-server', path: `/${metadata?.namespace}-${metadata?.name}-${volume}` } }
}

/** Source: rancher/local-path-provisioner provisioner.go, Provision. */
function localSource(claim: PersistentVolumeClaim, { metadata }: Node): object {
  const { namespace, name } = claim.metadata
  const path = `${localRoot}/${volumeNameOf(claim)}_${namespace}_${name}`
  const values = [metadata.labels?.[hostname] ?? metadata.name]
  const term = { matchExpressions: [{ key: hostname, operator: 'In', values }] }
  return {
    hostPath: { path, type: 'DirectoryOrCreate' },
    nodeAffinity: { required: { nodeSelectorTerms: [term] } },
  }
}
