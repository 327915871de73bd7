import { changes } from './changes.ts'

/** What the components do with claims, volumes and classes from a minor version on. */
export const storage = changes({
  tellsWhoseClaimsWait: [
    19,
    'a claim that waits for its first Pod is told which Pods wait for a node (WaitForPodScheduled)',
    'pkg/controller/volume/persistentvolume/pv_controller.go, emitEventForUnboundDelayBindingClaim (pull request 91455)',
  ],
  tellsTakenVolumes: [
    19,
    'a claim that asks for a volume of another claim is told so (FailedBinding)',
    'pkg/controller/volume/persistentvolume/pv_controller.go, syncUnboundClaim (pull request 89845)',
  ],
  makesEphemeralClaims: [
    21,
    'claims of `ephemeral` volumes are made by a controller, POD-VOLUME, and Pods wait for them',
    'pkg/features/kube_features.go, GenericEphemeralVolume (beta); pkg/controller/volume/ephemeral/controller.go',
  ],
  tellsWhoseEphemeralClaims: [
    23,
    'a Pod waits for the ephemeral volume controller, where its claim was not found; a claim of that name that is not its own is told with both names',
    'k8s.io/component-helpers/storage/ephemeral, VolumeIsForPod; volumebinding/volume_binding.go, podHasPVCs (pull request 104605)',
  ],
  deletersTellInLowerCase: [
    21,
    'a volume that nobody can delete says so beginning with `error`, where it was `Error`',
    'pkg/controller/volume/persistentvolume/pv_controller.go, findDeletablePlugin; between v1.18 and v1.28',
  ],
  provisionersHaveStableNames: [
    23,
    'who is to make the volume of a claim is told under volume.kubernetes.io, too',
    'pkg/controller/volume/persistentvolume/pv_controller_base.go, setClaimProvisioner (pull request 104590)',
  ],
  leavesCsiVolumes: [
    23,
    'a released volume of a CSI driver that nobody has provisioned is left to the driver, where it failed',
    'pkg/controller/volume/persistentvolume/pv_controller.go, findDeletablePlugin; between v1.18 and v1.31',
  ],
  givesDefaultClassLater: [
    26,
    'a claim without a class gets the default class that comes after it',
    'pkg/features/kube_features.go, RetroactiveDefaultStorageClass (beta); pv_controller.go, assignDefaultStorageClass',
  ],
  asksToVerifyProvisioners: [
    29,
    'a claim that waits for its provisioner is told to verify that it runs',
    'pkg/controller/volume/persistentvolume/pv_controller.go, provisionClaimOperationExternal; between v1.27 and v1.30',
  ],
  claimsMayGetClasses: [
    26,
    'a claim that names no class and has no volume may be given a class',
    'pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimUpdate, validateStorageClassUpgradeFromNil',
  ],
  claimsMayChangeAttributes: [
    29,
    'a bound claim may be given another class of attributes, and what is refused says so',
    'pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimUpdate; with VolumeAttributesClass (alpha)',
  ],
  claimsMayShrinkAgain: [
    32,
    'a claim that could not be expanded may ask for less again, though for more than it has',
    'pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimUpdate; RecoverVolumeExpansionFailure (beta)',
  ],
  volumesTellPhaseTimes: [
    29,
    'a volume tells since when it is in its phase',
    'pkg/registry/core/persistentvolume/strategy.go; pkg/features/kube_features.go, PersistentVolumeLastPhaseTransitionTime (beta)',
  ],
  storageHasAttributesClasses: [
    29,
    'rows of volumes and claims have a column for the class of their attributes',
    'pkg/printers/internalversion/printers.go, printPersistentVolume, printPersistentVolumeClaim; between v1.28 and v1.30',
  ],
  refusesLostClaims: [
    22,
    'a claim that has lost its volume keeps its Pods from all nodes',
    'pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, podHasPVCs; between v1.20 and v1.28',
  ],
  toleratesLostVolumes: [
    22,
    'a claim whose volume is not there is no error of the scheduler, but a reason of the nodes',
    'pkg/scheduler/framework/plugins/volumebinding/binder.go, ErrReasonPVNotExist; between v1.20 and v1.23',
  ],
  claimsComeFirst: [
    20,
    'claims are looked at before any node',
    'pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, PreFilter (pull request 92797)',
  ],
})
