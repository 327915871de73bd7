import type { Container, Volume, VolumeMount } from '../types/core.ts'
import { isUnset, type Validator } from './validator.ts'
import { hasBackstep, validateDescendingPath } from './volume-validation.ts'

/** Mounts and devices of containers. Source: pkg/apis/core/validation/validation.go. */

export type KnownVolumes = ReadonlyMap<string, Volume>

/** Source: ValidateVolumeMounts. The missing index in some of the paths is the original's. */
export function validateContainerMounts(
  v: Validator,
  field: string,
  container: Container,
  volumes: KnownVolumes,
): void {
  const devices = container.volumeDevices ?? []
  const paths = new Set<string>()
  for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
    const path = `${field}[${index}]`
    const { name = '', mountPath = '' } = mount
    if (name === '') v.required(`${path}.name`)
    if (!volumes.has(name)) v.notFound(`${path}.name`, name)
    if (mountPath === '') v.required(`${path}.mountPath`)
    if (paths.has(mountPath)) v.invalid(`${path}.mountPath`, mountPath, 'must be unique')
    paths.add(mountPath)
    if (devices.some((device) => device.name === name)) {
      v.invalid(`${path}.name`, name, 'must not already exist in volumeDevices')
    }
    if (devices.some((device) => device.devicePath === mountPath)) {
      v.invalid(`${path}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices')
    }
    validateSubPaths(v, field, path, mount)
    if (mount.mountPropagation !== undefined) {
      validatePropagation(v, `${field}.mountPropagation`, mount.mountPropagation, container)
    }
  }
}

function validateSubPaths(v: Validator, field: string, path: string, { subPath, subPathExpr }: VolumeMount): void {
  if (!isUnset(subPath)) validateDescendingPath(v, `${field}.subPath`, subPath)
  if (isUnset(subPathExpr)) return
  if (!isUnset(subPath)) {
    v.invalid(`${path}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive')
  }
  validateDescendingPath(v, `${field}.subPathExpr`, subPathExpr)
}

const propagations = ['Bidirectional', 'HostToContainer', 'None']

function validatePropagation(v: Validator, field: string, propagation: string, container: Container): void {
  if (!propagations.includes(propagation)) v.notSupported(field, propagation, propagations)
  if (propagation === 'Bidirectional' && container.securityContext?.privileged !== true) {
    v.forbidden(field, 'Bidirectional mount propagation is available only to privileged containers')
  }
}

/** Source: ValidateVolumeDevices. */
export function validateDevices(v: Validator, field: string, container: Container, volumes: KnownVolumes): void {
  const mounts = container.volumeMounts ?? []
  const paths = new Set<string>()
  const names = new Set<string>()
  for (const [index, { name = '', devicePath = '' }] of (container.volumeDevices ?? []).entries()) {
    const path = `${field}[${index}]`
    const volume = volumes.get(name)
    if (name === '') v.required(`${path}.name`)
    if (names.has(name)) v.invalid(`${path}.name`, name, 'must be unique')
    if (volume === undefined) v.notFound(`${path}.name`, name)
    else if (volume.persistentVolumeClaim === undefined) {
      v.invalid(`${path}.name`, name, 'can only use volume source type of PersistentVolumeClaim for block mode')
    }
    if (devicePath === '') v.required(`${path}.devicePath`)
    if (paths.has(devicePath)) v.invalid(`${path}.devicePath`, devicePath, 'must be unique')
    if (hasBackstep(devicePath)) v.invalid(`${path}.devicePath`, devicePath, "can not contain backsteps ('..')")
    else paths.add(devicePath)
    if (mounts.some((mount) => mount.name === name)) {
      v.invalid(`${path}.name`, name, 'must not already exist in volumeMounts')
    }
    if (mounts.some((mount) => mount.mountPath === devicePath)) {
      v.invalid(`${path}.devicePath`, devicePath, 'must not already exist as a path in volumeMounts')
    }
    if (name !== '') names.add(name)
  }
}
