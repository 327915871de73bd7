import type { TermFacts } from './term.ts'

const file = 'pkg/controller/volume/persistentvolume/pv_controller.go'

/** Reasons of Events of claims and volumes. */
export const storageEvents: Readonly<Record<string, TermFacts>> = {
  FailedBinding: {
    means:
      'A PersistentVolumeClaim has no class and finds no volume that fits, or the volume that it names is that of another claim.',
    when: 'Told every 15 s, so its count tells how long. Make a PersistentVolume that fits (size, access modes, class, labels), or a class that makes one.',
    source: `${file}, syncUnboundClaim`,
    related: ['WaitForFirstConsumer', 'ExternalProvisioning'],
  },
  WaitForFirstConsumer: {
    means: 'The class of a claim waits for a Pod that wants the claim, so that the volume is made where that Pod goes.',
    when: 'No mistake: it ends with the first Pod that names the claim.',
    source: `${file}, emitEventForUnboundDelayBindingClaim`,
    related: ['WaitForPodScheduled'],
  },
  WaitForPodScheduled: {
    means: 'There are Pods that want the claim, but none has a node yet; the message names them.',
    when: 'Ask why these Pods have no node: the claim follows them.',
    source: `${file}, emitEventForUnboundDelayBindingClaim`,
    related: ['WaitForFirstConsumer', 'FailedScheduling'],
  },
  ExternalProvisioning: {
    means: 'A provisioner outside of the controller manager is to make the volume of a claim.',
    when: 'Counted up every 15 s: nobody of that name runs. podsim runs those that the cluster says under `provisioners`.',
    source: `${file}, provisionClaimOperationExternal`,
    related: ['ProvisioningFailed'],
  },
  Provisioning: {
    means: 'A provisioner has begun to make the volume of a claim.',
    source: 'kubernetes-sigs/sig-storage-lib-external-provisioner controller/controller.go, provisionClaimOperation',
    related: ['ProvisioningSucceeded', 'ProvisioningFailed'],
  },
  ProvisioningSucceeded: {
    means: 'The volume of a claim is there; the two are bound next.',
    source: 'kubernetes-sigs/sig-storage-lib-external-provisioner controller/controller.go, provisionClaimOperation',
    related: ['Provisioning'],
  },
  ProvisioningFailed: {
    means:
      'The volume of a claim could not be made: its class is not there, nothing makes volumes of it, or who makes them failed.',
    source: `${file}, provisionClaim`,
    related: ['ExternalProvisioning'],
  },
  VolumeMismatch: {
    means: 'A claim and the volume that it names do not fit each other; the message says in what.',
    source: `${file}, checkVolumeSatisfyClaim`,
    related: ['FailedBinding'],
  },
  ClaimLost: {
    means: 'A claim was bound to a volume that is gone, and with it the data. The claim stays Lost.',
    source: `${file}, syncBoundClaim`,
    related: ['ClaimMisbound'],
  },
  ClaimMisbound: {
    means: 'Two claims say that they are bound to one volume; this one is wrong and is lost.',
    source: `${file}, syncBoundClaim`,
    related: ['ClaimLost'],
  },
  VolumeFailedDelete: {
    means: 'The storage behind a released volume could not be deleted. The volume stays, as Failed.',
    source: `${file}, deleteVolumeOperation`,
    related: ['VolumeFailedRecycle'],
  },
  VolumeFailedRecycle: {
    means:
      'A released volume could not be scrubbed for the next claim: Pods still use it, or its kind cannot be recycled.',
    source: `${file}, recycleVolumeOperation`,
    related: ['VolumeRecycled'],
  },
  VolumeRecycled: {
    means: 'A released volume was scrubbed and may be bound again.',
    source: `${file}, recycleVolumeOperation`,
    related: ['VolumeFailedRecycle'],
  },
}
