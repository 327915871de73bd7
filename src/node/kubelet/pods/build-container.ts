import { quantityValue } from '../../../api/quantity.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { type EnvironmentAnswer, type EnvironmentOptions, makeEnvironment } from '../../env/environment.ts'
import { expandCommand } from '../../env/expansion.ts'
import type { ServiceForEnv } from '../../env/service-env.ts'
import { applyDefaultImageTag } from '../../images/image-name.ts'
import type { ContainerConfig } from '../../runtime/cri.ts'
import { containerMounts } from '../../volumes/plugins/container-mounts.ts'
import type { KubeletContext } from '../context.ts'
import type { BuildContainer, ContainerPlan } from './pod-runtime.ts'

export interface BuildSources {
  readonly context: () => KubeletContext
  /** Undefined: never listed yet. */
  readonly services: () => readonly ServiceForEnv[] | undefined
  readonly allocatable: () => Readonly<Record<string, string>>
}

/**
 * Resolves what a container is created with: environment, command, mounts. Source: pkg/kubelet/kuberuntime/
 * kuberuntime_container.go, generateContainerConfig; kubelet_pods.go, GenerateRunContainerOptions.
 */
export function containerBuilder({ context, services, allocatable }: BuildSources): BuildContainer {
  return (plan, done) => {
    const { secrets, configMaps, events, minor, hostIp, fs, pluginFor, record } = context()
    const { pod, container, podIp } = plan
    const options: EnvironmentOptions = {
      pod,
      container,
      minor,
      hostIp,
      podIps: podIp === undefined ? [] : [podIp],
      services: services(),
      allocatable: allocatable(),
    }
    const namespace = pod.metadata.namespace ?? ''
    const sources: {
      readonly kind: 'Secret' | 'ConfigMap'
      readonly name: string
      readonly resourceVersion: string
    }[] = []
    makeEnvironment(
      options,
      ({ kind, name }, answer) => {
        const noted = (got: EnvironmentAnswer): void => {
          if (got.ok) sources.push({ kind, name, resourceVersion: got.object.metadata.resourceVersion ?? '' })
          answer(got)
        }
        if (kind === 'Secret') secrets.get(namespace, name, noted)
        else configMaps.get(namespace, name, noted)
      },
      (result) => {
        for (const message of result.invalidNames)
          events.pod(pod, 'Warning', 'InvalidEnvironmentVariableNames', message)
        if (!result.ok) {
          done({ ok: false, message: result.error })
          return
        }
        const mounted = containerMounts({ fs, minor, pod, container, env: result.env, pluginFor })
        if (!mounted.ok) {
          done({ ok: false, message: mounted.error })
          return
        }
        for (const source of sources) record('object.visible', pod, { ...source, container: container.name })
        done({ ok: true, config: configOf(plan, result.env, mounted.mounts) })
      },
    )
  }
}

function configOf(
  { pod, container, sandboxId, attempt, specHash }: ContainerPlan,
  env: readonly { readonly name: string; readonly value: string }[],
  mounts: ContainerConfig['mounts'],
): ContainerConfig {
  const grace = pod.spec.terminationGracePeriodSeconds
  const tagged = applyDefaultImageTag(container.image ?? '')
  return {
    sandboxId,
    podUid: pod.metadata.uid ?? '',
    name: container.name,
    attempt,
    image: tagged.ok ? tagged.image : (container.image ?? ''),
    command: expandCommand(container.command ?? [], env),
    args: expandCommand(container.args ?? [], env),
    workingDir: container.workingDir ?? '',
    env,
    mounts,
    ...identityOf(pod, container),
    hostname: pod.spec.hostname ?? pod.metadata.name,
    readOnlyRootFilesystem: container.securityContext?.readOnlyRootFilesystem ?? false,
    memoryLimitBytes: memoryLimit(container),
    specHash,
    ...(grace === undefined ? {} : { terminationGracePeriodSeconds: grace }),
  }
}

function identityOf(pod: Pod, container: Container) {
  const own = pod.spec.securityContext
  const supplemental = (own?.supplementalGroups ?? []) as readonly number[]
  const groups = own?.fsGroup === undefined ? supplemental : [...supplemental, own.fsGroup]
  const group = container.securityContext?.runAsGroup ?? (own?.runAsGroup as number | undefined)
  return {
    runAsUser: container.securityContext?.runAsUser ?? own?.runAsUser ?? -1,
    ...(group === undefined ? {} : { runAsGroup: group }),
    groups,
  }
}

function memoryLimit(container: Container): number | undefined {
  const text = container.resources?.limits?.memory
  return text === undefined ? undefined : quantityValue(text)
}
