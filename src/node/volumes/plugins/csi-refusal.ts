import type { SetUpResult } from '../plugin.ts'
import { volumeFactsOf } from './facts.ts'
import type { CsiDriver, Got } from './host.ts'

/**
 * Why a volume that a Pod asks of a CSI driver by itself cannot be mounted; undefined: it can. A driver is taken to run on each node
 * once the cluster has a CSIDriver object of its name. Source: pkg/volume/csi/csi_plugin.go, supportsVolumeLifecycleMode (up to v1.25
 * asked by NewMounter); pkg/volume/csi/csi_mounter.go, SetUpAt; pkg/volume/csi/csi_client.go, newCsiDriverClient.
 */
export function csiRefusal(
  name: string,
  driver: Got<CsiDriver>,
  minor: number,
): Extract<SetUpResult, { readonly ok: false }> | undefined {
  const isAtSetUp = volumeFactsOf(minor).checksDriverAtSetUp
  const newMounter = (error: string) => ({ ok: false, during: 'NewMounter initialization', error }) as const
  if (!driver.ok) {
    if (!driver.error.isNotFound) return isAtSetUp ? atSetUp(driver.error.message) : newMounter(driver.error.message)
    if (!isAtSetUp) return newMounter(`volume mode "Ephemeral" not supported by driver ${name} (no CSIDriver object)`)
    const absent = `driver name ${name} not found in the list of registered CSI drivers`
    return { ok: false, error: `kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: ${absent}` }
  }
  const modes = driver.object.spec?.volumeLifecycleModes ?? []
  if (modes.includes('Ephemeral')) return undefined
  const quoted = modes.map((mode) => JSON.stringify(mode)).join(' ')
  const error = `volume mode "Ephemeral" not supported by driver ${name} (only supports [${quoted}])`
  return isAtSetUp ? atSetUp(error) : newMounter(error)
}

function atSetUp(error: string) {
  return {
    ok: false,
    error: `kubernetes.io/csi: mounter.SetupAt failed to check volume lifecycle mode: ${error}`,
  } as const
}
