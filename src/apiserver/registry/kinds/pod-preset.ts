import { defaultEnvVar } from '../../../api/pod-defaults.ts'
import type { EnvFromSource, EnvVar, Volume, VolumeMount } from '../../../api/types/core.ts'
import type { KubeObject, LabelSelector } from '../../../api/types/meta.ts'
import { validateEnv, validateEnvFrom } from '../../../api/validation/env-validation.ts'
import { validateLabelSelector } from '../../../api/validation/label-validation.ts'
import { validateContainerMounts } from '../../../api/validation/mount-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { validateVolumes } from '../../../api/validation/volume-validation.ts'
import { defaultVolume } from '../../../api/volume-defaults.ts'
import type { Strategy } from '../strategy.ts'
import { errorsOf } from './settings.ts'

interface PodPreset extends KubeObject {
  readonly spec?: {
    readonly selector?: LabelSelector
    readonly env?: readonly EnvVar[]
    readonly envFrom?: readonly EnvFromSource[]
    readonly volumes?: readonly Volume[]
    readonly volumeMounts?: readonly VolumeMount[]
  }
}

/** Source: pkg/apis/settings/validation/validation.go, ValidatePodPresetSpec. */
function validatePreset(v: Validator, { spec = {} }: PodPreset): void {
  const { env, envFrom, volumes, volumeMounts } = spec
  validateLabelSelector(v, 'spec.selector', spec.selector)
  if (env === undefined && envFrom === undefined && volumes === undefined && volumeMounts === undefined) {
    v.required('spec.volumes.env.envFrom.volumeMounts', 'must specify at least one')
  }
  const known = validateVolumes(v, 'spec.volumes', volumes ?? [])
  validateEnv(v, 'spec.env', env ?? [])
  validateEnvFrom(v, 'spec.envFrom', envFrom ?? [])
  validateContainerMounts(v, 'spec.volumeMounts', { name: '', volumeMounts: volumeMounts ?? [] }, known)
}

/** Presets of Pods (P3). Source: pkg/registry/settings/podpreset/strategy.go. */
export const podPresetStrategy: Strategy<PodPreset> = {
  resource: { group: 'settings.k8s.io', version: 'v1alpha1', resource: 'podpresets' },
  kind: 'PodPreset',
  namespaced: true,
  countsGeneration: true,
  defaults: (preset) => {
    const { spec = {} } = preset
    return {
      ...preset,
      spec: {
        ...spec,
        selector: spec.selector ?? {},
        ...(spec.env === undefined ? {} : { env: spec.env.map(defaultEnvVar) }),
        ...(spec.volumes === undefined ? {} : { volumes: spec.volumes.map(defaultVolume) }),
      },
    }
  },
  validate: (preset, context) => errorsOf(context, (v) => validatePreset(v, preset)),
  validateUpdate: (next, _old, context) => errorsOf(context, (v) => validatePreset(v, next)),
}
