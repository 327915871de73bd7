import { allContainers, isEphemeral } from '../api/pod-references.ts'
import type { Container, Pod } from '../api/types/core.ts'
import { utf8Text } from '../bytes/bytes.ts'
import type { RuntimeContainer } from '../node/runtime/cri.ts'
import { secretBytes } from '../node/volumes/plugins/payload.ts'
import { has } from '../versions/changes.ts'
import { kubelet } from '../versions/kubelet.ts'
import type { Invariant, Violated } from './invariant.ts'
import { readFiles, sameBytes, sourcesOf, storiesOf } from './payloads.ts'
import type { SecretRevision, SecretStory } from './secret-history.ts'
import { ownNamespace, requiredSecrets } from './volumes.ts'
import { type ObservedNode, objectOf, podText, type World } from './world.ts'

/** What holds for a container at its creation, told from its Pod's spec and the history of Secrets. */

interface Created {
  readonly node: ObservedNode
  readonly container: RuntimeContainer
  readonly pod: Pod
  readonly spec: Container
}

function atCreation(
  told: Pick<Invariant, 'id' | 'sentence' | 'clauses'>,
  check: (world: World, violated: Violated) => (created: Created) => void,
): Invariant {
  return {
    ...told,
    watch(world, violated) {
      const look = check(world, violated)
      return {
        containerChanged(node, container, pod, isStart) {
          if (isStart || pod === undefined) return
          const spec = allContainers(pod).find(({ name }) => name === container.config.name)
          if (spec !== undefined) look({ node, container, pod, spec })
        },
      }
    },
  }
}

function about({ container, pod, node }: Pick<Created, 'container' | 'pod' | 'node'>): string {
  return `container ${container.config.name} of ${podText(pod)} on ${node.name}`
}

/** What one Secret may give to a container's environment. */
interface EnvUse {
  readonly secret: string
  /** Variables that nothing later in the spec sets again. */
  readonly keys: { readonly name: string; readonly key: string; readonly optional: boolean }[]
  readonly all: { readonly prefix: string; readonly optional: boolean; readonly isLast: (name: string) => boolean }[]
}

function envUses({ env = [], envFrom = [] }: Container): readonly EnvUse[] {
  const uses = new Map<string, EnvUse>()
  const entryOf = (secret: string): EnvUse => {
    const use = uses.get(secret) ?? { secret, keys: [], all: [] }
    uses.set(secret, use)
    return use
  }
  const named = new Map(env.map((variable, index) => [variable.name, index]))
  envFrom.forEach(({ secretRef, prefix = '' }, index) => {
    if (secretRef === undefined) return
    const isLast = (name: string) => index === envFrom.length - 1 && !named.has(name)
    entryOf(secretRef.name ?? '').all.push({ prefix, optional: secretRef.optional ?? false, isLast })
  })
  env.forEach(({ name, value = '', valueFrom }, index) => {
    const ref = valueFrom?.secretKeyRef
    if (ref === undefined || value !== '' || named.get(name) !== index) return
    entryOf(ref.name ?? '').keys.push({ name, key: ref.key, optional: ref.optional ?? false })
  })
  return [...uses.values()]
}

/** What a name of a variable is, before any printable name is one. */
const variableName = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/

function explains(
  use: EnvUse,
  revision: SecretRevision | undefined,
  env: ReadonlyMap<string, string>,
  minor: number,
): boolean {
  const values = secretBytes(revision?.secret)
  for (const { name, key, optional } of use.keys) {
    const bytes = values.get(key)
    if (bytes === undefined ? !optional : env.get(name) !== utf8Text(bytes)) return false
  }
  for (const { prefix, optional, isLast } of use.all) {
    if (revision === undefined && !optional) return false
    for (const [key, bytes] of values) {
      const name = prefix + key
      if (!has(minor, kubelet.envFromKeepsAllNames) && !variableName.test(name)) continue
      if (isLast(name) ? env.get(name) !== utf8Text(bytes) : !env.has(name)) return false
    }
  }
  return true
}

function isExplained(use: EnvUse, story: SecretStory | undefined, env: ReadonlyMap<string, string>, minor: number) {
  return (
    story?.revisions.some((revision) => explains(use, revision, env, minor)) === true ||
    explains(use, undefined, env, minor)
  )
}

function envOf({ container }: Created): ReadonlyMap<string, string> {
  return new Map(container.config.env.map(({ name, value }) => [name, value]))
}

/** Why no revision could have given a container what it must have. */
function missingEnv(use: EnvUse, story: SecretStory | undefined, env: ReadonlyMap<string, string>): string | undefined {
  const isRequired = use.all.some(({ optional }) => !optional) || use.keys.some(({ optional }) => !optional)
  if (story === undefined && isRequired) return `Secret ${use.secret} was never there`
  const absent = use.keys.find(({ name, optional }) => !optional && !env.has(name))
  return absent === undefined ? undefined : `the variable ${absent.name} is missing`
}

function namesakeOf(world: World, pod: Pod, use: EnvUse, env: ReadonlyMap<string, string>): SecretStory | undefined {
  return world.secrets
    .namesakes(pod.metadata.namespace ?? '', use.secret)
    .find((other) => isExplained(use, other, env, world.minor))
}

/** Calls `found` for each Secret whose variables no revision explains. */
function unexplained(
  world: World,
  created: Created,
  found: (use: EnvUse, story: SecretStory | undefined, env: ReadonlyMap<string, string>) => void,
): void {
  const uses = envUses(created.spec)
  if (uses.length === 0) return
  const env = envOf(created)
  const storyOf = storiesOf(world.secrets, created.pod)
  for (const use of uses) {
    const story = storyOf(use.secret)
    if (!isExplained(use, story, env, world.minor)) found(use, story, env)
  }
}

export const ownNamespaceVariables = atCreation(
  ownNamespace,
  (world, violated) => (created) =>
    unexplained(world, created, (use, _story, env) => {
      const other = namesakeOf(world, created.pod, use, env)
      if (other !== undefined)
        violated(`${about(created)} has variables of Secret ${other.namespace}/${other.name}`, [objectOf(created.pod)])
    }),
)

export const requiredVariables = atCreation(
  requiredSecrets,
  (world, violated) => (created) =>
    unexplained(world, created, (use, story, env) => {
      const missing = missingEnv(use, story, env)
      if (missing !== undefined && namesakeOf(world, created.pod, use, env) === undefined)
        violated(`${about(created)} was made though ${missing}`, [objectOf(created.pod)])
    }),
)

const fixedVariablesTold = {
  id: 'S-15',
  sentence: "a container's variables are those of one revision of each Secret, fixed at its creation",
  clauses: ['E2', 'U4', 'E1'],
} as const

export const oneRevisionVariables = atCreation(
  fixedVariablesTold,
  (world, violated) => (created) =>
    unexplained(world, created, (use, story, env) => {
      if (missingEnv(use, story, env) !== undefined) return
      if (namesakeOf(world, created.pod, use, env) === undefined)
        violated(`${about(created)} has variables of Secret ${use.secret} that no revision had`, [
          objectOf(created.pod),
        ])
    }),
)

/** Looks again at the containers of Pods that use a Secret when it was written. */
export const fixedVariables: Invariant = {
  ...fixedVariablesTold,
  watch(world, violated) {
    const first = new Map<string, RuntimeContainer['config']['env']>()
    const users = new Map<string, Set<string>>()
    return {
      containerChanged(_node, container, pod) {
        const { id, config } = container
        const spec = pod && allContainers(pod).find(({ name }) => name === config.name)
        if (pod === undefined || spec === undefined || first.has(id)) return
        const uses = envUses(spec)
        if (uses.length === 0) return
        first.set(id, config.env)
        for (const { secret } of uses) {
          const key = `${pod.metadata.namespace}/${secret}`
          users.set(key, (users.get(key) ?? new Set()).add(pod.metadata.uid ?? ''))
        }
      },
      written(resource, { object }) {
        if (resource !== 'secrets') return
        for (const uid of users.get(`${object.metadata.namespace}/${object.metadata.name}`) ?? []) {
          const pod = world.pods.get(uid)
          const node = world.nodes.get(pod?.spec.nodeName ?? '')
          for (const container of node?.runtime.podContainers(uid) ?? []) {
            const was = first.get(container.id)
            if (was === undefined || pod === undefined || node === undefined || sameEnv(was, container.config.env))
              continue
            violated(`the variables of ${about({ node, pod, container })} changed`, [objectOf(pod)])
          }
        }
      },
    }
  },
}

function sameEnv(a: RuntimeContainer['config']['env'], b: RuntimeContainer['config']['env']): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

export const validVariableNames = atCreation(
  {
    id: 'S-21',
    sentence: 'envFrom leaves out keys that are no names of variables, and the container runs',
    clauses: ['E2'],
  },
  (world, violated) => (created) => {
    if (has(world.minor, kubelet.envFromKeepsAllNames) || created.spec.envFrom === undefined) return
    const given = new Set((created.spec.env ?? []).map(({ name }) => name))
    const wrong = created.container.config.env.find(({ name }) => !given.has(name) && !variableName.test(name))
    if (wrong !== undefined)
      violated(`${about(created)} has a variable ${JSON.stringify(wrong.name)}`, [objectOf(created.pod)])
  },
)

const volumeOnNode = /^\/var\/lib\/kubelet\/pods\/([^/]+)\/(?:volumes\/kubernetes\.io~[^/]+|volume-subpaths)\/([^/]+)/

export const ownMounts = atCreation(
  {
    id: 'S-22',
    sentence: 'a Secret volume is visible only in the containers that mount it',
    clauses: ['V1', 'R1'],
  },
  (_world, violated) => (created) => {
    const { container, pod, spec } = created
    for (const { hostPath, containerPath } of container.config.mounts) {
      const [, uid, volume] = volumeOnNode.exec(hostPath) ?? []
      if (volume === undefined) continue
      const isWanted = spec.volumeMounts?.some(
        ({ name, mountPath }) => name === volume && (mountPath === containerPath || `/${mountPath}` === containerPath),
      )
      if (uid !== pod.metadata.uid || isWanted !== true)
        violated(`${about(created)} has volume ${volume} at ${containerPath}`, [objectOf(pod)])
    }
  },
)

/** Shorter values occur in other places by chance. */
const telltaleLength = 8

export const hiddenPullSecrets = atCreation(
  {
    id: 'S-26',
    sentence: 'pull secrets are used for pulling and never visible inside a container',
    clauses: ['R1'],
  },
  (world, violated) => (created) => {
    const { pod, spec, container } = created
    const mounted = new Set(spec.volumeMounts?.map(({ name }) => name))
    const visible = new Set([
      ...envUses(spec).map(({ secret }) => secret),
      ...(pod.spec.volumes ?? [])
        .filter(({ name }) => mounted.has(name))
        .flatMap((volume) => (sourcesOf(volume) ?? []).map((source) => (source.kind === 'secret' ? source.name : ''))),
    ])
    for (const { name = '' } of pod.spec.imagePullSecrets ?? []) {
      if (visible.has(name)) continue
      const values = valuesOf(storiesOf(world.secrets, pod)(name))
      const leak = container.config.env.find(({ value }) => values.some((text) => value.includes(text)))
      if (leak !== undefined) violated(`${about(created)} has Secret ${name} in variable ${leak.name}`, [objectOf(pod)])
    }
  },
)

function valuesOf(story: SecretStory | undefined): readonly string[] {
  const texts = (story?.revisions ?? []).flatMap(({ secret }) => [...secretBytes(secret).values()].map(utf8Text))
  return texts.filter((text) => text.length >= telltaleLength)
}

export const mountedFirst: Invariant = {
  id: 'S-17',
  sentence: 'no container of a Pod runs before all its volumes are mounted',
  clauses: ['L2', 'V1'],
  watch: (_world, violated) => ({
    containerChanged(node, container, pod) {
      if (pod === undefined) return
      const mounted = new Set(
        allContainers(pod).flatMap(({ name: one, volumeMounts = [] }) =>
          isEphemeral(pod, one) && one !== container.config.name ? [] : volumeMounts.map(({ name }) => name),
        ),
      )
      for (const volume of pod.spec.volumes ?? []) {
        if (!mounted.has(volume.name) || sourcesOf(volume) === undefined) continue
        const plugin = volume.secret === undefined ? 'projected' : 'secret'
        const directory = `/var/lib/kubelet/pods/${pod.metadata.uid}/volumes/kubernetes.io~${plugin}/${volume.name}`
        if (!node.fs.isMountPoint(directory) || !node.fs.stat(`${directory}/..data`).ok)
          violated(`${about({ node, container, pod })} is ${container.state} without volume ${volume.name}`, [
            objectOf(pod),
          ])
      }
    },
  }),
}

/** Where a running container has a file of a Secret by subPath, and what was in it. */
interface Bound {
  readonly node: ObservedNode
  readonly container: RuntimeContainer
  readonly pod: Pod
  readonly path: string
  readonly read: () => Uint8Array | undefined
  readonly content: Uint8Array
}

export const fixedSubPaths: Invariant = {
  id: 'S-16',
  sentence: 'a file that a container mounts by subPath stays as it was when the container started',
  clauses: ['U4'],
  watch(_world, violated) {
    const bound = new Map<string, Bound[]>()
    const check = (uid: string): void => {
      const kept = (bound.get(uid) ?? []).filter(({ node, container, path, pod, read, content }) => {
        const now = node.runtime.podContainers(uid).find(({ id }) => id === container.id)
        if (now === undefined || now.state === 'exited') return false
        const found = read()
        if (found !== undefined && !sameBytes(found, content))
          violated(`${path} of ${about({ node, container, pod })} changed`, [objectOf(pod)])
        return true
      })
      if (kept.length > 0) bound.set(uid, kept)
      else bound.delete(uid)
    }
    return {
      containerChanged(node, container, pod, isStart) {
        if (pod === undefined) return
        const uid = pod.metadata.uid ?? ''
        if (isStart) {
          check(uid)
          return
        }
        for (const { hostPath, containerPath } of container.config.mounts) {
          const volume = pod.spec.volumes?.find(({ name }) => name === volumeOnNode.exec(hostPath)?.[2])
          if (!hostPath.includes('/volume-subpaths/') || volume === undefined || sourcesOf(volume) === undefined)
            continue
          // A view binds what is there now, as the container's own mount does.
          const view = node.fs.containerView({ rootFiles: {}, mounts: container.config.mounts, readOnlyRoot: true })
          const read = (): Uint8Array | undefined => {
            const file = view.readFile(containerPath)
            if (file.ok) return file.value
            return readFiles(view, containerPath)?.values().next().value
          }
          const content = read()
          if (content === undefined) continue
          bound.set(uid, [...(bound.get(uid) ?? []), { node, container, pod, path: containerPath, read, content }])
        }
      },
      fileChanged(_node, { path }) {
        if (bound.size === 0 || !path.startsWith(podsDirectory)) return
        const uid = path.slice(podsDirectory.length, path.indexOf('/', podsDirectory.length))
        if (bound.has(uid)) check(uid)
      },
    }
  },
}

const podsDirectory = '/var/lib/kubelet/pods/'
